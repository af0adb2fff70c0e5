import type { FastifyRequest } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import { Gap } from '#shared/errors.ts'
import type { DirectoryClient } from '../directory/directory-client.ts'
import type { DirectoryUser } from '../directory/directory-user.ts'
import { isSignInName } from '../directory/sign-in-name.ts'
import type { TrustCredentials } from './end-points.ts'
import { WsTrustError } from './errors.ts'
import type { SoapMessage } from './read-message.ts'
import { freshSecurity, usernameTokenOf } from './security-header.ts'

export interface AuthenticationParts {
  readonly directory: DirectoryClient
  readonly clock: Clock
}

type Authenticate = (
  request: FastifyRequest,
  message: SoapMessage,
  parts: AuthenticationParts,
) => Promise<DirectoryUser>

const ways: Readonly<Partial<Record<TrustCredentials, Authenticate>>> = {
  userName: byUserName,
}

/** Who sends the message, as the kind of end point finds out. */
export function authenticate(
  credentials: TrustCredentials,
  request: FastifyRequest,
  message: SoapMessage,
  parts: AuthenticationParts,
): Promise<DirectoryUser> {
  const way = ways[credentials]
  if (!way)
    throw new Gap(`WS-Trust with ${credentials} credentials`, 'services/adfs/README.md, "Other WS-Trust end points"')
  return way(request, message, parts)
}

async function byUserName(
  request: FastifyRequest,
  message: SoapMessage,
  { directory, clock }: AuthenticationParts,
): Promise<DirectoryUser> {
  const { userName, password } = usernameTokenOf(freshSecurity(message, clock.now()))
  if (!isSignInName(userName)) {
    throw new WsTrustError('credentialsRefused', `"${userName}" is neither user@domain nor DOMAIN\\user`)
  }
  const origin = { parent: request.id, correlationId: request.correlationId }
  const result = await directory.logon(userName, password, origin)
  if (result.outcome === 'accepted') return result.user
  request.recording.note({ ...(result.userPrincipalName && { user: result.userPrincipalName }) })
  throw new WsTrustError('credentialsRefused', `the directory refused "${userName}": ${result.status}`)
}
