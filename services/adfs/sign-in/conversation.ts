import type { FastifyReply } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { SigningKey } from '#shared/saml/signing-key.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import type { AdditionalAuthentication } from '../additional-authentication/additional-authentication.ts'
import { adAuthority } from '../claims-providers/home-realm.ts'
import type { PartnerContexts } from '../claims-providers/partner-context.ts'
import { partnerUser } from '../claims-providers/partner-user.ts'
import { askForHomeRealm, homeRealmOf } from '../claims-providers/realm-step.ts'
import type { AdfsConfig } from '../config.ts'
import type { DeviceAuthentication } from '../device-authentication/device-authentication.ts'
import type { DirectoryClient } from '../directory/directory-client.ts'
import type { DirectoryUser } from '../directory/directory-user.ts'
import { AdfsError } from '../errors.ts'
import type { FarmPropertyStore } from '../farm/farm-properties.ts'
import type { Themes } from '../pages/frame.ts'
import { clearSessionCookies, sessionCookie } from '../sessions/cookies.ts'
import type { Session } from '../sessions/session.ts'
import type { SessionStore } from '../sessions/session-store.ts'
import { stepOf } from '../trusts.ts'
import { userAgentMatcher } from '../windows-authentication/user-agents.ts'
import { askForSecondFactor } from './additional-step.ts'
import { checkCredentials, openSession } from './credentials-step.ts'
import { grantFor } from './grant.ts'
import { lastingSession } from './lasting-session.ts'
import { primaryNeeded } from './next-step.ts'
import type { PasswordCheck } from './password-check.ts'
import { decidePolicy } from './policy.ts'
import type { PrimaryProvider } from './primary-method.ts'
import { startPrimary } from './primary-step.ts'
import { chosenProvider, refuseMissingMethods } from './request-gaps.ts'
import type { SignInRequest } from './sign-in-request.ts'
import { sendAnswer, sendToken } from './token-step.ts'
import { originOf, type Visit } from './visit.ts'

// The conversation at /adfs/ls/: one dispatcher picks the next step from the session and the policy, whatever protocol
// the request speaks. Steps answer with a page or a redirect back to the same address; they never call each other.
//
//   home realm → no session, or fresh credentials wanted → credentials → policy → additional authentication → token
//              → no session of that partner                → the partner ↗ (its token comes back to the request)
//
// The query of the request is the state; the session is the memory. Protocols are read and answered elsewhere.

export interface ConversationParts {
  readonly config: AdfsConfig
  readonly themes: Themes
  readonly sessions: SessionStore
  readonly directory: DirectoryClient
  readonly passwords: PasswordCheck
  readonly devices: DeviceAuthentication
  readonly properties: FarmPropertyStore
  readonly additional: AdditionalAuthentication
  readonly partners: Partners
  readonly clock: Clock
  readonly random: Random
}

/** What is needed to send somebody to another claims provider and to believe what it says. */
export interface Partners {
  readonly contexts: PartnerContexts
  readonly singleUse: SingleUseStore
  readonly signingKey: () => SigningKey
  /** The token-decrypting keys of now: partners may have encrypted for any of them. */
  readonly decryptionKeys: () => readonly SigningKey[]
}

export interface SignedInUser {
  readonly cookie: string
  readonly session: Session
  readonly user: DirectoryUser
}

export async function continueSignIn(
  visit: Visit,
  signIn: SignInRequest,
  parts: ConversationParts,
): Promise<FastifyReply> {
  refuseMissingMethods(visit.form)
  if (signIn.refusal) return sendAnswer(visit, signIn, await signIn.refusal())
  const cookie = sessionCookie(visit.request)
  const session = await lastingSession(visit, parts)
  const { challenge, proof } = await parts.devices.identify(visit, session)
  if (challenge !== undefined) return challengeDevice(visit, signIn, challenge)
  const known = cookie !== undefined && session ? { cookie, session } : undefined
  return continueInRealm({ ...visit, deviceProof: proof }, signIn, known, parts)
}

/** [MS-PKAP] §3.1.5.1: the web view recognises the scheme, signs the nonce and comes back to the same address. */
function challengeDevice({ request, reply }: Visit, { trust }: SignInRequest, location: string): FastifyReply {
  const reason = 'device authentication is enabled, and the client announces PKeyAuth'
  request.recording.note({ step: stepOf(trust, 'page'), decision: 'deviceChallenged', reason })
  return reply.redirect(location, 302)
}

async function continueInRealm(
  visit: Visit,
  signIn: SignInRequest,
  known: KnownSession | undefined,
  parts: ConversationParts,
): Promise<FastifyReply> {
  const realm = homeRealmOf(visit, signIn, known?.session, parts.config)
  switch (realm.kind) {
    case 'refuse': {
      const { name } = signIn.trust.settings
      throw new AdfsError('homeRealmUnavailable', { reason: realm.reason, relyingParty: name })
    }
    case 'choose':
      if (signIn.withoutPrompt) return sendAnswer(visit, signIn, await signIn.withoutPrompt('credentials'))
      return askForHomeRealm(visit, signIn, parts, realm.reason)
    case 'provider':
      return realm.identifier === adAuthority
        ? signInHere(visit, signIn, known, parts)
        : signInAtPartner(visit, signIn, known, { ...realm, parts })
  }
}

interface KnownSession {
  readonly cookie: string
  readonly session: Session
}

/** With an account of Active Directory. */
async function signInHere(
  visit: Visit,
  signIn: SignInRequest,
  known: KnownSession | undefined,
  parts: ConversationParts,
): Promise<FastifyReply> {
  const own = known?.session.provider ? undefined : known
  const why = primaryNeeded(own?.session, await withPossibleMethod(visit, signIn, parts), parts.clock.now())
  const { proved, chosen } = givenNow(visit, why === undefined)
  if (proved) return openSession(visit, signIn, proved, parts)
  if (chosen === 'FormsAuthentication') return checkCredentials(visit, signIn, parts)
  if (chosen) return startPrimary(visit, signIn, parts, 'the user chose another way')
  if (why !== undefined || !own) {
    if (signIn.withoutPrompt) return sendAnswer(visit, signIn, await signIn.withoutPrompt('credentials'))
    return startPrimary(visit, signIn, parts, why ?? 'there is no AD FS session')
  }
  const user = await accountOf(own.session, own.cookie, visit, parts)
  return continueSession(visit, signIn, { ...own, user }, parts)
}

/** What the request brings for signing in; where the session will do, a certificate can only be the second factor. */
function givenNow({ request: { provedUser }, form }: Visit, sessionWillDo: boolean) {
  const chosen = chosenProvider(form)
  const counts = (by: PrimaryProvider | undefined) => !sessionWillDo || by !== 'CertificateAuthentication'
  return { proved: counts(provedUser?.by) ? provedUser : undefined, chosen: counts(chosen) ? chosen : undefined }
}

/** Windows authentication is asked for in vain where the agent, or the network, has none: forms take its place. */
async function withPossibleMethod(visit: Visit, signIn: SignInRequest, { config, properties }: ConversationParts) {
  if (signIn.method !== 'windows') return signIn
  const { request, facts } = visit
  const { wiaSupportedUserAgents } = await properties.read()
  const possible =
    facts.insideCorporateNetwork &&
    config.primaryAuthentication.intranet.includes('WindowsAuthentication') &&
    userAgentMatcher(wiaSupportedUserAgents)(request.headers['user-agent'])
  return possible ? signIn : { ...signIn, method: 'any' as const }
}

/** With what another claims provider says of a user, of whom Active Directory knows nothing. */
async function signInAtPartner(
  visit: Visit,
  signIn: SignInRequest,
  known: KnownSession | undefined,
  {
    identifier,
    reason,
    parts,
  }: { readonly identifier: string; readonly reason: string; readonly parts: ConversationParts },
): Promise<FastifyReply> {
  const own = known?.session.provider?.identifier === identifier ? known : undefined
  const why = primaryNeeded(own?.session, { ...signIn, method: 'any' }, parts.clock.now())
  if (why === undefined && own) {
    return continueSession(visit, signIn, { ...own, user: partnerUser(own.session) }, parts)
  }
  if (signIn.withoutPrompt) return sendAnswer(visit, signIn, await signIn.withoutPrompt('credentials'))
  const provider = parts.config.trusts.claimsProviders.find(({ settings }) => settings.identifier === identifier)
  if (!provider) throw new AdfsError('homeRealmUnavailable', { reason: `${identifier} is gone` })
  const { askPartner } = await import('../claims-providers/ask-partner.ts')
  const asking = { ...parts, ...parts.partners }
  return askPartner(visit, signIn, provider, { why: `${reason}; ${why ?? 'there is no AD FS session'}`, parts: asking })
}

/** A session does not outlive its account. */
async function accountOf(
  session: Session,
  cookie: string,
  visit: Visit,
  { sessions, directory }: ConversationParts,
): Promise<DirectoryUser> {
  const user = await directory.find('sid', session.user.sid, originOf(visit))
  if (user?.enabled) return user
  await sessions.end(cookie)
  clearSessionCookies(visit.reply)
  visit.request.recording.note({ user: session.user.userPrincipalName })
  const what = user ? 'disabled' : 'gone'
  throw new AdfsError('accountInvalid', { reason: `the account of ${session.user.userPrincipalName} is ${what}` })
}

async function continueSession(
  visit: Visit,
  signIn: SignInRequest,
  signedIn: SignedInUser,
  parts: ConversationParts,
): Promise<FastifyReply> {
  const { session, device } = await withDevice(visit, signedIn, parts)
  const grant = grantFor({ ...signedIn, session, device, facts: visit.facts }, parts, originOf(visit))
  const { outcome, reason, providers } = await decidePolicy(signIn, grant, { ...parts.config, clock: parts.clock })
  const user = signedIn.user.userPrincipalName
  visit.request.recording.note({
    step: stepOf(signIn.trust, 'policy'),
    decision: policyDecisions[outcome],
    reason,
    user,
  })
  switch (outcome) {
    case 'deny':
      if (signIn.denied) return sendAnswer(visit, signIn, await signIn.denied(reason))
      throw denial(signIn, signedIn, reason)
    case 'additional':
      if (signIn.withoutPrompt) return sendAnswer(visit, signIn, await signIn.withoutPrompt('secondFactor'))
      return askForSecondFactor(visit, signIn, { ...signedIn, session }, { parts, why: reason, named: providers })
    case 'issue':
      return sendToken(visit, signIn, { ...signedIn, session, grant }, parts)
  }
}

/** What the browser has told of its device goes into the session; what the device is worth is asked each time. */
async function withDevice(
  visit: Visit,
  { cookie, session, user }: SignedInUser,
  { devices, sessions }: ConversationParts,
) {
  const { deviceProof, request } = visit
  if (!deviceProof) return { session, device: undefined }
  const told = session.device ? session : { ...session, device: deviceProof }
  if (told !== session) await sessions.update(cookie, told)
  const device = await devices.find(deviceProof, user.sid, originOf(visit))
  if (device && !device.registeredUser) {
    const reason = `"${device.device.displayName}" is not registered by ${user.userPrincipalName}`
    request.recording.note({ decision: 'deviceOfAnotherUser', reason })
  }
  return { session: told, device }
}

const policyDecisions = { deny: 'accessDenied', additional: 'mfaRequired', issue: 'accessPermitted' } as const

function denial({ protocol, trust }: SignInRequest, { user }: SignedInUser, reason: string): AdfsError {
  const { name } = trust.settings
  const key = protocol === 'Web Application Proxy' ? 'accessDeniedThroughProxy' : 'accessDenied'
  return new AdfsError(key, { reason, values: [user.userPrincipalName, name], relyingParty: name })
}
