import { type Application, securityAttributesOf } from '../../applications/application.ts'
import { requestedAccess } from '../../authorize/requested-access.ts'
import { blockingPolicy } from '../../conditional-access/workload-identities.ts'
import { EntraError } from '../../errors.ts'
import { refuseWhereForced } from '../../outcomes/forced-token.ts'
import type { SignInServices } from '../../sign-in/services.ts'
import { requireSecret } from '../client-authentication.ts'
import { appTokenClaims } from '../token-claims.ts'
import type { GrantOutcome, TokenRequest } from '../token-request.ts'

type Services = Pick<
  SignInServices,
  'config' | 'clock' | 'random' | 'signer' | 'outcomes' | 'conditionalAccess' | 'circumstances'
>

/** "OAuth 2.0 client credentials flow": `<resource>/.default` only, no refresh token, and a tenant by name. */
export async function clientCredentialsGrant(services: Services, request: TokenRequest): Promise<GrantOutcome> {
  const { config, clock, random } = services
  if (request.tenant.kind === 'any') {
    throw new EntraError('grantNeedsTenant', {
      reason: `/${request.tenant.text}/ names no tenant; use /${config.tenant.id}/`,
    })
  }
  requireSecret(request)
  const { audience, application } = resourceOf(services, request)
  await refuseWhereForced(services, { client: request.client, resourceId: application.appId })
  const { client } = request
  const servicePrincipalId = requirePrincipal(client, config.tenant.id)
  requireRole(services, { client, servicePrincipalId }, application)
  checkWorkloadPolicies(services, request, { servicePrincipalId, resourceId: application.appId })
  const now = clock.seconds()
  const lifetime = 3599
  const version = application.accessTokenVersion
  const claims = appTokenClaims({
    client,
    clientProof: request.proof,
    audience,
    resource: application,
    tenantId: config.tenant.id,
    now,
    lifetime,
    tokenId: random.token(16),
    servicePrincipalId,
    roles: config.applications.rolesOf([servicePrincipalId], application),
    directoryRoles: client.servicePrincipal?.directoryRoles ?? [],
  })
  const accessToken = await services.signer.sign(claims, version === 1 ? 'withThumbprint' : 'plain')
  const members =
    request.version === 2
      ? { expires_in: lifetime, ext_expires_in: lifetime }
      : {
          expires_in: String(lifetime),
          ext_expires_in: String(lifetime),
          expires_on: String(now + lifetime),
          not_before: String(now - 300),
          resource: audience,
        }
  return { answer: { token_type: 'Bearer', ...members, access_token: accessToken }, decision: 'appTokenIssued' }
}

/** An application acts in its own name only where it is installed. */
function requirePrincipal({ appId, displayName, servicePrincipal }: Application, tenantId: string): string {
  if (servicePrincipal) return servicePrincipal.id
  const reason = `${displayName} has a registration and no service principal`
  throw new EntraError('servicePrincipalMissing', { values: { appId, tenantId }, reason })
}

/** An API that requires assignment takes no application without a role. */
function requireRole(
  { config: { applications } }: Services,
  { client, servicePrincipalId }: { readonly client: Application; readonly servicePrincipalId: string },
  api: Application,
): void {
  if (!api.servicePrincipal?.appRoleAssignmentRequired) return
  if (applications.assignedTo([servicePrincipalId], api).length > 0) return
  throw new EntraError('applicationNotAssigned', {
    values: { appId: client.appId, name: client.displayName, resource: api.displayName, resourceId: api.appId },
    reason: `${api.displayName} requires assignment, and ${client.displayName} has no role of it`,
  })
}

/** "Conditional Access for workload identities": for applications of this tenant, and block is all it can do. */
function checkWorkloadPolicies(
  { conditionalAccess, circumstances }: Services,
  { client, address }: TokenRequest,
  target: { readonly servicePrincipalId: string; readonly resourceId: string },
): void {
  const isOfTenant = client.origin !== 'firstParty'
  const location = conditionalAccess.locate(address, circumstances.countries.of(address))
  const policy = blockingPolicy(conditionalAccess.current(), {
    ...target,
    isOfTenant,
    attributes: securityAttributesOf(client),
    location,
  })
  if (policy !== undefined) throw new EntraError('blocked', { reason: `blocked: ${policy}` })
}

function resourceOf({ config }: Services, { version, parameters, client }: TokenRequest) {
  const access = requestedAccess(config.applications, {
    version,
    scope: parameters.scope,
    resource: parameters.resource,
    client,
    tenantName: config.tenant.displayName,
  })
  const { resource } = access
  if (resource?.scopes.join(' ') !== '.default') {
    const scope = parameters.scope ?? parameters.resource ?? ''
    throw new EntraError('applicationScopeInvalid', {
      values: { scope },
      reason: `"${scope}" is not <resource>/.default`,
    })
  }
  const application = config.applications.byId(resource.appId)
  if (!application) throw new Error(`the resource ${resource.appId} of a checked request is gone`)
  return { audience: resource.audience, application }
}
