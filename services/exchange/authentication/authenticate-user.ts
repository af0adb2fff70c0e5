import type { FastifyReply } from 'fastify'
import type { ProtocolError } from '#shared/errors.ts'
import { BearerRefusal, RefusedBearer } from '../access-tokens/bearer-refusal.ts'
import type { Permissions } from '../access-tokens/token-gate.ts'
import type { AccessTokenClaims } from '../access-tokens/verify-access-token.ts'
import { BasicRefusal } from '../basic-authentication/basic-refusal.ts'
import type { ExchangeConfig } from '../config.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import type { PolicyProtocol } from '../organization/blocked-protocol.ts'
import type { ExchangeParts } from '../parts.ts'
import type { AuthenticatingRequest } from './authenticating-request.ts'
import { type OfferedMethods, offeredMethods } from './offered-methods.ts'
import { Unauthenticated } from './unauthenticated.ts'

export interface SignedInUser {
  readonly recipient: Recipient
  /** Of the access token; undefined for somebody who came with a password. */
  readonly claims?: AccessTokenClaims | undefined
}

export interface AuthenticationDemand extends Permissions {
  /** As authentication policies name the protocol. */
  readonly protocol: PolicyProtocol
}

type Parts = Pick<ExchangeParts, 'accessTokens' | 'basic' | 'windows' | 'recipients' | 'config' | 'organization'>

/**
 * Who sends a request of a protocol without pages: by bearer token, by Windows authentication of its connection, or by
 * name and password.
 * @throws Unauthenticated, RefusedBearer or BasicRefusal; `writeAuthenticationError` answers them all.
 */
export async function authenticateUser(
  parts: Parts,
  request: AuthenticatingRequest,
  demand: AuthenticationDemand,
): Promise<SignedInUser> {
  const methods = await offeredMethods(parts, request.hostname, demand.protocol)
  const claims = await parts.accessTokens.accept(request, { ...demand, offered: methods.lines })
  if (claims) return userOf(parts, request, claims, methods.lines)
  const recipient = await withoutToken(parts, request, demand.protocol, methods)
  if (recipient) return { recipient }
  // The empty bearer of a client that wants to know where to sign in.
  const bearer = /^bearer\b/i.test(request.headers.authorization ?? '')
  if (bearer && demand.protocol === 'ActiveSync')
    for (const step of parts.config.autoDiscover.steps.challenged) request.recording.note({ step })
  const userIdentity = [request.headers['x-user-identity']].flat()[0]
  const presented = { bearer, userIdentity, offered: methods.lines }
  const challenges = await parts.accessTokens.challenge(presented)
  const diagnostics = await parts.accessTokens.diagnostics(presented, request.hostname)
  const reason = bearer ? 'the bearer token is empty' : 'no Authorization that is read here'
  throw new Unauthenticated(challenges, reason, diagnostics)
}

/** The claims of a bearer token; undefined when there is none. @throws RefusedBearer */
export async function acceptToken(parts: Parts, request: AuthenticatingRequest, demand: AuthenticationDemand) {
  const { lines: offered } = await offeredMethods(parts, request.hostname, demand.protocol)
  return parts.accessTokens.accept(request, { ...demand, offered })
}

async function withoutToken(
  { windows, basic }: Parts,
  request: AuthenticatingRequest,
  protocol: PolicyProtocol,
  { WindowsAuthentication, BasicAuthentication, lines }: OfferedMethods,
): Promise<Recipient | undefined> {
  const proved = WindowsAuthentication ? await windows?.accept(request, protocol, lines) : undefined
  if (proved || !BasicAuthentication) return proved
  try {
    return await basic.accept(request, protocol)
  } catch (error) {
    if (!(error instanceof BasicRefusal)) throw error
    throw new BasicRefusal(error.code, error.reason ?? '', { cause: error, challenges: lines })
  }
}

async function userOf(
  parts: Parts,
  request: AuthenticatingRequest,
  claims: AccessTokenClaims,
  offered: readonly string[],
): Promise<SignedInUser> {
  const { oid, upn, unique_name } = claims as AccessTokenClaims & { readonly unique_name?: string }
  const name = upn ?? unique_name
  const recipient =
    (oid && (await parts.recipients.findRecipient('entraObjectId', oid))) ||
    (name && (await parts.recipients.findRecipient('userPrincipalName', name)))
  if (recipient) {
    const detail = { client: claims.appid, audience: claims.aud }
    request.recording.note({ user: recipient.userPrincipalName, detail })
    return { recipient, claims }
  }
  const refusal = new BearerRefusal('user', { reason: `no recipient here has oid ${oid} or the name ${name}` })
  throw new RefusedBearer(
    refusal,
    await parts.accessTokens.challenge({ bearer: true, refused: { error: 'invalid_token' }, offered }),
  )
}

/** The answer to a request whose sender is not known; undefined for errors of another kind. */
export function writeAuthenticationError(
  error: ProtocolError,
  reply: FastifyReply,
  config: ExchangeConfig,
): FastifyReply | undefined {
  if (error instanceof RefusedBearer || error instanceof Unauthenticated)
    return reply.code(401).headers(error.headers).send()
  if (!(error instanceof BasicRefusal)) return undefined
  if (error.status === 401) reply.header('www-authenticate', error.challenges ?? config.accessTokens.basic)
  return reply.code(error.status).send()
}
