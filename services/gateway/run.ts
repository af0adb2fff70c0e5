import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { CleanUp } from '#shared/clean-up.ts'
import { FaultTable } from '#shared/faults.ts'
import { Whereabouts } from '#shared/http/whereabouts.ts'
import { Journal } from '#shared/journal.ts'
import { deploymentOf, LocalAddresses, reachableHost } from '#shared/stack/addresses.ts'
import type { DeploymentPlan, Zone } from '#shared/stack/deployment.ts'
import { createManagement } from '#shared/stack/management.ts'
import { managementClient } from '#shared/stack/management-client.ts'
import type { StackParts } from '#shared/stack/run-deployment.ts'
import { type Gateway, startGateway } from './gateway.ts'
import type { GatewayHealth } from './options.ts'

export interface GatewayPorts {
  readonly httpPort: number
  readonly tlsPort: number
}

interface GatewayPlace extends Partial<GatewayPorts> {
  readonly name: string
  readonly bind: string
  readonly managementPort: number
  /** The deployments that must be ready before the gateway says it is. */
  readonly expected: readonly string[]
}

/** The gateway of one zone with its management port. */
export async function runGateway(zone: Zone, parts: StackParts, place: GatewayPlace): Promise<Gateway> {
  await using opening = new CleanUp()
  const { authority, log, addresses } = parts
  const whereabouts = new Whereabouts()
  const gateway = opening.use(
    await startGateway({
      zone,
      standsAt: (person) => whereabouts.of(person),
      host: place.bind,
      ownHostNames: [place.name],
      httpPort: place.httpPort ?? 0,
      tlsPort: place.tlsPort ?? 0,
      secret: authority.gatewaySecret,
      ...namesOf(parts, zone),
      // Nothing answers on this port where the lab does not run, and the gateway says so.
      lab: addresses.https('lab') ?? { host: '127.0.0.1', port: 9 },
      caPem: authority.caPem,
      caSpkiSha256: authority.caSpkiSha256,
      ready: () => healthOf(parts, place.expected),
      log: log.child({ deployment: place.name }),
    }),
  )
  const management = createManagement({
    name: place.name,
    log,
    clock: parts.clock,
    journal: new Journal(parts.clock),
    faults: new FaultTable(),
    whereabouts,
    status: () => 'ready',
    reset: async () => {
      gateway.moveClients(undefined)
      whereabouts.replace([])
    },
    errors: async () => (await import('./error-guide.ts')).gatewayErrors(),
    more: (app) => addAddresses(app, gateway, hostForPeers(addresses, place)),
  })
  await management.listen({ host: place.bind, port: place.managementPort })
  opening.defer(() => management.close())
  if (addresses instanceof LocalAddresses) {
    const { port } = management.server.address() as AddressInfo
    addresses.addManagement(place.name, { host: place.bind, port })
  }
  const running = opening.move()
  return { ...gateway, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** In containers a gateway is found by its name; in one process it stands on this machine. */
function hostForPeers(addresses: StackParts['addresses'], { name, bind }: GatewayPlace): string {
  return addresses instanceof LocalAddresses ? reachableHost(bind) : name
}

const addressSchema = z.strictObject({ clientAddress: z.union([z.ipv4(), z.ipv6()]).nullable() })

/** Rows of the management port: its ports, where peers find them, and where its clients seem to stand. */
function addAddresses(app: FastifyInstance, gateway: Gateway, host: string): void {
  const view = () => {
    const { httpPort, tlsPort } = gateway
    return { httpPort, tlsPort, host, clientAddress: gateway.clientAddress() }
  }
  app.get('/addresses', async () => view())
  app.put('/addresses', async (request) => {
    gateway.moveClients(addressSchema.parse(request.body).clientAddress ?? undefined)
    return view()
  })
}

function namesOf({ plans, addresses }: StackParts, zone: Zone) {
  const upstream = (plan: DeploymentPlan | undefined) => {
    const address = plan && addresses.https(plan.name)
    return address && { ...address, deployment: plan.name }
  }
  return {
    resolve: (hostName: string) => upstream(deploymentOf(plans, zone, hostName)),
    resolvePlain: (hostName: string) => {
      const plan = deploymentOf(plans, zone, hostName)
      return plan?.plainHttp ? upstream(plan) : undefined
    },
    hostNames: () => plans.flatMap((plan) => plan.hosts[zone]),
  }
}

async function healthOf(parts: StackParts, expected: readonly string[]): Promise<GatewayHealth> {
  const manage = managementClient(parts.addresses)
  const entries = await Promise.all(
    expected.map(async (name) => {
      const { status, json } = await manage(name, '/health', { timeoutMs: 5000 })
      return [
        name,
        status === 200 ? 'ready' : String((json as { status?: string; error?: string }).status ?? 'unreachable'),
      ] as const
    }),
  )
  const ready = entries.every(([, status]) => status === 'ready')
  return { status: ready ? 'ready' : 'starting', deployments: Object.fromEntries(entries) }
}
