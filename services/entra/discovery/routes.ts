import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Clock } from '#shared/clock.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import type { Random } from '#shared/random.ts'
import type { EntraConfig } from '../config.ts'
import { oauthErrorWriter } from '../error-body.ts'
import { EntraError } from '../errors.ts'
import { passiveSignInUrl } from '../federation/send-to-provider.ts'
import { keySet, type TokenSigningKeys } from '../keys/signing-keys.ts'
import type { SecurityInfo } from '../mfa/security-info.ts'
import type { PeopleStore } from '../people/people.ts'
import type { Conversations } from '../sign-in/conversation.ts'
import { tenantSegment } from '../tenants.ts'
import type { EndpointVersion } from '../urls.ts'
import { credentialType } from './credential-type.ts'
import { instanceDiscovery } from './instance-discovery.ts'
import { openidConfiguration } from './openid-configuration.ts'
import { realmForClients, realmForPages, realmForWindows } from './user-realm.ts'

export interface DiscoveryParts {
  readonly config: EntraConfig
  readonly keys: TokenSigningKeys
  readonly people: PeopleStore
  readonly securityInfo: SecurityInfo
  readonly conversations: Conversations
  readonly clock: Clock
  readonly random: Random
}

type TenantRequest = FastifyRequest<{ Params: { tenant: string } }>

/** Anonymous documents that any origin may read: metadata, keys, authorities, realms. */
export function addDiscovery(scope: FastifyInstance, parts: DiscoveryParts): void {
  surfaceErrors(scope, oauthErrorWriter(parts.clock))
  scope.addHook('onRequest', async (_request, reply) => {
    reply.header('access-control-allow-origin', '*').header('access-control-allow-methods', 'GET, OPTIONS')
  })
  scope.get('/:tenant/.well-known/openid-configuration', configuration(parts, 1))
  scope.get('/:tenant/v2.0/.well-known/openid-configuration', configuration(parts, 2))
  scope.get('/:tenant/discovery/keys', keys(parts, 1))
  scope.get('/:tenant/discovery/v2.0/keys', keys(parts, 2))
  scope.get('/:tenant/discovery/instance', instance)
  scope.get('/:tenant/federationmetadata/2007-06/federationmetadata.xml', federationMetadata(parts))
  scope.get('/:tenant/userrealm/:login', userRealm(parts))
  scope.get('/:tenant/userrealm', userRealm(parts))
  scope.route({ method: ['GET', 'POST'], url: '/GetUserRealm.srf', handler: windowsRealm(parts) })
  scope.post('/:tenant/GetCredentialType', credentialTypeHandler(parts))
}

function configuration({ config }: DiscoveryParts, version: EndpointVersion) {
  return async (request: TenantRequest, reply: FastifyReply) => {
    const tenant = discoveredTenant(config, request.params.tenant)
    const { appid } = request.query as { appid?: string }
    return reply.send(openidConfiguration(config, { version, host: request.hostname, tenant, appId: appid }))
  }
}

/** Of this document alone the refusal is called invalid_tenant. */
function discoveredTenant(config: EntraConfig, segment: string) {
  try {
    return tenantSegment(config, segment)
  } catch (error) {
    if (!(error instanceof EntraError)) throw error
    throw new EntraError('unknownTenantInDiscovery', { values: { tenant: segment }, reason: error.reason })
  }
}

function keys({ config, keys: signing }: DiscoveryParts, version: EndpointVersion) {
  return async (request: TenantRequest, reply: FastifyReply) => {
    discoveredTenant(config, request.params.tenant)
    await signing.load()
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(keySet(signing, version)))
  }
}

/** The same document for as long as the keys are the same; written with the first request. */
function federationMetadata({ config, keys: signing, random }: DiscoveryParts) {
  const written = new Map<string, Promise<string>>()
  const write = async (tenantId: string) => {
    const { tenantMetadata } = await import('./federation-metadata.ts')
    const [current, ...others] = signing.published()
    if (!current) throw new Error('no signing key is published')
    return tenantMetadata({ documentId: `_${random.uuid()}`, tenantId, keys: [current, ...others] })
  }
  return async (request: TenantRequest, reply: FastifyReply) => {
    const tenant = discoveredTenant(config, request.params.tenant)
    await signing.load()
    const tenantId = tenant.kind === 'any' ? '{tenantid}' : config.tenant.id
    const state = [tenantId, ...signing.published().map(({ x5t }) => x5t)].join()
    const document = written.get(state) ?? write(tenantId)
    written.set(state, document)
    return reply.type('application/xml; charset=utf-8').send(await document)
  }
}

async function instance(request: FastifyRequest) {
  const query = request.query as Record<string, string | undefined>
  return instanceDiscovery(query.authorization_endpoint ?? '', query['api-version'] ?? '1.1')
}

function userRealm({ people }: DiscoveryParts) {
  return async (request: FastifyRequest<{ Params: { login?: string } }>) => {
    const { user = '', 'api-version': version } = request.query as Record<string, string | undefined>
    const login = request.params.login || user
    const query = { login, domain: people.domainOf(login) }
    return version?.startsWith('2') ? realmForPages(query) : realmForClients(query)
  }
}

function windowsRealm({ people }: DiscoveryParts) {
  return async (request: FastifyRequest) => {
    const fields = { ...(request.query as object), ...(request.body as object | undefined) } as { login?: string }
    const login = fields.login ?? ''
    return realmForWindows({ login, domain: people.domainOf(login) })
  }
}

const credentialRequest = z.object({
  username: z.string().optional(),
  Username: z.string().optional(),
  flowToken: z.string().optional(),
  originalRequest: z.string().optional(),
})

function credentialTypeHandler(parts: DiscoveryParts) {
  const { people, random, securityInfo } = parts
  return async (request: FastifyRequest) => {
    const parsed = credentialRequest.safeParse(request.body)
    if (!parsed.success) throw new EntraError('malformedJson', { reason: 'the body is no JSON object with a username' })
    const { username = parsed.data.Username ?? '', flowToken, originalRequest } = parsed.data
    const domain = people.domainOf(username)
    const person = await people.byUserPrincipalName(username)
    const passkeys = person ? await securityInfo.passkeys.of(person.objectId) : []
    const context = {
      context: originalRequest ?? '',
      username,
      correlationId: request.correlationId,
      demand: undefined,
      promptLogin: false,
    }
    return credentialType({
      username,
      domain,
      exists: person !== undefined,
      federationRedirectUrl: domain?.federation && passiveSignInUrl(domain.federation, context),
      passkeys: passkeys.map(({ credentialId }) => credentialId),
      challenge: passkeys.length > 0 ? await challengeOf(parts, request, { originalRequest, flowToken }) : undefined,
      accessPassUsable: person !== undefined && (await securityInfo.accessPasses.isUsableBy(username)),
      flowToken,
      apiCanary: random.token(24),
    })
  }
}

/** A passkey answers to one sign-in: a question from nowhere gets no challenge. */
async function challengeOf(
  { conversations, securityInfo }: DiscoveryParts,
  request: FastifyRequest,
  asked: { readonly originalRequest: string | undefined; readonly flowToken: string | undefined },
): Promise<string | undefined> {
  if (asked.originalRequest === undefined) return undefined
  try {
    const proof = { context: asked.originalRequest, flowToken: asked.flowToken, needs: 'flowToken' } as const
    const { id } = await conversations.resume(request, proof)
    return await securityInfo.passkeys.challenge({ kind: 'get', conversationId: id })
  } catch (error) {
    if (error instanceof EntraError) return undefined
    throw error
  }
}
