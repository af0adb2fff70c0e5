import type { NewPassword } from '../people/password-change.ts'
import type { PasswordRefusal } from '../people/password-policy.ts'
import type { Person } from '../people/people.ts'
import type { Conversation } from './conversation.ts'
import { note } from './journal.ts'
import type { Exchange, SignInServices } from './services.ts'
import { withNewPassword } from './steps/change-password.ts'

export type Renewal =
  | { readonly outcome: 'changed'; readonly conversation: Conversation }
  | { readonly outcome: 'refused'; readonly refusal: PasswordRefusal }

/** Changes the password in the middle of a sign-in: it remediates the user's risk, and ends sign-ins by the old one. */
export async function changedPassword(
  services: SignInServices,
  { request }: Pick<Exchange, 'request'>,
  turn: { readonly conversation: Conversation; readonly person: Person; readonly passwords: NewPassword },
): Promise<Renewal> {
  const { conversation, person, passwords } = turn
  const { objectId, userPrincipalName: user } = person
  const change = await services.passwordChanges.change(person, passwords)
  if (change.outcome === 'refused') {
    const reason = `the password was not changed: ${change.refusal}`
    note(request, conversation.request, undefined, { decision: 'passwordChangeRefused', reason, user })
    return change
  }
  const now = services.clock.now()
  await services.revocations.record(objectId, 'passwordChanged')
  await services.circumstances.risk.passwordChanged(objectId)
  note(request, conversation.request, undefined, { decision: 'passwordChanged', user })
  return { outcome: 'changed', conversation: withNewPassword(conversation, now.getTime()) }
}
