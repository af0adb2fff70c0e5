import { EntraError } from '../errors.ts'

export type Prompt = 'none' | 'login' | 'select_account' | 'consent' | 'create' | 'no_session' | 'admin_consent'

const prompts: readonly Prompt[] = [
  'none',
  'login',
  'select_account',
  'consent',
  'create',
  'no_session',
  'admin_consent',
]

/** One word only; an unknown one is refused. */
export function requestedPrompt(value: string | undefined, loginHint: string | undefined): Prompt | undefined {
  if (value === undefined) return undefined
  const prompt = prompts.find((each) => each === value)
  if (!prompt) {
    const reason = `prompt "${value}" is none of ${prompts.join(', ')}`
    throw new EntraError('invalidUserInput', { reason })
  }
  if (prompt === 'select_account' && loginHint !== undefined) {
    throw new EntraError('hintWithPicker', { reason: 'prompt=select_account came with a login_hint' })
  }
  return prompt
}
