import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import { surfaceErrors } from '#shared/http/server.ts'
import type { Trusts } from '../trusts.ts'
import { ProxyConfigurationError } from './configuration-error.ts'
import { type FederationServiceNames, proxyConfiguration } from './get-configuration.ts'
import { trustHeaders } from './proxy-authentication.ts'
import type { ProxyTables } from './proxy-tables.ts'
import { publishedSettingsRows } from './published-settings.ts'
import { type RelyingPartyTokenParts, relyingPartyToken } from './relying-party-token.ts'
import { relyingPartyTrustRows } from './relying-party-trusts.ts'
import { storeEntryRows } from './store/store-entries.ts'
import { type EstablishParts, establishTrust, renewTrust } from './trust/establish-trust.ts'
import { proxyIdentifierRows } from './trust/proxy-identifier.ts'
import type { TrustedProxies } from './trust/trusted-proxies.ts'

export interface ProxyParts {
  readonly db: Kysely<ProxyTables>
  readonly proxies: TrustedProxies
  readonly trusts: Trusts
  readonly names: FederationServiceNames
  readonly establish: EstablishParts
  readonly token: RelyingPartyTokenParts
}

// /adfs/proxy/… ([MS-ADFSPIP] §3): what a proxy and AD FS say to each other. Establishing the trust takes an
// administrator's password; everything else the certificate that was registered then.

export function addProxyRoutes(app: FastifyInstance, parts: ProxyParts): void {
  surfaceErrors(app, (error, _request, reply) => {
    const headers = error instanceof ProxyConfigurationError ? error.headers : {}
    return reply.code(error.status).headers(headers).send('')
  })
  app.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'no-store').header('pragma', 'no-cache')
    if (reply.getHeader('content-type') === 'application/json; charset=utf-8') {
      reply.header('content-type', 'application/json;charset=UTF-8')
    }
  })
  app.post('/adfs/proxy/EstablishTrust', establishTrust(parts.establish))
  app.post('/adfs/proxy/RenewTrust', renewTrust(parts.establish))
  app.register(async (scope) => addTrustedRoutes(scope, parts))
}

function addTrustedRoutes(app: FastifyInstance, { db, proxies, trusts, names, token }: ProxyParts): void {
  app.addHook('onRequest', async (request) => admitProxy(request, proxies))
  app.get('/adfs/proxy/GetConfiguration', proxyConfiguration(names))
  const versioned = { onRequest: checkVersion }
  const identifier = proxyIdentifierRows(db)
  app.get('/adfs/proxy/WebApplicationProxy/trust', versioned, identifier.read)
  app.post('/adfs/proxy/WebApplicationProxy/trust', versioned, identifier.create)
  app.delete('/adfs/proxy/WebApplicationProxy/trust', versioned, identifier.remove)
  const entries = storeEntryRows(db)
  app.get('/adfs/proxy/WebApplicationProxy/Store', versioned, entries.list)
  app.get('/adfs/proxy/WebApplicationProxy/Store/:key', versioned, entries.read)
  app.post('/adfs/proxy/WebApplicationProxy/Store/:key', versioned, entries.create)
  app.put('/adfs/proxy/WebApplicationProxy/Store/:key', versioned, entries.replace)
  app.delete('/adfs/proxy/WebApplicationProxy/Store/:key', versioned, entries.remove)
  const relyingParties = relyingPartyTrustRows(db, trusts)
  app.get('/adfs/proxy/RelyingPartyTrusts', versioned, relyingParties.list)
  app.get('/adfs/proxy/RelyingPartyTrusts/:id', versioned, relyingParties.one)
  const published = publishedSettingsRows(db, trusts)
  app.post('/adfs/proxy/RelyingPartyTrusts/:id/PublishedSettings', versioned, published.publish)
  app.delete('/adfs/proxy/RelyingPartyTrusts/:id/PublishedSettings', versioned, published.withdraw)
  app.post('/adfs/proxy/relyingpartytoken', versioned, relyingPartyToken(token))
}

async function admitProxy(request: FastifyRequest, proxies: TrustedProxies): Promise<void> {
  const refusal = await proxies.judge(request)
  if (refusal) throw new ProxyConfigurationError(401, refusal.reason, trustHeaders(refusal))
}

async function checkVersion(request: FastifyRequest): Promise<void> {
  const version = (request.query as Record<string, unknown>)['api-version']
  if (version === undefined) throw new ProxyConfigurationError(500, 'api-version is missing')
  if (version !== '1') throw new ProxyConfigurationError(501, `api-version ${String(version)} is not 1`)
}
