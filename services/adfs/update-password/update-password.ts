import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { AdfsError } from '../errors.ts'
import { updatePasswordPage } from '../pages/update-password-page.ts'
import type { RequestFacts } from '../proxy/request-facts.ts'
import type { ConversationParts } from '../sign-in/conversation.ts'
import { formParameters, type Parameters } from '../sign-in/parameters.ts'
import { bannedStatus, unknownNameForm } from '../sign-in/password-check.ts'
import { updatePasswordPath } from './update-password-path.ts'

// /adfs/portal/updatepassword: off until an administrator switches it on, and once more for requests from outside. The
// old password is checked like at a sign-in, lockout and all; whether the new one will do is for the directory to say.

export interface UpdatePasswordParts {
  readonly conversation: ConversationParts
  readonly readFacts: (request: FastifyRequest) => Promise<RequestFacts>
}

const texts = {
  incomplete: 'Fill in every field.',
  userName: 'Enter your user ID in the format "domain\\user" or "user@domain".',
  different: 'The passwords do not match. Type the new password in both fields.',
  wrong: 'The user ID or password is incorrect. Type the correct user ID and password, and try again.',
  restricted:
    'Unable to update the password. The value provided for the new password does not meet the length, complexity, or history requirements of the domain.',
} as const

/** AD FS audit events: password change succeeded, failed. */
const events = { changed: 1204, refused: 1205 } as const

export async function answerUpdatePassword(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: UpdatePasswordParts,
): Promise<FastifyReply> {
  const facts = await parts.readFacts(request)
  await refuseWhenDisabled(facts, parts)
  const theme = parts.conversation.themes.for(request)
  const form = formParameters(request.body)
  const { username } = request.query as { username?: unknown }
  const userName = form.get('UserName')?.trim() ?? (typeof username === 'string' ? username : '')
  const view = { action: updatePasswordPath, userName, error: '', updated: false }
  if (request.method !== 'POST') {
    request.recording.note({ decision: 'updatePasswordPage' })
    return sendPage(reply, updatePasswordPage(theme, view))
  }
  const outcome = await update({ request, facts, form, userName }, parts)
  if (outcome.error === undefined) {
    request.recording.note({ decision: 'passwordUpdated', detail: { event: events.changed } })
    return sendPage(reply, updatePasswordPage(theme, { ...view, updated: true }))
  }
  const { error, reason } = outcome
  request.recording.note({ decision: 'passwordNotUpdated', reason, detail: { event: events.refused } })
  return sendPage(reply, updatePasswordPage(theme, { ...view, error }))
}

async function refuseWhenDisabled({ insideCorporateNetwork }: RequestFacts, parts: UpdatePasswordParts): Promise<void> {
  const { updatePassword } = await parts.conversation.properties.read()
  if (updatePassword.enabled && (insideCorporateNetwork || updatePassword.throughProxy)) return
  const where = updatePassword.enabled ? 'updatePassword.throughProxy' : 'updatePassword.enabled'
  throw new AdfsError('unknownMessage', { reason: `${where} is off`, values: [updatePasswordPath] })
}

interface Asked {
  readonly request: FastifyRequest
  readonly facts: RequestFacts
  readonly form: Parameters
  readonly userName: string
}

type Outcome =
  | { readonly error?: undefined }
  | { readonly error: (typeof texts)[keyof typeof texts]; readonly reason: string }

async function update({ request, facts, form, userName }: Asked, parts: UpdatePasswordParts): Promise<Outcome> {
  const { passwords, directory } = parts.conversation
  const oldPassword = form.get('OldPassword') ?? ''
  const newPassword = form.get('NewPassword') ?? ''
  if ([userName, oldPassword, newPassword].includes('')) return { error: texts.incomplete, reason: 'a field is empty' }
  if (newPassword !== form.get('ConfirmNewPassword')) {
    return { error: texts.different, reason: 'the new passwords differ' }
  }
  const origin = { parent: request.id, correlationId: request.correlationId }
  const checked = await passwords.check({ userName, password: oldPassword, facts, origin })
  if (checked.outcome === 'refused' && checked.status !== 'STATUS_PASSWORD_EXPIRED') {
    if (checked.status === bannedStatus) throw new AdfsError('addressBanned', { reason: checked.reason })
    return { error: checked.status === unknownNameForm ? texts.userName : texts.wrong, reason: checked.reason }
  }
  const changed = await directory.changePassword(userName, { oldPassword, newPassword }, origin)
  if (changed.outcome === 'accepted') {
    request.recording.note({ user: changed.user.userPrincipalName })
    return {}
  }
  const error = changed.status === 'STATUS_PASSWORD_RESTRICTION' ? texts.restricted : texts.wrong
  return { error, reason: `the directory refused the new password of "${userName}": ${changed.status}` }
}
