import type { Element } from '@xmldom/xmldom'
import type { ReceivedMessage } from '#shared/saml/protocol-message.ts'
import { partnerByIdentifier, partyByObjectIdentifier } from '../claims-providers/logout-party.ts'
import { AdfsError } from '../errors.ts'
import type { SamlParticipant } from '../sessions/session.ts'
import type { Trust, Trusts } from '../trusts.ts'
import { type LogoutParts, logoutEndpoint, takeWaiting, type WaitingLogout } from './logout.ts'
import { type LogoutRequest, readLogoutRequest, readLogoutResponse } from './logout-message.ts'
import type { SamlReceiver } from './receive.ts'
import { issuerOf, serviceProvider } from './service-provider.ts'
import { verifyMessage } from './verify-request.ts'

export interface ReceivedLogoutRequest {
  readonly trust: Trust
  readonly request: LogoutRequest
  readonly relayState: string | undefined
}

/** A service provider's LogoutRequest, which always has to be signed and fresh. */
export async function receiveLogoutRequest(
  message: ReceivedMessage,
  parts: LogoutParts & SamlReceiver,
): Promise<ReceivedLogoutRequest> {
  const issuer = issuerOf(message.root)
  const trust = await logoutParty(issuer, parts.trusts)
  const verified = verifyMessage(message, trust, { required: true, urls: parts.urls })
  const request = await readLogoutRequest(verified, parts.decryptionKeys())
  const { name } = trust.settings
  const refuse = (key: 'logoutIncomplete' | 'invalidSamlMessage', reason: string) =>
    new AdfsError(key, { reason, relyingParty: name })
  if (!logoutEndpoint(trust)) throw refuse('logoutIncomplete', `"${name}" has no end point for SAML logout`)
  const now = parts.clock.now()
  if (request.notOnOrAfter && now >= request.notOnOrAfter) {
    throw refuse('invalidSamlMessage', `the request was valid until ${request.notOnOrAfter.toISOString()}`)
  }
  const dated = { id: request.id, issuer, issueInstant: request.issueInstant }
  await parts.requests.admit(dated)
  await parts.requests.answer(dated)
  return { trust, request, relayState: message.relayState }
}

/** A service provider, or another claims provider that ends its session. */
async function logoutParty(issuer: string, trusts: Trusts): Promise<Trust> {
  return (await partnerByIdentifier(issuer, trusts)) ?? serviceProvider(issuer, trusts)
}

/** Whether the request means the user of this session, by every word (SAML 2.0 Core §3.7.1). */
export function meansParticipant({ request, trust }: ReceivedLogoutRequest, participant: SamlParticipant): boolean {
  const same = (asked: string | undefined, issued: string | undefined) => asked === undefined || asked === issued
  return (
    participant.trust === trust.settings.objectIdentifier &&
    participant.nameId === request.nameId &&
    sameFormat(request.format, participant.format) &&
    same(request.nameQualifier, participant.nameQualifier) &&
    same(request.spNameQualifier, participant.spNameQualifier) &&
    request.sessionIndexes.every((index) => participant.sessionIndexes.includes(index))
  )
}

const unspecified = /:nameid-format:unspecified$/

/** Left out means unspecified (SAML 2.0 Core §8.3.1). */
function sameFormat(asked: string | undefined, issued: string | undefined): boolean {
  const plain = (format: string | undefined) => (format === undefined || unspecified.test(format) ? '' : format)
  return plain(asked) === plain(issued)
}

/** A service provider's LogoutResponse: the logout goes on, whatever it says; only the answer at the end differs. */
export async function receiveLogoutResponse(
  message: ReceivedMessage,
  parts: LogoutParts & SamlReceiver,
): Promise<WaitingLogout & { readonly problem: string | undefined }> {
  const { inResponseTo } = readLogoutResponse(message.root)
  const waiting = await takeWaiting(inResponseTo, parts)
  if (!waiting) {
    throw new AdfsError('logoutIncomplete', { reason: `no logout waits for an answer to ${inResponseTo}` })
  }
  return { ...waiting, problem: await problemWith(message, waiting, parts) }
}

async function problemWith(
  message: ReceivedMessage,
  { asked }: WaitingLogout,
  parts: LogoutParts & SamlReceiver,
): Promise<string | undefined> {
  const trust = await partyByObjectIdentifier(asked.trust, parts.trusts)
  if (!trust) return 'its trust is gone'
  try {
    const { succeeded, status } = readLogoutResponse(answeredBy(message, trust, parts))
    return succeeded ? undefined : `it answered ${status}`
  } catch (error) {
    if (error instanceof AdfsError) return error.reason
    throw error
  }
}

function answeredBy(message: ReceivedMessage, trust: Trust, parts: SamlReceiver): Element {
  const required = trust.requestSigningCertificates.length > 0
  const verified = verifyMessage(message, trust, { required, urls: parts.urls })
  const issuer = issuerOf(verified).toLowerCase()
  if (trust.settings.identifiers.some((identifier) => identifier.toLowerCase() === issuer)) return verified
  throw new AdfsError('logoutIncomplete', { reason: `the answer comes from another than "${trust.settings.name}"` })
}
