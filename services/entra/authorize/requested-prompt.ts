import { EntraError } from '../errors.ts'

export type Prompt = 'none' | 'login' | 'select_account' | 'consent' | 'create'

const words = ['none', 'login', 'select_account', 'consent', 'create', 'no_session', 'admin_consent'] as const

/** One word only; an unknown one is refused. MSAL's `no_session` never shows a page either, v1's `admin_consent` asks too. */
export function requestedPrompt(value: string | undefined, loginHint: string | undefined): Prompt | undefined {
  if (value === undefined) return undefined
  const prompt = words.find((each) => each === value)
  if (!prompt) {
    const reason = `prompt "${value}" is none of ${words.join(', ')}`
    throw new EntraError('unsupportedPrompt', { reason })
  }
  if (prompt === 'select_account' && loginHint !== undefined) {
    throw new EntraError('hintWithPicker', { reason: 'prompt=select_account came with a login_hint' })
  }
  if (prompt === 'no_session') return 'none'
  return prompt === 'admin_consent' ? 'consent' : prompt
}
