import type { FastifyReply, FastifyRequest } from 'fastify'
import { readParameters } from '#shared/oauth/request-parameters.ts'
import { identifiedClient } from '../authorize/authorize-request.ts'
import { requestedAccess } from '../authorize/requested-access.ts'
import { readRequestedClaims } from '../authorize/requested-claims.ts'
import { EntraError } from '../errors.ts'
import { refuseOddParameters } from '../request-parameters.ts'
import type { SignInServices } from '../sign-in/services.ts'
import { tenantSegment } from '../tenants.ts'
import { allowOrigin } from '../token/cross-origin.ts'
import { deviceLoginUrl, type EndpointVersion } from '../urls.ts'
import { type DeviceCodes, deviceCodeLifetime, type IssuedDeviceCode, pollingInterval } from './device-codes.ts'

export const deviceCodeParameters = ['client_id', 'scope', 'resource', 'claims'] as const

type Services = Pick<SignInServices, 'config'> & { readonly deviceCodes: DeviceCodes }

/** "OAuth 2.0 device authorization grant": `POST /{tenant}/oauth2[/v2.0]/devicecode`. */
export function deviceAuthorizationEndpoint({ config, deviceCodes }: Services, version: EndpointVersion) {
  return async (
    request: FastifyRequest<{ Params: { tenant: string } }>,
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    const read = readParameters<(typeof deviceCodeParameters)[number]>(request.body, { names: deviceCodeParameters })
    refuseOddParameters(read)
    const { client_id, scope, resource, claims } = read.values
    const tenant = tenantSegment(config, request.params.tenant)
    if (version === 1 && tenant.text === 'common') {
      const reason = `/common/ names no tenant on the v1 endpoint; use /organizations/ or /${config.tenant.id}/`
      throw new EntraError('deviceCodeNeedsTenant', { reason })
    }
    const client = identifiedClient(config, tenant, { client_id })
    allowOrigin(reply, client, request.headers.origin)
    const parameters = { version, scope, resource, client, tenantName: config.tenant.displayName }
    const access = requestedAccess(config.applications, parameters)
    const issued = await deviceCodes.begin({
      clientId: client.appId,
      version,
      tenant: tenant.text,
      access,
      claims: readRequestedClaims(claims),
    })
    request.recording.note({ decision: 'deviceCodeIssued', detail: { client: client.displayName } })
    return reply
      .header('cache-control', 'no-store, no-cache')
      .header('pragma', 'no-cache')
      .send(version === 1 ? versionOneAnswer(issued) : versionTwoAnswer(issued))
  }
}

function messageOf({ userCode }: IssuedDeviceCode): string {
  return `To sign in, use a web browser to open the page ${deviceLoginUrl} and enter the code ${userCode} to authenticate.`
}

function versionTwoAnswer(issued: IssuedDeviceCode) {
  return {
    user_code: issued.userCode,
    device_code: issued.deviceCode,
    verification_uri: deviceLoginUrl,
    expires_in: deviceCodeLifetime,
    interval: pollingInterval,
    message: messageOf(issued),
  }
}

/** v1: another name of the address, and numbers as strings. */
function versionOneAnswer(issued: IssuedDeviceCode) {
  return {
    user_code: issued.userCode,
    device_code: issued.deviceCode,
    verification_url: deviceLoginUrl,
    expires_in: String(deviceCodeLifetime),
    interval: String(pollingInterval),
    message: messageOf(issued),
  }
}
