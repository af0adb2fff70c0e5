import type { NewPassword } from './password-change.ts'
import type { Person } from './people.ts'

export type PasswordRefusal =
  | 'locked'
  | 'noPassword'
  | 'wrongCurrentPassword'
  | 'notConfirmed'
  | 'unchanged'
  | 'tooShort'
  | 'tooLong'
  | 'tooSimple'
  | 'containsName'
  | 'forbiddenCharacter'

/** "Self-service password reset policies", Microsoft Entra password policies. */
const lengths = { least: 8, most: 256 } as const
const neededKinds = 3
const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/] as const

/** Why a new password is not taken; undefined when it is. Pure, so that every rule has its row in a test. */
export function newPasswordRefusal(
  { userPrincipalName }: Pick<Person, 'userPrincipalName'>,
  { current, next, confirmed = next }: NewPassword,
): PasswordRefusal | undefined {
  if (next !== confirmed) return 'notConfirmed'
  if (next === current) return 'unchanged'
  if (next.length < lengths.least) return 'tooShort'
  if (next.length > lengths.most) return 'tooLong'
  // Letters of other alphabets are outside of the allowed characters.
  if (!/^[\x20-\x7e]*$/.test(next)) return 'forbiddenCharacter'
  if (kinds.filter((kind) => kind.test(next)).length < neededKinds) return 'tooSimple'
  const [name = ''] = userPrincipalName.toLowerCase().split('@')
  return name.length > 3 && next.toLowerCase().includes(name) ? 'containsName' : undefined
}
