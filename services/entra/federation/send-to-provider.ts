import type { FastifyReply } from 'fastify'
import { sendFormPost } from '#shared/html/form-post.ts'
import type { Federation } from '#shared/scenario/world.ts'
import { signInUrl } from '#shared/ws-federation/sign-in-url.ts'
import type { Conversation, Progress } from '../sign-in/conversation.ts'
import { note } from '../sign-in/journal.ts'
import type { NextStep } from '../sign-in/next-step.ts'
import type { Exchange, SignInServices } from '../sign-in/services.ts'
import { federationAudience } from '../urls.ts'
import { multipleAuthn } from './assertion-claims.ts'

interface Federate {
  readonly conversation: Conversation
  readonly step: Extract<NextStep, { step: 'federate' }>
  readonly context: string
}

/** The person's own organization signs her in: off to its federation service, to come back at /login.srf. */
export async function federate(
  services: SignInServices,
  exchange: Exchange,
  { conversation, step, context }: Federate,
): Promise<FastifyReply> {
  const { federation } = step.domain
  if (!federation) throw new Error(`${step.domain.name} has no federation`)
  const user = conversation.progress.firstFactor?.userPrincipalName ?? conversation.progress.username
  note(exchange.request, conversation.request, 'federated', {
    decision: 'redirectToFederationService',
    ...(user !== undefined && { user }),
    detail: { because: step.reason, passiveSignInUri: federation.passiveSignInUri },
  })
  const signIn = {
    context,
    username: user,
    correlationId: conversation.correlationId,
    demand: step.demand,
    promptLogin: conversation.request.prompt === 'login',
  }
  const asked = step.demand === 'mfa' ? { mfaAskedOfProvider: true } : {}
  if (federation.preferredAuthenticationProtocol === 'saml')
    return postAuthnRequest(services, exchange, { conversation, federation, signIn, asked })
  await keep(services, conversation, asked)
  return exchange.reply.redirect(passiveSignInUrl(federation, signIn), 302)
}

interface SamlSignIn {
  readonly conversation: Conversation
  readonly federation: Federation
  readonly signIn: PassiveSignIn
  readonly asked: Progress
}

/** The answer must name this request, so the conversation remembers its id: of several, the latest counts. */
async function postAuthnRequest(
  services: SignInServices,
  { request, reply }: Exchange,
  { conversation, federation, signIn, asked }: SamlSignIn,
): Promise<FastifyReply> {
  const { authnRequest } = await import('./authn-request.ts')
  const id = `_${services.random.uuid()}`
  const message = authnRequest(federation, { id, issueInstant: services.clock.now() }, signIn)
  await keep(services, conversation, { ...asked, samlRequestId: id })
  const fields = { SAMLRequest: Buffer.from(message).toString('base64'), RelayState: relayedContext(signIn.context) }
  return sendFormPost(request, reply, { action: federation.passiveSignInUri, fields })
}

async function keep({ conversations }: SignInServices, conversation: Conversation, more: Progress): Promise<void> {
  if (Object.keys(more).length === 0) return
  await conversations.save({ ...conversation, progress: { ...conversation.progress, ...more } })
}

export interface PassiveSignIn {
  readonly context: string
  readonly username: string | undefined
  readonly correlationId: string
  readonly demand: 'mfa' | 'fresh' | undefined
  readonly promptLogin: boolean
}

const passwordMethod = 'urn:oasis:names:tc:SAML:1.0:am:password'

export function passiveSignInUrl(federation: Federation, signIn: PassiveSignIn): string {
  return signInUrl({
    endpoint: federation.passiveSignInUri,
    'client-request-id': signIn.correlationId,
    ...(signIn.username !== undefined && { username: signIn.username }),
    wtrealm: federationAudience,
    // 3: "Stay signed in" was not ticked; Entra ID asks that question itself.
    wctx: `LoginOptions=3&${relayedContext(signIn.context)}`,
    ...demandParameters(federation, signIn),
  })
}

function relayedContext(context: string): string {
  return `estsredirect=2&estsrequest=${context}`
}

/** "AD FS prompt=login parameter support": how the demand for fresh credentials is put. */
function demandParameters({ promptLoginBehavior }: Federation, { demand, promptLogin }: PassiveSignIn) {
  if (demand === 'mfa') return { wauth: multipleAuthn }
  if (demand !== 'fresh') return {}
  if (!promptLogin || promptLoginBehavior === 'disabled') return { wfresh: '0' }
  if (promptLoginBehavior === 'nativeSupport') return { prompt: 'login' }
  return { wauth: passwordMethod, wfresh: '0' }
}

/** The conversation that a `wctx` or a RelayState came from. */
export function contextOfWctx(wctx: string | undefined): string | undefined {
  return wctx === undefined ? undefined : (new URLSearchParams(wctx).get('estsrequest') ?? undefined)
}
