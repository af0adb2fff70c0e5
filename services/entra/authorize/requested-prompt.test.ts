import { expect, test } from 'vitest'
import { requestedPrompt } from './requested-prompt.ts'

test.each(['none', 'login', 'select_account', 'consent', 'create'] as const)('prompt=%s is known', (prompt) => {
  expect(requestedPrompt(prompt, undefined)).toBe(prompt)
})

test.each([
  ['no_session', 'none'],
  ['admin_consent', 'consent'],
])('prompt=%s means %s', (word, prompt) => {
  expect(requestedPrompt(word, undefined)).toBe(prompt)
})

test.each([
  { prompt: 'Login', hint: undefined, key: 'unsupportedPrompt' },
  { prompt: 'login consent', hint: undefined, key: 'unsupportedPrompt' },
  { prompt: 'select_account', hint: 'peggy@fabrikam.com', key: 'hintWithPicker' },
])('prompt=$prompt with login_hint $hint is refused as $key', ({ prompt, hint, key }) => {
  expect(() => requestedPrompt(prompt, hint)).toThrowError(expect.objectContaining({ key }))
})
