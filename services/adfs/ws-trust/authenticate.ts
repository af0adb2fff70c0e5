import { createHash } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { FastifyRequest } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import { messageCertificate, type PrimaryMethod } from '../claims/authentication-methods.ts'
import type { DirectoryClient } from '../directory/directory-client.ts'
import type { DirectoryUser } from '../directory/directory-user.ts'
import type { RequestFacts } from '../proxy/request-facts.ts'
import type { PasswordCheck } from '../sign-in/password-check.ts'
import type { PrimaryProvider } from '../sign-in/primary-method.ts'
import type { TrustCredentials } from './end-points.ts'
import { WsTrustError } from './errors.ts'
import type { SoapMessage } from './read-message.ts'
import { checkTimestamp, freshSecurity, usernameTokenOf } from './security-header.ts'

export interface AuthenticationParts {
  readonly passwords: PasswordCheck
  readonly directory: DirectoryClient
  readonly clock: Clock
  /** What has been used once already. */
  readonly singleUse: Pick<SingleUseStore, 'claim'>
}

/** A message, and what is known of who sent it. */
export interface ReceivedMessage {
  readonly request: FastifyRequest
  readonly message: SoapMessage
  readonly facts: RequestFacts
}

export interface AuthenticatedSender {
  readonly user: DirectoryUser
  readonly by: PrimaryProvider
  /** How tokens name it, where that is not how the provider is always named. */
  readonly method?: PrimaryMethod
}

type Authenticate = (received: ReceivedMessage, parts: AuthenticationParts) => Promise<AuthenticatedSender>

const ways: Readonly<Record<TrustCredentials, Authenticate>> = {
  userName: byUserName,
  windows: byConnection,
  certificate: bySignature,
  clientCertificate: byTls,
}

/** Who sends the message, as the kind of end point finds out. */
export function authenticate(
  credentials: TrustCredentials,
  received: ReceivedMessage,
  parts: AuthenticationParts,
): Promise<AuthenticatedSender> {
  return ways[credentials](received, parts)
}

async function byUserName(
  { request, message, facts }: ReceivedMessage,
  { passwords, clock }: AuthenticationParts,
): Promise<AuthenticatedSender> {
  const token = usernameTokenOf(freshSecurity(message, clock.now()))
  const origin = { parent: request.id, correlationId: request.correlationId }
  const result = await passwords.check({ ...token, facts, origin })
  if (result.outcome === 'accepted') return { user: result.user, by: 'FormsAuthentication' }
  request.recording.note({ ...(result.userPrincipalName && { user: result.userPrincipalName }) })
  throw new WsTrustError('credentialsRefused', `"${token.userName}": ${result.reason}`)
}

/**
 * A certificate signs Timestamp and To: that proves the sender for as long as the Timestamp is fresh, for this end point,
 * and once.
 */
async function bySignature(
  { request, message }: ReceivedMessage,
  { directory, clock, singleUse }: AuthenticationParts,
): Promise<AuthenticatedSender> {
  const { signedHeader } = await import('./message-signature.ts')
  const { certificate, timestamp, to, signature } = signedHeader(message, String(request.body))
  checkTimestamp(timestamp, clock.now())
  if (URL.parse(to)?.pathname.toLowerCase() !== request.url.toLowerCase()) {
    throw new WsTrustError('invalidSecurity', `signed for "${to}", received at ${request.url}`)
  }
  const user = await ownerOf(certificate, request, directory)
  const digest = createHash('sha256').update(signature).digest('base64url')
  const forgotten = new Date(clock.now().getTime() + remembered)
  if (!(await singleUse.claim('ws-trust-signature', digest, forgotten))) {
    throw new WsTrustError('invalidSecurity', 'the signature was used before')
  }
  return { user, by: 'CertificateAuthentication', method: messageCertificate }
}

/** Longer than any Timestamp is fresh, whatever the skew. */
const remembered = 60 * 60_000

async function byTls({ request }: ReceivedMessage, { directory }: AuthenticationParts): Promise<AuthenticatedSender> {
  const certificate = (request.raw.socket as TLSSocket).getPeerX509Certificate()
  if (!certificate) throw new WsTrustError('credentialsRefused', 'the client showed no certificate in TLS')
  return { user: await ownerOf(certificate.raw, request, directory), by: 'CertificateAuthentication' }
}

async function ownerOf(
  certificate: Buffer,
  request: FastifyRequest,
  directory: DirectoryClient,
): Promise<DirectoryUser> {
  const origin = { parent: request.id, correlationId: request.correlationId }
  const result = await directory.certificateLogon(certificate, origin)
  if (result.outcome === 'accepted') return result.user
  if (result.userPrincipalName) request.recording.note({ user: result.userPrincipalName })
  throw new WsTrustError('credentialsRefused', `the directory refused the certificate: ${result.status}`)
}

/** Integrated Windows authentication has gone before: the transport carries the credentials. */
async function byConnection({ request }: ReceivedMessage): Promise<AuthenticatedSender> {
  if (request.provedUser) return request.provedUser
  throw new WsTrustError('credentialsRefused', 'the connection proves nobody')
}
