import type { FastifyReply } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import {
  type AdditionalResult,
  type AdditionalSubject,
  answerRefused,
  azureMfaProvider,
} from '../additional-authentication/additional-authentication.ts'
import { type AdditionalProvider, additionalProvider } from '../additional-authentication/additional-provider.ts'
import { noProvider } from '../additional-authentication/texts.ts'
import { primaryMethods } from '../claims/authentication-methods.ts'
import { windowsAccountName } from '../directory/directory-user.ts'
import { AdfsError } from '../errors.ts'
import { additionalAuthenticationPage } from '../pages/additional-authentication-page.ts'
import { factsFor } from '../proxy/request-facts.ts'
import { setSessionCookie } from '../sessions/cookies.ts'
import { sessionAfterSecondFactor } from '../sessions/session.ts'
import { stepOf } from '../trusts.ts'
import type { ConversationParts, SignedInUser } from './conversation.ts'
import type { SignInRequest } from './sign-in-request.ts'
import { storyOf } from './story.ts'
import { originOf, type Visit } from './visit.ts'

interface Asking {
  readonly parts: ConversationParts
  /** What the policy step said. */
  readonly why: string
  /** The providers that its rules name. */
  readonly named: readonly string[]
}

/** The additional authentication: which provider, its page, and what comes back from it. */
export async function askForSecondFactor(
  visit: Visit,
  signIn: SignInRequest,
  signedIn: SignedInUser,
  asking: Asking,
): Promise<FastifyReply> {
  const { parts, why, named } = asking
  const { provedUser } = visit.request
  if (provedUser?.by === 'CertificateAuthentication') return takeCertificate(visit, signIn, signedIn, parts)
  const choice = additionalProvider({
    enabled: parts.config.additionalProviders,
    named,
    methods: signedIn.session.methods,
    azureMethodRequested: signIn.azureMethod !== undefined,
    posted: visit.form.get('AuthMethod'),
  })
  switch (choice.kind) {
    case 'AzureMfaAuthentication':
      return askAzure(visit, signIn, signedIn, asking)
    case 'CertificateAuthentication':
      noteFactor(visit, signIn, signedIn, { decision: 'certificateAuthentication', reason: why })
      return visit.reply.redirect(visit.self.certificate, 302)
    default:
      return showChoice(visit, signIn, signedIn, {
        ...asking,
        providers: choice.kind === 'choose' ? choice.providers : [],
      })
  }
}

/** Several providers to choose from, or none. */
async function showChoice(
  visit: Visit,
  signIn: SignInRequest,
  signedIn: SignedInUser,
  { parts, why, providers }: Asking & { readonly providers: readonly AdditionalProvider[] },
): Promise<FastifyReply> {
  const missing = providers.length === 0
  const decision = missing ? 'additionalAuthenticationRefused' : 'additionalAuthenticationChoice'
  noteFactor(visit, signIn, signedIn, { decision, reason: missing ? 'no additional authentication provider' : why })
  const { additionalChoicePage } = await import('../pages/additional-choice-page.ts')
  const view = {
    action: visit.self.action,
    account: windowsAccountName(signedIn.user),
    providers,
    error: missing ? noProvider : '',
    story: storyOf(visit, signIn, why),
  }
  return sendPage(visit.reply, additionalChoicePage(parts.themes.for(visit.request, signIn.trust), view))
}

/** The certificate host has found out whose the certificate is: it has to be the user of the session. */
async function takeCertificate(
  visit: Visit,
  signIn: SignInRequest,
  signedIn: SignedInUser,
  parts: ConversationParts,
): Promise<FastifyReply> {
  const { user } = visit.request.provedUser ?? {}
  if (user?.sid !== signedIn.user.sid || !parts.config.additionalProviders.includes('CertificateAuthentication')) {
    const reason = `the certificate of ${user?.userPrincipalName} is no second factor of ${signedIn.user.userPrincipalName}`
    throw new AdfsError('certificateRefused', { reason, relyingParty: signIn.trust.settings.name })
  }
  const { reference } = primaryMethods.CertificateAuthentication
  return upgradeSession(visit, signIn, signedIn, parts, { method: 'CertificateAuthentication', methodUri: reference })
}

function noteFactor(
  { request }: Visit,
  { trust }: SignInRequest,
  { user }: SignedInUser,
  { decision, reason, moment = 'policy' }: FactorNote,
): void {
  request.recording.note({ step: stepOf(trust, moment), decision, reason, user: user.userPrincipalName })
}

interface FactorNote {
  readonly decision: string
  readonly reason: string
  /** `token` where somebody has answered, and is refused. */
  readonly moment?: 'policy' | 'token'
}

async function askAzure(
  visit: Visit,
  signIn: SignInRequest,
  signedIn: SignedInUser,
  { parts, why }: Asking,
): Promise<FastifyReply> {
  const account = windowsAccountName(signedIn.user)
  const subject = {
    session: withCurrentName(signedIn),
    account,
    callerIp: factsFor(signedIn.user.userPrincipalName, visit.facts).originIp,
    origin: originOf(visit),
  }
  const result = await resultOf(visit, subject, signIn, parts)
  if (result.outcome === 'passed') return upgradeSession(visit, signIn, signedIn, parts, result)
  const { prompt } = result
  const isAnswer = visit.form.get('AuthMethod') === azureMfaProvider && result.decision === answerRefused
  noteFactor(visit, signIn, signedIn, { ...result, moment: isAnswer ? 'token' : 'policy' })
  const story = storyOf(visit, signIn, why)
  const others = parts.config.additionalProviders.length > 1
  const view = { action: visit.self.action, account, provider: azureMfaProvider, prompt, story, others }
  return sendPage(visit.reply, additionalAuthenticationPage(parts.themes.for(visit.request, signIn.trust), view))
}

function withCurrentName({ session, user }: SignedInUser): AdditionalSubject['session'] {
  return { ...session, user: { ...session.user, userPrincipalName: user.userPrincipalName } }
}

async function resultOf(
  { form }: Visit,
  subject: AdditionalSubject,
  { azureMethod }: SignInRequest,
  { additional }: ConversationParts,
): Promise<AdditionalResult> {
  if (form.get('AuthMethod') !== azureMfaProvider) return additional.begin(subject, azureMethod)
  const [context, code, chosen] = ['Context', 'VerificationCode', 'AuthMethodId'].map((name) => form.get(name) ?? '')
  return additional.answer(subject, { context: context ?? '', code: code ?? '', chosen: chosen ?? '' })
}

/** The same session, now with both factors, under a new cookie. */
async function upgradeSession(
  visit: Visit,
  signIn: SignInRequest,
  { cookie, session, user }: SignedInUser,
  { sessions, clock }: ConversationParts,
  { method, methodUri }: Pick<Extract<AdditionalResult, { outcome: 'passed' }>, 'method' | 'methodUri'>,
): Promise<FastifyReply> {
  const upgraded = sessionAfterSecondFactor(session, methodUri, clock.now())
  await sessions.end(cookie)
  const keepUntil = session.keepSignedIn ? new Date(session.expiresAt) : undefined
  setSessionCookie(visit.reply, await sessions.open(upgraded), keepUntil)
  visit.request.recording.note({
    step: stepOf(signIn.trust, 'token'),
    decision: 'additionalAuthenticationPassed',
    reason: method,
    user: user.userPrincipalName,
  })
  return visit.reply.redirect(visit.self.location, 302)
}
