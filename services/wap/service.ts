import replyFrom from '@fastify/reply-from'
import type { FastifyInstance } from 'fastify'
import type { Deployment, DeploymentContext } from '#shared/stack/deployment.ts'
import { type SingleUseTables, singleUseMigration, singleUseStore } from '#shared/store/single-use.ts'
import { FederationService } from './federation-service.ts'
import { createEdgeAccess } from './pre-authentication/edge-access.ts'
import { answerPublished, type PublishingParts } from './publishing/published-applications.ts'
import { relayToAdfs } from './relay/relay-to-adfs.ts'

/** Large enough for any attachment: bodies are streamed, never kept. */
const bodyLimit = 1024 * 1024 * 1024

/** Web Application Proxy: the AD FS proxy and the published applications on one listener. */
export async function buildWap(context: DeploymentContext): Promise<Deployment> {
  const store = await context.openStore<SingleUseTables>({ migrations: [singleUseMigration] })
  const { privateKey } = await context.authority.machineIdentity(context.name)
  const federation = new FederationService(context)
  const edgeAccess = createEdgeAccess(privateKey, context.clock)
  const app = context.createApplication({ bodyLimit })
  app.register(async (scope) =>
    addProxy(scope, { context, federation, edgeAccess, usedTokens: singleUseStore(store.db) }),
  )
  return {
    app,
    reset: async () => {
      federation.forget()
      await store.reset()
    },
  }
}

async function addProxy(scope: FastifyInstance, parts: PublishingParts): Promise<void> {
  const { context } = parts
  const { adfs, certauth } = context.scenario.organization.hosts
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  scope.register(replyFrom, { undici: (await context.http.agent()) as never, disableRequestLogging: true })
  scope.route({
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: '/*',
    handler: (request, reply) => {
      const toFederationService = [adfs, certauth].includes(request.hostname.toLowerCase())
      return toFederationService ? relayToAdfs(request, reply, context) : answerPublished(request, reply, parts)
    },
  })
}
