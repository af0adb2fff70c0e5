import type { FastifyReply, FastifyRequest } from 'fastify'
import { readParameters } from '#shared/oauth/request-parameters.ts'
import type { Application, RequiredRole } from '../applications/application.ts'
import { type Permission, requestedPermissions, requiredPermissions } from '../applications/permissions.ts'
import { EntraError, isRedirectable } from '../errors.ts'
import { refuseOddParameters } from '../request-parameters.ts'
import { advance } from '../sign-in/advance.ts'
import type { SignInServices } from '../sign-in/services.ts'
import { type TenantSegment, tenantSegment } from '../tenants.ts'
import { type EndpointVersion, loginHost } from '../urls.ts'
import { answerError } from './answer-client.ts'
import { type AuthorizeRequest, identifiedClient, replyAddress } from './authorize-request.ts'
import { type RequestedAccess, requestedAccess } from './requested-access.ts'

/** What an administrator is asked to grant for everybody. */
export interface AdminConsent {
  readonly permissions: readonly Permission[]
  /** App roles that the application is to have in its own name. */
  readonly roles: readonly RequiredRole[]
  /** As it was asked for; v2 repeats it in the answer. */
  readonly scope?: string | undefined
}

const names = ['client_id', 'redirect_uri', 'state', 'scope'] as const
type Parameters = Readonly<Partial<Record<(typeof names)[number], string>>>

/** "Admin consent on the Microsoft identity platform": `GET /{tenant}[/v2.0]/adminconsent`. */
export function adminConsentEndpoint(services: SignInServices, version: EndpointVersion) {
  return async (
    request: FastifyRequest<{ Params: { tenant: string } }>,
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    const { config, clock, conversations } = services
    const tenant = tenantSegment(config, request.params.tenant)
    if (request.hostname !== loginHost) return reply.redirect(`https://${loginHost}${request.url}`, 302)
    const read = readParameters<(typeof names)[number]>(request.method === 'POST' ? request.body : request.query, {
      names,
      keepEmpty: ['state'],
    })
    refuseOddParameters(read)
    const client = identifiedClient(config, tenant, read.values)
    const address = replyAddress(client, { ...read.values, response_type: 'code' })
    try {
      const consent = adminConsentOf(services, client, { version, parameters: read.values })
      const authorize = consentRequest({ version, tenant }, address, consent)
      return await advance(services, { request, reply }, conversations.begin(request, reply, authorize))
    } catch (error) {
      if (!(error instanceof EntraError) || !isRedirectable(error) || reply.sent) throw error
      request.recording.note({ decision: error.code, reason: error.reason })
      return answerError(request, reply, { ...address, version }, error, clock.now())
    }
  }
}

function consentRequest(
  place: { readonly version: EndpointVersion; readonly tenant: TenantSegment },
  address: ReturnType<typeof replyAddress>,
  adminConsent: AdminConsent,
): AuthorizeRequest {
  const access: RequestedAccess = { openid: [] }
  return { ...address, ...place, responseTypes: ['code'], access, clientInfo: false, adminConsent }
}

/** v1 grants all that the registration lists; v2 what `scope` names, `.default` being the registration's list again. */
function adminConsentOf(
  { config }: Pick<SignInServices, 'config'>,
  client: Application,
  { version, parameters }: { readonly version: EndpointVersion; readonly parameters: Parameters },
): AdminConsent {
  const { applications, tenant } = config
  if (version === 1 || parameters.scope === undefined) {
    return { permissions: requiredPermissions(applications, client), roles: client.requiredRoles }
  }
  const { scope } = parameters
  const access = requestedAccess(applications, {
    version,
    scope,
    resource: undefined,
    client,
    tenantName: tenant.displayName,
  })
  const isDefault = access.resource?.scopes.includes('.default') === true
  const roles = client.requiredRoles.filter(
    ({ resourceAppId }) => isDefault && resourceAppId === access.resource?.appId,
  )
  return { permissions: requestedPermissions(applications, client, access), roles, scope }
}
