import { createServer as createPlainServer } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Authority } from '#certs/authority.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import { openStore } from '#shared/store/open.ts'
import { acceptConnections } from '#shared/wire/accept.ts'
import { readFirstBytes } from '#shared/wire/first-bytes.ts'
import type { StackClock } from '../clock.ts'
import { FaultTable } from '../faults.ts'
import { CallerRegistry } from '../http/callers.ts'
import { type Address, HttpClient } from '../http/client.ts'
import { authenticateMachine, IssuedLeaves, machineTokens } from '../http/machine-identity.ts'
import { createApplication } from '../http/server.ts'
import { Journal } from '../journal.ts'
import type { Log } from '../log.ts'
import type { Random } from '../random.ts'
import { type AddressBook, deploymentOf } from './addresses.ts'
import type { BuildService, Deployment, DeploymentContext, DeploymentPlan, MailListener } from './deployment.ts'
import { createManagement } from './management.ts'
import { managementClient } from './management-client.ts'
import { passTlsThrough, type Receive } from './pass-through.ts'
import { type DeploymentSnapshot, Snapshots } from './snapshots.ts'

export interface StackParts {
  readonly scenario: Scenario
  readonly plans: readonly DeploymentPlan[]
  readonly addresses: AddressBook
  readonly clock: StackClock
  readonly random: Random
  readonly log: Log
  readonly authority: Authority
  /** Folder for durable state; absent = in memory. */
  readonly data?: string | undefined
  /** The state to begin with, by deployment, instead of the scenario's. */
  readonly from?: ReadonlyMap<string, DeploymentSnapshot> | undefined
}

export interface ListenOptions {
  readonly bind: string
  readonly httpsPort: number
  readonly managementPort: number
  /** By deployment; a free one for those that are not named. */
  readonly mailPorts?: Readonly<Record<string, number>> | undefined
}

/** A deployment with its listeners open. */
export interface RunningDeployment extends AsyncDisposable {
  readonly plan: DeploymentPlan
  readonly https: Address
  readonly management: Address
  /** Of those that take mail. */
  readonly mail?: Address | undefined
  /** Does the work that needs its peers; health turns `ready`. */
  start(): Promise<void>
  snapshot(): Promise<DeploymentSnapshot>
}

export async function runDeployment(
  plan: DeploymentPlan,
  build: BuildService,
  parts: StackParts,
  listen: ListenOptions,
): Promise<RunningDeployment> {
  const cleanUp = new AsyncDisposableStack()
  const journal = new Journal(parts.clock)
  const faults = new FaultTable()
  const callers = new CallerRegistry(plan.homeZone)
  const snapshots = new Snapshots()
  const context = await contextOf(plan, parts, { journal, faults, callers, snapshots }, cleanUp)
  const deployment = await build(context)
  cleanUp.defer(async () => deployment[Symbol.asyncDispose]?.())
  let status = 'starting'
  const management = createManagement({
    name: plan.name,
    log: parts.log,
    clock: parts.clock,
    journal,
    faults,
    status: () => status,
    reset: () => resetDeployment(deployment, journal, faults),
    snapshots: { of: snapshots, resume: () => resumeDeployment(deployment, journal, faults) },
    more: deployment.management,
  })
  const ownConnection = plan.plainHttp ? eitherWay(deployment.app) : overTls(deployment.app)
  const onConnection = withPassThrough(ownConnection, plan, parts, deployment.tlsPassedThrough)
  const https = await listenBehindGateway(deployment.app, { callers, onConnection }, parts.authority, listen, cleanUp)
  await management.listen({ host: listen.bind, port: listen.managementPort })
  cleanUp.defer(() => management.close())
  const mail = await listenForMail(deployment.mail, plan.name, listen, cleanUp)
  return {
    plan,
    https,
    mail,
    management: { host: listen.bind, port: (management.server.address() as AddressInfo).port },
    start: async () => {
      await (parts.from ? deployment.resume?.() : deployment.start?.())
      status = 'ready'
    },
    snapshot: () => snapshots.take(),
    [Symbol.asyncDispose]: () => cleanUp.disposeAsync(),
  }
}

async function resetDeployment(deployment: Deployment, journal: Journal, faults: FaultTable): Promise<void> {
  faults.replace([])
  journal.clear()
  await deployment.reset()
}

async function resumeDeployment(deployment: Deployment, journal: Journal, faults: FaultTable): Promise<void> {
  faults.replace([])
  journal.clear()
  await deployment.resume?.()
}

async function listenForMail(
  listener: MailListener | undefined,
  name: string,
  { bind, mailPorts }: ListenOptions,
  cleanUp: AsyncDisposableStack,
): Promise<Address | undefined> {
  if (!listener) return undefined
  const port = await listener.listen({ host: bind, port: mailPorts?.[name] ?? 0 })
  cleanUp.defer(() => listener.close())
  return { host: bind, port }
}

interface Instruments {
  readonly journal: Journal
  readonly faults: FaultTable
  readonly callers: CallerRegistry
  readonly snapshots: Snapshots
}

async function contextOf(
  plan: DeploymentPlan,
  parts: StackParts,
  instruments: Instruments,
  cleanUp: AsyncDisposableStack,
): Promise<DeploymentContext> {
  const { authority, clock, log, random, plans, addresses } = parts
  const identity = await authority.machineIdentity(plan.name)
  const machineToken = machineTokens(identity, clock)
  const leaves = new IssuedLeaves(authority.caPem)
  const http = cleanUp.use(
    new HttpClient({
      service: plan.name,
      caPem: authority.caPem,
      resolve: (hostName) => addressOf(parts, plan, hostName),
      machineToken,
    }),
  )
  const tls = await tlsOf(plan, authority)
  return {
    name: plan.name,
    plan,
    scenario: parts.scenario,
    clock,
    random,
    log: log.child({ deployment: plan.name }),
    http,
    authority,
    deployments: plans,
    createApplication: (options) =>
      createApplication({ deployment: plan.name, ...tls, ...instruments, log, random, ...options }),
    openStore: async (options) => {
      const from = parts.from?.get(plan.name)?.[instruments.snapshots.count]
      const store = await openStore({ ...options, engine: engineOf(parts, plan), from })
      return instruments.snapshots.add(cleanUp.use(store))
    },
    authenticateMachine: (request, allowed) => authenticateMachine(request, { leaves, clock, allowed }),
    machineToken,
    manage: managementClient(addresses),
    mailAddress: (hostName) => mailAddressOf(parts, hostName),
    record: (event) => instruments.journal.add(event),
  }
}

function addressOf(parts: StackParts, plan: DeploymentPlan, hostName: string): Address | undefined {
  const target = deploymentOf(parts.plans, plan.homeZone, hostName)
  return target && parts.addresses.https(target.name)
}

/** Mail passes no web proxy: outside and inside, port 25 of a name leads to the server itself. */
function mailAddressOf({ plans, addresses }: StackParts, hostName: string): Address | undefined {
  const named = [deploymentOf(plans, 'corp', hostName), deploymentOf(plans, 'internet', hostName)]
  return named.flatMap((target) => (target && addresses.mail(target.name)) ?? []).at(0)
}

/** The lab has no imitated names and speaks plain HTTP behind the gateways. */
async function tlsOf(plan: DeploymentPlan, authority: Authority) {
  const hosts = [...new Set([...plan.hosts.internet, ...plan.hosts.corp])]
  if (hosts.length === 0) return {}
  return { tls: await authority.leafFor({ name: plan.name, hosts }) }
}

function engineOf(parts: StackParts, plan: DeploymentPlan) {
  if (!parts.data) return { kind: 'memory' } as const
  return { kind: 'folder', directory: parts.data, name: plan.name } as const
}

function withPassThrough(
  next: Receive,
  plan: DeploymentPlan,
  parts: StackParts,
  hosts: readonly string[] | undefined,
): Receive {
  if (!hosts) return next
  const secret = parts.authority.gatewaySecret
  return passTlsThrough(next, { hosts, secret, zone: 'internet', resolve: (host) => addressOf(parts, plan, host) })
}

function overTls(app: FastifyInstance): Receive {
  return (socket) => void app.server.emit('connection', socket)
}

const tlsHandshake = 22
const firstByteTimeoutMs = 10_000

/** TLS and plain HTTP on one port: a handshake begins with a byte that no method does (RFC 8446 §5.1). */
function eitherWay(app: FastifyInstance): Receive {
  const plain = createPlainServer((request, response) => app.routing(request, response))
  const read = (bytes: Buffer) => (bytes.length === 0 ? 'more' : ({ value: bytes[0], used: 0 } as const))
  return (socket) => {
    readFirstBytes(socket, { read, timeoutMs: firstByteTimeoutMs }).then(
      (first) => void (first === tlsHandshake ? app.server : plain).emit('connection', socket),
      () => {},
    )
  }
}

async function listenBehindGateway(
  app: FastifyInstance,
  { callers, onConnection }: { readonly callers: CallerRegistry; readonly onConnection: Receive },
  authority: Authority,
  listen: ListenOptions,
  cleanUp: AsyncDisposableStack,
): Promise<Address> {
  await app.ready()
  cleanUp.defer(() => app.close())
  const accept = acceptConnections({
    secret: authority.gatewaySecret,
    onConnection: (socket, source) => {
      callers.remember(socket, source)
      onConnection(socket, source)
    },
  })
  const server = createServer({ noDelay: true }, accept)
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await listening(server, listen)
  cleanUp.defer(async () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { host: listen.bind, port: (server.address() as AddressInfo).port }
}

function listening(server: Server, { bind, httpsPort }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(httpsPort, bind, () => resolve())
  })
}
