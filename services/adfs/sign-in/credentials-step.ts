import type { FastifyReply } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { primaryMethods } from '../claims/authentication-methods.ts'
import type { DirectoryUser } from '../directory/directory-user.ts'
import { AdfsError } from '../errors.ts'
import { signInPage } from '../pages/sign-in-page.ts'
import { sessionCookie, setSessionCookie } from '../sessions/cookies.ts'
import { sessionAfterPrimary } from '../sessions/session.ts'
import { stepOf } from '../trusts.ts'
import { updatePasswordUrl } from '../update-password/update-password-path.ts'
import type { ConversationParts } from './conversation.ts'
import { bannedStatus, unknownNameForm } from './password-check.ts'
import type { PrimaryProvider } from './primary-method.ts'
import type { SignInRequest } from './sign-in-request.ts'
import { storyOf } from './story.ts'
import { originOf, type Visit } from './visit.ts'

/** #errorText; AD FS does not say which of user and password was wrong, nor that an account is locked or disabled. */
export const credentialTexts = {
  wrong: 'Incorrect user ID or password. Type the correct user ID and password, and try again.',
  userName: 'Enter your user ID in the format "domain\\user" or "user@domain".',
  password: 'Enter your password.',
  expiredChangeable: 'Your password has expired.',
  expired: 'Your password has expired. Contact your administrator to set a new one, and try again.',
} as const

/** AD FS audit events: fresh credential validation succeeded, failed. */
const auditEvents = { accepted: 1202, refused: 1203 } as const

interface Asking {
  readonly decision: string
  readonly reason: string
  readonly error?: string
  readonly userName?: string
  readonly event?: number
  /** The password was right and has expired. */
  readonly expired?: boolean
}

export async function askForCredentials(
  visit: Visit,
  signIn: SignInRequest,
  { config, properties, themes }: ConversationParts,
  asking: Asking,
): Promise<FastifyReply> {
  const { decision, reason, error = '', userName = signIn.loginHint, event, expired } = asking
  const { keepSignedInOffered, updatePassword } = await properties.read()
  const changeable = updatePassword.enabled && (visit.facts.insideCorporateNetwork || updatePassword.throughProxy)
  visit.request.recording.note({
    step: stepOf(signIn.trust, error === '' ? 'page' : 'authentication'),
    decision,
    reason,
    detail: { relyingParty: signIn.trust.settings.name, ...(event !== undefined && { event }) },
  })
  const view = {
    action: visit.self.action,
    userName,
    error: expired && changeable ? credentialTexts.expiredChangeable : error,
    keepSignedInOffered,
    ...(expired && changeable && { updatePasswordUrl: updatePasswordUrl(userName) }),
    choices: choicesFor(visit, config),
    story: storyOf(visit, signIn, reason),
  }
  return sendPage(visit.reply, signInPage(themes.for(visit.request, signIn.trust), view))
}

/** The post-back of the forms page. */
export async function checkCredentials(
  visit: Visit,
  signIn: SignInRequest,
  parts: ConversationParts,
): Promise<FastifyReply> {
  const userName = visit.form.get('UserName')?.trim()
  const password = visit.form.get('Password')
  const again = (reason: string, error: string, more: Partial<Asking> = {}) => {
    const refusal = { decision: 'credentialsRefused', reason, error, event: auditEvents.refused, ...more }
    return askForCredentials(visit, signIn, parts, { ...refusal, ...(userName && { userName }) })
  }
  if (userName === undefined && password === undefined) {
    return askForCredentials(visit, signIn, parts, { decision: 'formsPage', reason: 'forms authentication was chosen' })
  }
  if (!userName) return again('no user name was typed', credentialTexts.userName)
  if (!password) return again('no password was typed', credentialTexts.password)
  const result = await parts.passwords.check({ userName, password, facts: visit.facts, origin: originOf(visit) })
  if (result.outcome === 'accepted') {
    return openSession(visit, signIn, { user: result.user, by: 'FormsAuthentication' }, parts)
  }
  if (result.userPrincipalName) visit.request.recording.note({ user: result.userPrincipalName })
  if (result.status === bannedStatus) throw new AdfsError('addressBanned', { reason: result.reason })
  const expired = result.status === 'STATUS_PASSWORD_EXPIRED'
  return again(result.reason, textFor(result.status), { event: result.event, expired })
}

function textFor(status: string): string {
  if (status === 'STATUS_PASSWORD_EXPIRED') return credentialTexts.expired
  return status === unknownNameForm ? credentialTexts.userName : credentialTexts.wrong
}

/** A new session for somebody who has just proved who they are; the request goes on with its cookie. */
export async function openSession(
  visit: Visit,
  signIn: SignInRequest,
  { user, by }: { readonly user: DirectoryUser; readonly by: PrimaryProvider },
  parts: ConversationParts,
): Promise<FastifyReply> {
  const { sessions, clock, random } = parts
  const keeping = await keepingOf(visit, user, parts)
  const session = sessionAfterPrimary({
    id: random.uuid(),
    user,
    by: primaryMethods[by],
    now: clock.now(),
    ...keeping,
    device: visit.deviceProof,
    insideCorporateNetwork: visit.facts.insideCorporateNetwork,
    freshFor: signIn.key,
  })
  const cookie = sessionCookie(visit.request)
  const previous = await sessions.find(cookie)
  const participants = previous?.user.sid === user.sid ? previous.participants : undefined
  await sessions.end(cookie)
  setSessionCookie(
    visit.reply,
    await sessions.open({ ...session, ...(participants && { participants }) }),
    keeping.keepSignedIn ? new Date(session.expiresAt) : undefined,
  )
  if (visit.deviceProof) await parts.devices.proofs.forget(visit.request, visit.reply)
  visit.request.recording.note({
    step: stepOf(signIn.trust, 'authentication'),
    decision: 'credentialsAccepted',
    reason: by,
    user: user.userPrincipalName,
    detail: { relyingParty: signIn.trust.settings.name, event: auditEvents.accepted },
  })
  return visit.reply.redirect(visit.self.location, 302)
}

interface Keeping {
  readonly keepSignedIn: boolean
  readonly keptByDevice: boolean
  readonly lifetimeMinutes: number
}

/** How long the session lasts: on a registered device of this person, on another where they ask for it, or as usual. */
async function keepingOf(visit: Visit, user: DirectoryUser, parts: ConversationParts): Promise<Keeping> {
  const { keepSignedInOffered, keepSignedInMinutes, singleSignOnMinutes, persistentSso } = await parts.properties.read()
  const device = await parts.devices.find(visit.deviceProof, user.sid, originOf(visit))
  if (persistentSso.enabled && device?.registeredUser) {
    const lifetimeMinutes = Math.min(persistentSso.deviceUsageWindowDays * 1440, persistentSso.lifetimeMinutes)
    return { keepSignedIn: true, keptByDevice: true, lifetimeMinutes }
  }
  const keepSignedIn = keepSignedInOffered && visit.form.get('Kmsi') === 'true'
  return {
    keepSignedIn,
    keptByDevice: false,
    lifetimeMinutes: keepSignedIn ? keepSignedInMinutes : singleSignOnMinutes,
  }
}

const choiceTexts: Readonly<Partial<Record<PrimaryProvider, string>>> = {
  CertificateAuthentication: 'Sign in using a certificate',
  WindowsAuthentication: 'Sign in with your Windows account',
}

/** The other ways that are enabled for the network of the request. */
function choicesFor({ facts, self }: Visit, { primaryAuthentication }: ConversationParts['config']) {
  const { intranet, extranet } = primaryAuthentication
  return (facts.insideCorporateNetwork ? intranet : extranet).flatMap((provider) => {
    const text = choiceTexts[provider]
    const href = provider === 'WindowsAuthentication' ? self.windows : self.certificate
    return text === undefined ? [] : [{ provider, text, href }]
  })
}
