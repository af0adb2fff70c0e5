import type { FastifyReply, FastifyRequest } from 'fastify'
import { Gap } from '#shared/errors.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OAuthParts } from '../oauth-parts.ts'
import { authenticateClient } from './client-authentication.ts'
import { authorizationCodeGrant } from './grants/authorization-code.ts'
import { clientCredentialsGrant } from './grants/client-credentials.ts'
import { deviceCodeGrant } from './grants/device-code.ts'
import { onBehalfOfGrant } from './grants/on-behalf-of.ts'
import { passwordGrant } from './grants/password.ts'
import { refreshTokenGrant } from './grants/refresh-token.ts'
import { readTokenParameters, required } from './token-parameters.ts'
import type { GrantOutcome, TokenRequest } from './token-request.ts'

type GrantHandler = (request: TokenRequest, parts: OAuthParts) => Promise<GrantOutcome>

const grants: Readonly<Record<string, GrantHandler>> = {
  authorization_code: authorizationCodeGrant,
  refresh_token: refreshTokenGrant,
  client_credentials: clientCredentialsGrant,
  password: passwordGrant,
  'urn:ietf:params:oauth:grant-type:jwt-bearer': onBehalfOfGrant,
  'urn:ietf:params:oauth:grant-type:device_code': deviceCodeGrant,
  device_code: deviceCodeGrant,
}

/** AD FS audit events: application token issued, refused. */
const auditEvents = { issued: 1200, refused: 1201 } as const

/** POST /adfs/oauth2/token ([MS-OAPX] §3.2.5.2). */
export async function answerToken(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: OAuthParts,
): Promise<FastifyReply> {
  const parameters = readTokenParameters(request.body)
  const handle = grantHandler(required(parameters, 'grant_type'))
  request.recording.note({ detail: { event: auditEvents.refused } })
  const client = await authenticateClient(parameters, request.headers.authorization, parts)
  const { answer, user, decision } = await handle(
    {
      client,
      parameters,
      facts: await parts.readFacts(request),
      origin: { parent: request.id, correlationId: request.correlationId },
    },
    parts,
  )
  const detail = { client: client.name, event: auditEvents.issued }
  request.recording.note({ decision, ...(user !== undefined && { user }), detail })
  return reply.header('cache-control', 'no-store').header('pragma', 'no-cache').send(answer)
}

function grantHandler(grant: string): GrantHandler {
  const handler = Object.hasOwn(grants, grant) ? grants[grant] : undefined
  if (handler) return handler
  if (grant === 'srv_challenge')
    throw new Gap('primary refresh tokens', 'services/adfs/README.md, "Device registration"')
  throw new OAuthError('grantUnsupported', {
    reason: `grant_type "${grant}" is none of ${Object.keys(grants).join(', ')}`,
  })
}

export async function refuseOtherMethods(request: FastifyRequest): Promise<never> {
  throw new OAuthError('parameterInvalid', {
    parameter: 'method',
    reason: `the token end point takes POST, not ${request.method}`,
  })
}
