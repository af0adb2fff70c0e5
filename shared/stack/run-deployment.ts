import type { Authority } from '#certs/authority.ts'
import { CleanUp, type Opened } from '#shared/clean-up.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import { openStore } from '#shared/store/open.ts'
import type { StoreEngine } from '#shared/store/store.ts'
import { acceptConnections } from '#shared/wire/accept.ts'
import type { StackClock } from '../clock.ts'
import { FaultTable } from '../faults.ts'
import { CallerRegistry } from '../http/callers.ts'
import { type Address, HttpClient } from '../http/client.ts'
import { surroundings } from '../http/fault-hook.ts'
import { authenticateMachine, IssuedLeaves, machineTokens } from '../http/machine-identity.ts'
import { createApplication } from '../http/server.ts'
import { Whereabouts } from '../http/whereabouts.ts'
import { Journal } from '../journal.ts'
import type { Log } from '../log.ts'
import type { Random } from '../random.ts'
import { type AddressBook, addressOf, deploymentOf } from './addresses.ts'
import { applicationDoor } from './application-door.ts'
import { greet, skewed } from './connection-faults.ts'
import type { BuildService, Deployment, DeploymentContext, DeploymentPlan } from './deployment.ts'
import { type Door, listeningOf, openDoor, type TakeSocket } from './doors.ts'
import { createManagement, type Listening } from './management.ts'
import { managementClient, serverNames } from './management-client.ts'
import { passTlsThrough, type Receive } from './pass-through.ts'
import { type DeploymentSnapshot, Snapshots } from './snapshots.ts'
import type { Worlds } from './worlds.ts'

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
  /** A PostgreSQL database, `postgres://…`, that others may share; instead of the folder. */
  readonly store?: string | undefined
  /** The state to begin with, by deployment, instead of the scenario's. */
  readonly from?: ReadonlyMap<string, DeploymentSnapshot> | undefined
  readonly worlds?: Worlds | undefined
  /** Told when a deployment that slept has been built. */
  readonly woken?: ((name: string) => void) | undefined
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
  /** Builds one that sleeps. */
  wake(): Promise<unknown>
}

/**
 * Opens a deployment's listeners. One that begins with another stack's state has nothing to do before somebody comes:
 * it sleeps, and is built for its first connection.
 */
export async function runDeployment(
  plan: DeploymentPlan,
  build: BuildService,
  parts: StackParts,
  listen: ListenOptions,
): Promise<RunningDeployment> {
  const cleanUp = new CleanUp()
  const closable: Door[] = []
  let building: Promise<BuiltDeployment> | undefined
  const built = () => {
    building ??= buildDeployment(plan, build, { ...parts, listening: listeningOf(closable) }, cleanUp)
    return building
  }
  const awake = parts.from ? undefined : await built()
  const door = async (port: number | undefined, way: 'https' | 'management' | 'mail') => {
    const take = awake?.[way] ?? whenBuilt(built, way, parts.log)
    const opened = await openDoor({ host: listen.bind, port: port ?? 0 }, take, cleanUp)
    if (way !== 'management') closable.push(opened)
    return opened.address
  }
  return {
    plan,
    https: await door(listen.httpsPort, 'https'),
    management: await door(listen.managementPort, 'management'),
    mail: plan.takesMail ? await door(listen.mailPorts?.[plan.name], 'mail') : undefined,
    start: async () => awake?.start(),
    snapshot: async () => (await built()).snapshot(),
    wake: built,
    [Symbol.asyncDispose]: () => cleanUp.disposeAsync(),
  }
}

/** A deployment without listeners: connections are handed to it. */
interface BuiltDeployment {
  readonly https: TakeSocket
  readonly management: TakeSocket
  readonly mail: TakeSocket | undefined
  start(): Promise<void>
  snapshot(): Promise<DeploymentSnapshot>
}

async function buildDeployment(
  plan: DeploymentPlan,
  build: BuildService,
  parts: StackParts & { readonly listening: Listening },
  cleanUp: Opened,
): Promise<BuiltDeployment> {
  const instruments = instrumentsOf(plan, parts)
  const { journal, faults, whereabouts, snapshots, callers } = instruments
  const context = await contextOf(plan, parts, instruments, cleanUp)
  const deployment = await build(context)
  cleanUp.defer(async () => deployment[Symbol.asyncDispose]?.())
  let status = 'starting'
  const management = createManagement({
    name: plan.name,
    log: parts.log,
    clock: parts.clock,
    journal,
    ...{ faults, whereabouts },
    status: () => status,
    listening: parts.listening,
    reset: async () => {
      await parts.listening.set(true)
      whereabouts.replace([])
      await resetDeployment(deployment, journal, faults)
    },
    snapshots: { of: snapshots, resume: () => resumeDeployment(deployment, journal, faults) },
    ...{ errors: deployment.errors, more: deployment.management },
  })
  const { mail } = deployment
  const greeting = greet({ faults, random: parts.random, clock: parts.clock, plan, authority: parts.authority })
  const door = { plainHttp: plan.plainHttp, log: parts.log, greeting }
  const [application] = await Promise.all([applicationDoor(deployment.app, door), management.ready()])
  cleanUp.defer(async () => void (await Promise.all([application.close(), management.close(), mail?.close()])))
  const ready = () => {
    status = 'ready'
  }
  if (parts.from) {
    await deployment.resume?.()
    ready()
    parts.woken?.(plan.name)
  }
  return {
    https: httpsDoor(parts, withPassThrough(application.receive, plan, parts, deployment.tlsPassedThrough), callers),
    management: (socket) => void management.server.emit('connection', socket),
    mail: mail && ((socket) => mail.take(socket)),
    start: async () => {
      await deployment.start?.()
      ready()
    },
    snapshot: () => snapshots.take(),
  }
}

function whenBuilt(built: () => Promise<BuiltDeployment>, way: 'https' | 'management' | 'mail', log: Log): TakeSocket {
  return (socket) => {
    built().then(
      (deployment) => deployment[way]?.(socket),
      (err) => {
        log.error({ err }, 'a deployment that slept cannot be built')
        socket.destroy()
      },
    )
  }
}

function httpsDoor(parts: StackParts, receive: Receive, callers: CallerRegistry): TakeSocket {
  return acceptConnections({
    secret: parts.authority.gatewaySecret,
    onConnection: (socket, source) => {
      callers.remember(socket, source)
      receive(socket, source)
    },
  })
}

async function resetDeployment(
  deployment: Pick<Deployment, 'reset'>,
  journal: Journal,
  faults: FaultTable,
): Promise<void> {
  faults.replace([])
  journal.clear()
  await deployment.reset()
}

async function resumeDeployment(
  deployment: Pick<Deployment, 'resume'>,
  journal: Journal,
  faults: FaultTable,
): Promise<void> {
  faults.replace([])
  journal.clear()
  await deployment.resume?.()
}

function instrumentsOf(plan: DeploymentPlan, { clock }: StackParts): Instruments {
  return {
    journal: new Journal(clock),
    faults: new FaultTable(),
    callers: new CallerRegistry(plan.homeZone),
    whereabouts: new Whereabouts(),
    snapshots: new Snapshots(),
  }
}

interface Instruments {
  readonly journal: Journal
  readonly faults: FaultTable
  readonly callers: CallerRegistry
  readonly whereabouts: Whereabouts
  readonly snapshots: Snapshots
}

async function contextOf(
  plan: DeploymentPlan,
  parts: StackParts,
  instruments: Instruments,
  cleanUp: Opened,
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
    clock: skewed(clock, instruments.faults),
    random,
    log: log.child({ deployment: plan.name }),
    http,
    authority,
    deployments: plans,
    worlds: parts.worlds,
    createApplication: (options) =>
      createApplication({ deployment: plan.name, ...tls, ...instruments, log, random, clock, ...options }),
    openStore: async (options) => {
      const from = parts.from?.get(plan.name)?.[instruments.snapshots.count]
      const store = await openStore({ ...options, engine: engineOf(parts, plan), from })
      return instruments.snapshots.add(cleanUp.use(store))
    },
    whereabouts: instruments.whereabouts,
    authenticateMachine: (request, allowed) => authenticateMachine(request, { leaves, clock, allowed }),
    machineToken,
    manage: managementClient(addresses),
    servers: serverNames(addresses),
    mailAddress: (hostName) => mailAddressOf(parts, hostName),
    strikeFault: (event) =>
      instruments.faults.strike(
        { host: '', path: '', ...event },
        surroundings({ random, clock, faults: instruments.faults }),
      )?.fault,
    record: (event) => instruments.journal.add(event),
  }
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

function engineOf(parts: StackParts, plan: DeploymentPlan): StoreEngine {
  if (parts.store) return { kind: 'postgres', url: parts.store, schema: plan.name.replaceAll('-', '_') }
  if (!parts.data) return { kind: 'memory' }
  return { kind: 'folder', directory: parts.data, name: plan.name }
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
