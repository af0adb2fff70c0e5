import { z } from 'zod'
import type { PasswordRefusal } from '../../people/password-policy.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import { type GraphAnswer, type GraphCall, noContent } from '../operation.ts'
import { readBody } from '../read-body.ts'
import { findUser } from './find-user.ts'

const schema = z.strictObject({ currentPassword: z.string().min(1).max(256), newPassword: z.string().min(1).max(256) })

/** [Graph] user: changePassword, of one's own. Sign-ins by the old one end. */
export async function changePassword(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const person = await findUser(services, call)
  const { currentPassword, newPassword } = readBody(call, schema, 'User')
  if (!services.passwordChanges.canChange(person)) {
    const reason = `the password of ${person.userPrincipalName} is not kept in Entra ID`
    throw new GraphError('synchronizedProperty', { reason })
  }
  const change = await services.passwordChanges.change(person, { current: currentPassword, next: newPassword })
  if (change.outcome === 'refused') throw refused(change.refusal)
  await services.revocations.record(person.objectId, 'passwordChanged')
  await services.circumstances.risk.passwordChanged(person.objectId)
  return noContent
}

function refused(refusal: PasswordRefusal): GraphError {
  const reason = `the password was not changed: ${refusal}`
  const isCurrent = refusal === 'wrongCurrentPassword' || refusal === 'locked' || refusal === 'noPassword'
  const problem = isCurrent
    ? 'The specified current password is not correct.'
    : 'The specified password does not comply with password complexity requirements. Please provide a different password.'
  return new GraphError('requestRefused', { values: { problem }, reason })
}
