import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ProtocolError } from '#shared/errors.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { Store } from '#shared/store/store.ts'
import type { DomainStore } from '../domains/domain-store.ts'
import type { PassThroughBroker } from '../pass-through/broker.ts'
import { addPassThroughRoutes } from '../pass-through/routes.ts'
import type { PeopleTables } from '../people/people-tables.ts'
import { ProvisioningError, readBody } from './provisioning-error.ts'
import { type SynchronizationParts, synchronize } from './synchronize.ts'
import type { WrittenBack } from './written-back-devices.ts'

/*
 * What comes from on-premises: the exports of Entra Connect, and (pass-through/) the agents that check passwords.
 * Owns who may export, what an export may say, and how it becomes rows; reading them is people/'s.
 * URLs: /provisioning/{tenantId}/domains, /provisioning/{tenantId}/synchronize, /provisioning/{tenantId}/devices, /provisioning/{tenantId}/passthrough/*, with a machine token.
 */

export interface ProvisioningParts<Schema extends PeopleTables> {
  /** The host that answers, such as adminwebservice.microsoftonline.com. */
  readonly host: string
  readonly store: Store<Schema>
  readonly scenario: Scenario
  readonly domains: Pick<DomainStore, 'all'>
  readonly passwordChanged?: SynchronizationParts<Schema>['passwordChanged']
  /** Does the work and records what it did to accounts. */
  readonly observed: <T>(work: () => Promise<T>) => Promise<T>
  readonly writeBack: () => Promise<WrittenBack>
  readonly passThrough: PassThroughBroker
  readonly caPem: string
  readonly authenticateMachine: DeploymentContext['authenticateMachine']
}

/** The deployment that runs Entra Connect and its pass-through agents. */
const connectServer = 'directory'
const bodyLimit = 64 * 1024 * 1024

/** What Entra Connect and its pass-through agents call; a scope of its own with its own error format. */
export function addProvisioningRoutes<Schema extends PeopleTables>(
  app: FastifyInstance,
  parts: ProvisioningParts<Schema>,
): void {
  app.register(async (scope) => {
    surfaceErrors(scope, writeProvisioningError)
    scope.addHook('onRequest', async (request) => {
      await parts.authenticateMachine(request, [connectServer])
      refuseForeignTenant(request, parts.scenario)
    })
    const constraints = { host: parts.host }
    scope.post('/provisioning/:tenantId/synchronize', { constraints, bodyLimit }, async (request) => {
      const { synchronizeSchema } = await import('./synchronize-schema.ts')
      const { full, ...objects } = readBody(synchronizeSchema, request.body)
      const counts = await parts.observed(() => synchronize(parts, { full, ...objects }))
      request.recording.note({ decision: full ? 'synchronizedFully' : 'synchronizedDelta', detail: { ...counts } })
      return counts
    })
    // Entra Connect exports hashes for the domains whose passwords are checked here, and these can change.
    scope.get('/provisioning/:tenantId/domains', { constraints }, async () => ({
      domains: parts.domains.all().map(({ name, authentication }) => ({ name, authentication })),
    }))
    // Device write-back: Entra Connect takes what is registered here to Active Directory.
    scope.get('/provisioning/:tenantId/devices', { constraints }, async () => parts.writeBack())
    addPassThroughRoutes(scope, { ...parts, connectServer })
  })
}

function refuseForeignTenant(request: FastifyRequest, { tenant }: Scenario): void {
  const { tenantId } = request.params as { tenantId?: string }
  if (tenantId?.toLowerCase() === tenant.id) return
  throw new ProvisioningError('unknownTenant', `the tenant of this stack is ${tenant.id}, not ${tenantId}`)
}

function writeProvisioningError(error: ProtocolError, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.code(error.status).send({ error: error.code, message: error.message, detail: error.reason })
}
