import type { FastifyInstance } from 'fastify'
import type { Deployment, DeploymentContext } from '#shared/stack/deployment.ts'
import { type SingleUseTables, singleUseMigration, singleUseStore } from '#shared/store/single-use.ts'
import { FederationService } from './federation-service.ts'
import { addProxyManagement } from './management-routes.ts'
import { VouchedCredentials } from './pre-authentication/vouched-credentials.ts'
import { redirectPlainHttp } from './publishing/plain-http.ts'
import { answerPublished, type PublishingParts } from './publishing/published-applications.ts'
import { BoundConnections } from './relay/bound-connections.ts'
import { IdleTransactions } from './relay/idle-transactions.ts'
import { type RelayParts, relayToAdfs } from './relay/relay-to-adfs.ts'
import { addTransport } from './relay/transport.ts'
import { acceptUpgrades } from './relay/upgrade.ts'
import { ProxyTrust } from './trust/proxy-trust.ts'
import { keepBody, requireWellFormed } from './well-formed-request.ts'

/** Large enough for any attachment: bodies are streamed, never kept. */
const bodyLimit = 1024 * 1024 * 1024

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Web Application Proxy: the AD FS proxy and the published applications on one listener. */
export async function buildWap(context: DeploymentContext): Promise<Deployment> {
  const store = await context.openStore<SingleUseTables>({ migrations: [singleUseMigration] })
  const trust = new ProxyTrust(context)
  const federation = new FederationService(context, trust)
  const vouched = new VouchedCredentials()
  const idle = new IdleTransactions(context.clock)
  const bound = new BoundConnections()
  const unverified = context.http.variant({ verifyServer: false })
  const app = context.createApplication({ bodyLimit, http2: await import('node:http2') })
  const usedTokens = singleUseStore(store.db)
  app.register((scope) => addProxy(scope, { context, federation, trust, usedTokens, vouched, unverified }, idle, bound))
  acceptUpgrades(app)
  const resume = async () => {
    trust.forget()
    federation.forget()
    vouched.clear()
  }
  return {
    app,
    // A TLS connection that ended here would show AD FS no client certificate.
    tlsPassedThrough: [context.scenario.organization.hosts.certauth.toLowerCase()],
    errors: async () => (await import('./error-guide.ts')).wapErrors(),
    management: (management) => addProxyManagement(management, trust, federation),
    start: () => establish(context, federation),
    reset: async () => {
      await resume()
      await store.reset()
    },
    resume,
    [Symbol.asyncDispose]: async () => {
      idle[Symbol.dispose]()
      await Promise.all([trust, unverified, bound].map((each) => each[Symbol.asyncDispose]()))
    },
  }
}

/** A proxy without AD FS starts all the same; requests ask again. */
async function establish({ log }: DeploymentContext, federation: FederationService): Promise<void> {
  await federation.configuration().catch((error: Error) => {
    log.info({ reason: error.message }, 'the proxy starts without its configuration')
  })
}

type Parts = Omit<PublishingParts & RelayParts, 'transport'>

async function addProxy(
  scope: FastifyInstance,
  given: Parts,
  idle: IdleTransactions,
  bound: BoundConnections,
): Promise<void> {
  const parts = { ...given, transport: await addTransport(scope, idle, bound) }
  const { adfs } = parts.context.scenario.organization.hosts
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  scope.addHook('onRequest', requireWellFormed)
  scope.addHook('onRequest', redirectPlainHttp(parts.federation))
  scope.addHook('preHandler', keepBody)
  scope.route({
    method: methods,
    url: '/*',
    // The library warns of every client that hangs up.
    logLevel: 'error',
    handler: (request, reply) => {
      const toFederationService = request.hostname.toLowerCase() === adfs
      return toFederationService ? relayToAdfs(request, reply, parts) : answerPublished(request, reply, parts)
    },
  })
}
