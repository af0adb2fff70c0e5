import type { Application } from '../applications/application.ts'
import { directoryGraphId, graphId } from '../applications/first-party.ts'
import { grantedScopes } from '../applications/permissions.ts'
import type { ApplicationRegistry } from '../applications/registry.ts'
import type { RequestedAccess } from '../authorize/requested-access.ts'
import { clientCapabilities, demandedNotBefore, type RequestedClaims } from '../authorize/requested-claims.ts'
import { requestedContexts } from '../circumstances/requested-contexts.ts'
import type { Decision } from '../conditional-access/decision.ts'
import { watchOfAddresses } from '../evaluation/split-path.ts'
import type { DirectoryDevice } from '../people/devices.ts'
import type { Person } from '../people/people.ts'
import type { SignInServices } from '../sign-in/services.ts'
import type { EndpointVersion } from '../urls.ts'
import type { ClientProof } from './client-authentication.ts'
import type { Grant } from './grant-store.ts'
import type { TokenWatch } from './session-note.ts'
import { accessTokenClaims } from './token-claims.ts'
import { accessTokenLifetime } from './token-lifetimes.ts'

/** A delegated access token to be issued: everything about it was checked. */
export interface AccessTokenOrder {
  readonly version: EndpointVersion
  readonly client: Application
  readonly proof: ClientProof
  readonly grant: Pick<Grant, 'sid' | 'authentication' | 'address' | 'redirectKind' | 'usedThrough' | 'usedBy' | 'flow'>
  readonly person: Person
  readonly access: RequestedAccess
  readonly claims?: RequestedClaims | undefined
  readonly now: number
  readonly tokenId: string
  readonly device: DirectoryDevice | undefined
  readonly trustedNetwork: boolean
  /** The token leaves in a URL. */
  readonly frontChannel?: boolean | undefined
  /** Of Conditional Access on this request. */
  readonly decision?: Decision | undefined
}

export interface IssuedAccessToken {
  readonly token: string
  readonly scopes: readonly string[]
  readonly lifetime: number
  readonly audience: string
}

type Services = Pick<
  SignInServices,
  'config' | 'random' | 'signer' | 'consents' | 'revocations' | 'conditionalAccess' | 'circumstances'
>

export async function issueAccessToken(services: Services, order: AccessTokenOrder): Promise<IssuedAccessToken> {
  const { config, random, signer } = services
  const { client, grant, claims } = order
  const access = withResource(order)
  const { resource } = access
  const application = config.applications.byId(resource.appId)
  if (!application) throw new Error(`the resource ${resource.appId} of a checked request is gone`)
  const watch = await tokenWatch(services, order)
  const capabilities = watch ? clientCapabilities(claims) : []
  const facts = { capabilities, resourceId: resource.appId, locationsSuspended: watch?.locationsSuspended }
  const lifetime = accessTokenLifetime(config, random, facts)
  const scopes = await scopesOf(services, order, access)
  const content = accessTokenClaims({
    ...grant,
    redirectKind: grant.usedThrough ?? grant.redirectKind,
    tenantId: config.tenant.id,
    now: order.now,
    tokenId: order.tokenId,
    device: order.device,
    trustedNetwork: order.trustedNetwork,
    notBefore: demandedNotBefore(claims),
    person: order.person,
    client,
    clientProof: order.proof,
    audience: resource.audience,
    resource: application,
    scopes,
    ...peopleClaims(config.applications, order, application),
    lifetime,
    capabilities,
    watch,
    contexts: requestedContexts(claims),
  })
  const header = application.accessTokenVersion === 1 ? 'withThumbprint' : 'plain'
  return { token: await signer.sign(content, header), scopes, lifetime, audience: resource.audience }
}

/** For clients that take claims challenges, unless a policy turns continuous access evaluation off. */
async function tokenWatch(
  services: Services,
  { claims, person, decision }: AccessTokenOrder,
): Promise<TokenWatch | undefined> {
  const isOff = decision?.sessionControls.continuousAccessEvaluation === 'disabled'
  if (isOff || !clientCapabilities(claims).includes('CP1')) return undefined
  const { events } = await services.revocations.standing(person.objectId)
  return { events, ...watchOfAddresses(services, decision, claims) }
}

/** What the directory says of the person and an application: roles, and the groups that have one. */
export function peopleClaims(
  applications: ApplicationRegistry,
  { person, frontChannel = false }: Pick<AccessTokenOrder, 'person' | 'frontChannel'>,
  application: Application,
) {
  const principals = [person.objectId, ...person.groups]
  return {
    roles: applications.rolesOf(principals, application),
    assignedGroups: applications.assignedTo(person.groups, application),
    frontChannel,
  }
}

/** Who asks for no API gets a token for the one that answers UserInfo. */
function withResource({ version, access }: AccessTokenOrder) {
  if (access.resource) return { ...access, resource: access.resource }
  const appId = version === 1 ? directoryGraphId : graphId
  return { ...access, resource: { appId, audience: appId, scopes: [], spelled: [] } }
}

async function scopesOf(
  { config, consents }: Services,
  { version, client, person }: AccessTokenOrder,
  access: RequestedAccess,
): Promise<readonly string[]> {
  if (access.resource?.scopes.length === 0) return version === 1 ? ['User.Read'] : access.openid
  const given = client.origin === 'firstParty' ? new Set<string>() : await consents.of(person.objectId, client.appId)
  return grantedScopes(config.applications, client, access, given)
}
