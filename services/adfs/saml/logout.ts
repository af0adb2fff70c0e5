import type { SingleUseStore } from '#shared/store/single-use.ts'
import { partyByObjectIdentifier } from '../claims-providers/logout-party.ts'
import type { SamlParticipant } from '../sessions/session.ts'
import type { TokenMessage } from '../sign-in/sign-in-request.ts'
import type { Trust } from '../trusts.ts'
import type { SignOutView } from '../ws-federation/sign-out.ts'
import { algorithmOf, encryptionOf, type SamlParts } from './sign-in.ts'
import { deliver, logoutRequest, logoutResponse } from './write-logout.ts'

// Single logout (SAML 2.0 Profiles §4.4). AD FS ends its own session first, then tells the service providers one after
// the other, each by way of the browser; what waits for an answer is kept under the id of the request. WS-Federation
// relying parties follow at the end, in frames. Reading messages is in receive-logout.ts, writing them in write-logout.ts.

/** A logout under way: who began it, who is still to be told. */
export interface Logout {
  readonly user: string
  /** The service provider that waits for a LogoutResponse; absent when the user signed out at AD FS. */
  readonly initiator?: LogoutInitiator | undefined
  readonly remaining: readonly SamlParticipant[]
  /** The identifiers of service providers that did not say that all is well. */
  readonly failed: readonly string[]
  /** For WS-Federation: the frames, and where to go afterwards. */
  readonly page: SignOutView
}

interface LogoutInitiator {
  readonly trust: string
  readonly requestId: string
  readonly relayState: string | undefined
}

/** A logout that waits for the LogoutResponse of `asked`. */
export interface WaitingLogout {
  readonly logout: Logout
  readonly asked: SamlParticipant
}

export interface LogoutParts extends SamlParts {
  readonly singleUse: SingleUseStore
}

export type LogoutStep =
  | { readonly kind: 'send'; readonly answer: TokenMessage; readonly to: string }
  | { readonly kind: 'done'; readonly logout: Logout; readonly answer: TokenMessage | undefined }

const kind = 'saml logout'
const waitMinutes = 15
const requestMinutes = 5

/** The next service provider to tell, or the end. */
export async function continueLogout(logout: Logout, parts: LogoutParts): Promise<LogoutStep> {
  const [next, ...remaining] = logout.remaining
  if (!next) return { kind: 'done', logout, answer: await answerInitiator(logout, parts) }
  const trust = await partyByObjectIdentifier(next.trust, parts.trusts)
  const endpoint = trust && logoutEndpoint(trust)
  if (!trust || !endpoint) {
    return continueLogout({ ...logout, remaining, failed: [...logout.failed, next.identifier] }, parts)
  }
  const id = `_${parts.random.uuid()}`
  const now = parts.clock.now()
  const waiting: WaitingLogout = { logout: { ...logout, remaining }, asked: next }
  await parts.singleUse.sweep(now)
  await parts.singleUse.put(kind, id, waiting, new Date(now.getTime() + waitMinutes * 60_000))
  const message = await logoutRequest({
    ...headerOf(id, endpoint.url, parts),
    participant: next,
    encryptName: encryptionOf(trust).encryptNameId,
    notOnOrAfter: new Date(now.getTime() + requestMinutes * 60_000),
  })
  const sending = {
    ...endpoint,
    id,
    field: 'SAMLRequest',
    key: parts.signingKey,
    algorithm: algorithmOf(trust),
  } as const
  return { kind: 'send', answer: await deliver(message, sending), to: next.identifier }
}

/** What waits for the answer to this request of ours; once. */
export function takeWaiting(requestId: string, { singleUse, clock }: LogoutParts): Promise<WaitingLogout | undefined> {
  return singleUse.take<WaitingLogout>(kind, requestId, clock.now())
}

async function answerInitiator({ initiator, failed }: Logout, parts: LogoutParts): Promise<TokenMessage | undefined> {
  const trust = initiator && (await partyByObjectIdentifier(initiator.trust, parts.trusts))
  if (!initiator || !trust) return undefined
  return answerLogout(
    { ...initiator, trust, status: failed.length > 0 ? ['Success', 'PartialLogout'] : ['Success'] },
    parts,
  )
}

export interface LogoutAnswer {
  readonly trust: Trust
  readonly requestId: string
  readonly relayState: string | undefined
  /** The last parts of the status URIs. */
  readonly status: readonly string[]
}

/** The LogoutResponse for whoever asked; undefined when its trust says nowhere to send it. */
export async function answerLogout(
  { trust, requestId, relayState, status }: LogoutAnswer,
  parts: LogoutParts,
): Promise<TokenMessage | undefined> {
  const endpoint = logoutEndpoint(trust)
  if (!endpoint) return undefined
  const id = `_${parts.random.uuid()}`
  const message = logoutResponse({ ...headerOf(id, endpoint.responseUrl, parts), inResponseTo: requestId, status })
  const algorithm = algorithmOf(trust)
  const { binding, responseUrl: url } = endpoint
  return deliver(message, { id, field: 'SAMLResponse', url, binding, relayState, key: parts.signingKey, algorithm })
}

function headerOf(id: string, destination: string, { clock, identifier }: LogoutParts) {
  return { id, destination, issuer: identifier, issueInstant: clock.now() }
}

export function logoutEndpoint({ settings }: Trust) {
  const endpoints = settings.samlEndpoints.filter(
    ({ protocol, binding }) => protocol === 'SAMLLogout' && binding !== 'Artifact',
  )
  const endpoint = endpoints.find(({ isDefault }) => isDefault) ?? endpoints[0]
  if (!endpoint) return undefined
  const { uri, responseUri = uri, binding } = endpoint
  return { url: uri, responseUrl: responseUri, binding: binding === 'POST' ? ('POST' as const) : ('Redirect' as const) }
}
