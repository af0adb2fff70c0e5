import type { FastifyReply } from 'fastify'
import { Gap } from '#shared/errors.ts'
import type { Federation } from '#shared/scenario/world.ts'
import { signInUrl } from '#shared/ws-federation/sign-in-url.ts'
import type { Conversation } from '../sign-in/conversation.ts'
import { note } from '../sign-in/journal.ts'
import type { NextStep } from '../sign-in/next-step.ts'
import type { Exchange, SignInServices } from '../sign-in/services.ts'
import { federationAudience } from '../urls.ts'

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
  if (federation.preferredAuthenticationProtocol === 'saml')
    throw new Gap('federation by SAML-P', 'services/entra/README.md')
  if (step.demand === 'mfa') {
    await services.conversations.save({
      ...conversation,
      progress: { ...conversation.progress, mfaAskedOfProvider: true },
    })
  }
  const user = conversation.progress.firstFactor?.userPrincipalName ?? conversation.progress.username
  note(exchange.request, conversation.request, 2, {
    decision: 'redirectToFederationService',
    ...(user !== undefined && { user }),
    detail: { because: step.reason, passiveSignInUri: federation.passiveSignInUri },
  })
  const url = passiveSignInUrl(federation, {
    context,
    username: user,
    correlationId: conversation.correlationId,
    demand: step.demand,
    promptLogin: conversation.request.prompt === 'login',
  })
  return exchange.reply.redirect(url, 302)
}

export interface PassiveSignIn {
  readonly context: string
  readonly username: string | undefined
  readonly correlationId: string
  readonly demand: 'mfa' | 'fresh' | undefined
  readonly promptLogin: boolean
}

const multipleAuthn = 'http://schemas.microsoft.com/claims/multipleauthn'
const passwordMethod = 'urn:oasis:names:tc:SAML:1.0:am:password'

export function passiveSignInUrl(federation: Federation, signIn: PassiveSignIn): string {
  return signInUrl({
    endpoint: federation.passiveSignInUri,
    'client-request-id': signIn.correlationId,
    ...(signIn.username !== undefined && { username: signIn.username }),
    wtrealm: federationAudience,
    // 3: "Stay signed in" was not ticked; Entra ID asks that question itself.
    wctx: `LoginOptions=3&estsredirect=2&estsrequest=${signIn.context}`,
    ...demandParameters(federation, signIn),
  })
}

/** "AD FS prompt=login parameter support": how the demand for fresh credentials is put. */
function demandParameters({ promptLoginBehavior }: Federation, { demand, promptLogin }: PassiveSignIn) {
  if (demand === 'mfa') return { wauth: multipleAuthn }
  if (demand !== 'fresh') return {}
  if (!promptLogin || promptLoginBehavior === 'disabled') return { wfresh: '0' }
  if (promptLoginBehavior === 'nativeSupport') return { prompt: 'login' }
  return { wauth: passwordMethod, wfresh: '0' }
}

/** The conversation that a `wctx` came from. */
export function contextOfWctx(wctx: string | undefined): string | undefined {
  return wctx === undefined ? undefined : (new URLSearchParams(wctx).get('estsrequest') ?? undefined)
}
