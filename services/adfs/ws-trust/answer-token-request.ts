import type { FastifyRequest } from 'fastify'
import { ProtocolError } from '#shared/errors.ts'
import { StoreUnavailable } from '#shared/store/store-unavailable.ts'
import { primaryMethods } from '../claims/authentication-methods.ts'
import type { RequestFacts } from '../proxy/request-facts.ts'
import { sessionAfterPrimary } from '../sessions/session.ts'
import { type GrantParts, grantFor } from '../sign-in/grant.ts'
import type { Grant } from '../sign-in/sign-in-request.ts'
import { stepOf } from '../trusts.ts'
import { type AuthenticatedSender, type AuthenticationParts, authenticate } from './authenticate.ts'
import type { TrustEndPoint } from './end-points.ts'
import { faultOfAny, NotSoap } from './errors.ts'
import { type IssuingParts, issueToken, permitted, relyingPartyOf } from './issue-token.ts'
import { readMessage, type SoapMessage } from './read-message.ts'
import { readTokenRequest } from './token-request.ts'
import { writeFault, writeMustUnderstandFault, writeTokenResponse } from './write-message.ts'

export type TokenAnswerParts = AuthenticationParts & IssuingParts & GrantParts

export interface SoapAnswer {
  readonly status: number
  readonly message: string
}

/** AD FS audit event: token issued. */
const tokenIssued = 299

/** A RequestSecurityToken, answered: by a token, or by a fault that names the message it refuses. */
export async function answerTokenRequest(
  request: FastifyRequest,
  endPoint: TrustEndPoint,
  facts: RequestFacts,
  parts: TokenAnswerParts,
): Promise<SoapAnswer> {
  const message = readMessage(typeof request.body === 'string' ? request.body : '')
  const header = { relatesTo: message.messageId, now: parts.clock.now() }
  if (message.notUnderstood.length > 0) {
    request.recording.note({ decision: 'mustUnderstand', reason: message.notUnderstood.join(', ') })
    return { status: 500, message: writeMustUnderstandFault(message.messageId, message.notUnderstood, header.now) }
  }
  try {
    const token = await tokenFor(request, message, endPoint, facts, parts)
    const { dialect } = endPoint
    return { status: 200, message: writeTokenResponse(dialect, { ...header, action: dialect.responseAction }, token) }
  } catch (error) {
    if (!(error instanceof ProtocolError) || error instanceof NotSoap || error instanceof StoreUnavailable) throw error
    request.recording.note({ decision: error.code, reason: error.reason })
    const status = error.kind === 'gap' ? error.status : 500
    return { status, message: writeFault(header, faultOfAny(error, endPoint.dialect)) }
  }
}

async function tokenFor(
  request: FastifyRequest,
  message: SoapMessage,
  { dialect, credentials }: TrustEndPoint,
  facts: RequestFacts,
  parts: TokenAnswerParts,
) {
  const asked = readTokenRequest(message, dialect)
  const trust = relyingPartyOf(asked, parts.trusts)
  request.recording.note({ detail: { relyingParty: trust.settings.name, protocol: 'WS-Trust' } })
  const sender = await authenticate(credentials, { request, message, facts }, parts)
  const { user, by } = sender
  request.recording.note({
    step: stepOf(trust, 'authentication'),
    decision: 'credentialsAccepted',
    reason: by,
    user: user.userPrincipalName,
  })
  const grant = grantOf(request, sender, facts, parts)
  const reason = await permitted(trust, grant, parts)
  request.recording.note({ step: stepOf(trust, 'policy'), decision: 'accessPermitted', reason })
  const token = await issueToken({ trust, request: asked }, grant, parts)
  request.recording.note({
    step: stepOf(trust, 'token'),
    decision: 'tokenIssued',
    detail: { methods: grant.session.methods, event: tokenIssued },
  })
  return token
}

/** There is no session: what the message proved holds for this one token. */
function grantOf(
  request: FastifyRequest,
  { user, by, method = primaryMethods[by] }: AuthenticatedSender,
  facts: RequestFacts,
  { directory, clock, random, config }: TokenAnswerParts,
): Grant {
  const session = sessionAfterPrimary({
    id: random.uuid(),
    user,
    by: method,
    now: clock.now(),
    lifetimeMinutes: 0,
    insideCorporateNetwork: facts.insideCorporateNetwork,
    keepSignedIn: false,
    freshFor: '',
  })
  const origin = { parent: request.id, correlationId: request.correlationId }
  return grantFor({ user, session, facts }, { directory, clock, config }, origin)
}
