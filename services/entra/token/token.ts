import type { FastifyReply, FastifyRequest } from 'fastify'
import { Gap } from '#shared/errors.ts'
import type { StepId } from '#shared/flows.ts'
import { exchangeOnlineId } from '../applications/first-party.ts'
import { readRequestedClaims } from '../authorize/requested-claims.ts'
import { presentedDevice } from '../devices/challenge/presented-device.ts'
import { EntraError } from '../errors.ts'
import type { FederationServices } from '../federation/login-return.ts'
import { stepOf } from '../sign-in/journal.ts'
import type { SignInServices } from '../sign-in/services.ts'
import { tenantSegment } from '../tenants.ts'
import type { EndpointVersion } from '../urls.ts'
import { authenticateClient, clientCredentials } from './client-authentication.ts'
import { allowOrigin } from './cross-origin.ts'
import { authorizationCodeGrant } from './grants/authorization-code.ts'
import { clientCredentialsGrant } from './grants/client-credentials.ts'
import { deviceCodeGrant } from './grants/device-code.ts'
import { onBehalfOfGrant } from './grants/on-behalf-of.ts'
import { passwordGrant } from './grants/password.ts'
import { refreshTokenGrant } from './grants/refresh-token.ts'
import { samlBearerGrant } from './grants/saml-bearer.ts'
import { readTokenParameters, type TokenParameters } from './token-parameters.ts'
import type { GrantOutcome, TokenRequest } from './token-request.ts'

type GrantHandler = (services: FederationServices, request: TokenRequest) => Promise<GrantOutcome>

const grants: Readonly<Record<string, GrantHandler>> = {
  authorization_code: authorizationCodeGrant,
  refresh_token: refreshTokenGrant,
  client_credentials: clientCredentialsGrant,
  password: passwordGrant,
  device_code: deviceCodeGrant,
  'urn:ietf:params:oauth:grant-type:device_code': deviceCodeGrant,
  'urn:ietf:params:oauth:grant-type:jwt-bearer': onBehalfOfGrant,
  'urn:ietf:params:oauth:grant-type:saml1_1-bearer': samlBearerGrant('1.1'),
  'urn:ietf:params:oauth:grant-type:saml2-bearer': samlBearerGrant('2.0'),
}

/** The product has these and the mock does not. */
const grantGaps = new Set(['srv_challenge'])

export function tokenEndpoint(services: FederationServices, version: EndpointVersion) {
  return async (
    request: FastifyRequest<{ Params: { tenant: string } }>,
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    const parameters = readTokenParameters(request.body)
    const { origin } = request.headers
    allowOrigin(reply, clientNamed(services, parameters, request.headers.authorization), origin)
    const tenant = tenantSegment(services.config, request.params.tenant)
    const handle = grantHandler(parameters)
    const now = services.clock.now()
    const machine = (deployment: string) => services.authenticateMachine(request, [deployment])
    const { authorization } = request.headers
    const authenticated = await authenticateClient(services.config, parameters, authorization, { now, machine })
    noteGrant(request, authenticated.client.appId, parameters.grant_type)
    const outcome = await handle(services, {
      ...authenticated,
      version,
      tenant,
      parameters,
      claims: readRequestedClaims(parameters.claims),
      origin,
      address: request.caller.address,
      userAgent: request.headers['user-agent'] ?? '',
      presented: await presentedDevice({ ...services.devices, random: services.random }, request, reply),
      correlationId: request.correlationId,
      traceId: request.id,
    })
    const user = outcome.user === undefined ? {} : { user: outcome.user }
    request.recording.note({
      ...user,
      decision: outcome.decision,
      detail: { client: authenticated.client.displayName },
    })
    return reply.header('cache-control', 'no-store, no-cache').header('pragma', 'no-cache').send(outcome.answer)
  }
}

/** Exchange Online itself acts for people whose mailboxes are on-premises, and goes on without them. */
const grantSteps: Readonly<Record<string, StepId>> = {
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'MOBILE-ONPREM-17',
  refresh_token: 'MOBILE-ONPREM-19',
}

function noteGrant({ recording }: FastifyRequest, appId: string, grant = ''): void {
  const ownStep = appId === exchangeOnlineId ? grantSteps[grant] : undefined
  const step = grant === 'authorization_code' ? stepOf(appId, 'answered') : ownStep
  if (step) recording.note({ step })
}

function clientNamed({ config }: SignInServices, parameters: TokenParameters, authorization: string | undefined) {
  const { clientId } = clientCredentials(parameters, authorization)
  return clientId === undefined ? undefined : config.applications.byId(clientId)
}

function grantHandler({ grant_type: grant }: TokenParameters): GrantHandler {
  if (grant === undefined)
    throw new EntraError('parameterMissing', { values: { name: 'grant_type' }, reason: 'grant_type is missing' })
  const handler = Object.hasOwn(grants, grant) ? grants[grant] : undefined
  if (handler) return handler
  if (grantGaps.has(grant)) throw new Gap(`grant_type=${grant}`, 'services/entra/README.md')
  throw new EntraError('grantUnsupported', { values: { grant }, reason: `grant_type "${grant}" is unknown` })
}

export async function refuseOtherMethods(request: FastifyRequest): Promise<never> {
  throw new EntraError('postOnly', { values: { method: request.method }, reason: 'the token endpoint takes POST only' })
}

/** Simple requests need no preflight; older clients send headers of their own. */
export async function tokenPreflight(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  reply.header('access-control-allow-origin', '*')
  reply.header('access-control-allow-methods', 'POST, OPTIONS')
  reply.header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? 'content-type')
  return reply.header('access-control-max-age', '86400').code(204).send()
}
