import type { FastifyReply, FastifyRequest } from 'fastify'
import { readParameters } from '#shared/oauth/request-parameters.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OAuthParts } from '../oauth-parts.ts'
import { oauthPaths, oauthUrl } from '../oauth-urls.ts'
import { requestedAccess } from '../requested-access.ts'
import { namedClient } from '../token/client-authentication.ts'
import { deviceCodeSeconds, pollSeconds } from './device-codes.ts'

/** POST /adfs/oauth2/devicecode: the device gets a code to ask with and one to show (RFC 8628 §3.2). */
export async function answerDeviceCode(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: OAuthParts,
): Promise<FastifyReply> {
  const { values, doubled, oversized } = readParameters(request.body, {
    names: ['client_id', 'resource', 'scope'] as const,
  })
  const [odd] = [...doubled, ...oversized]
  if (odd !== undefined)
    throw new OAuthError('parameterDoubled', { parameter: odd, reason: `${odd} came more than once` })
  const client = namedClient(values.client_id, parts)
  const { api } = requestedAccess(parts.groups(), client, values)
  const asked = { clientId: client.clientId, resource: values.resource, scope: values.scope }
  const { deviceCode, userCode } = await parts.deviceCodes.begin(asked)
  const verification = oauthUrl(parts.conversation.config.urls, oauthPaths.deviceAuthentication)
  request.recording.note({
    decision: 'deviceCodeIssued',
    detail: { client: client.name, webApi: api.trust.settings.name },
  })
  return reply.header('cache-control', 'no-store').send({
    user_code: userCode,
    device_code: deviceCode,
    verification_uri: verification,
    verification_url: verification,
    verification_uri_complete: `${verification}?user_code=${userCode}`,
    expires_in: deviceCodeSeconds,
    interval: pollSeconds,
    message: `To sign in, use a web browser to open the page ${verification} and enter the code ${userCode} to authenticate.`,
  })
}
