import type { FastifyRequest } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import { Gap } from '#shared/errors.ts'
import type { DirectoryUser } from '../directory/directory-user.ts'
import type { RequestFacts } from '../proxy/request-facts.ts'
import type { PasswordCheck } from '../sign-in/password-check.ts'
import type { PrimaryProvider } from '../sign-in/primary-method.ts'
import type { TrustCredentials } from './end-points.ts'
import { WsTrustError } from './errors.ts'
import type { SoapMessage } from './read-message.ts'
import { freshSecurity, usernameTokenOf } from './security-header.ts'

export interface AuthenticationParts {
  readonly passwords: PasswordCheck
  readonly clock: Clock
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
}

type Authenticate = (received: ReceivedMessage, parts: AuthenticationParts) => Promise<AuthenticatedSender>

const ways: Readonly<Partial<Record<TrustCredentials, Authenticate>>> = { userName: byUserName, windows: byConnection }

/** Who sends the message, as the kind of end point finds out. */
export function authenticate(
  credentials: TrustCredentials,
  received: ReceivedMessage,
  parts: AuthenticationParts,
): Promise<AuthenticatedSender> {
  const way = ways[credentials]
  if (way) return way(received, parts)
  throw new Gap(`WS-Trust with ${credentials} credentials`, 'services/adfs/README.md, "Other WS-Trust end points"')
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

/** Integrated Windows authentication has gone before: the transport carries the credentials. */
async function byConnection({ request }: ReceivedMessage): Promise<AuthenticatedSender> {
  if (request.provedUser) return request.provedUser
  throw new WsTrustError('credentialsRefused', 'the connection proves nobody')
}
