import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Authority } from '#certs/authority.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import type { Store, StoreOptions } from '#shared/store/store.ts'
import type { Clock } from '../clock.ts'
import type { ErrorEntry } from '../error-guide.ts'
import type { Fault } from '../faults.ts'
import type { Address, HttpClient } from '../http/client.ts'
import type { ServerOptions } from '../http/server.ts'
import type { Whereabouts } from '../http/whereabouts.ts'
import type { JournalEvent } from '../journal.ts'
import type { Log } from '../log.ts'
import type { Random } from '../random.ts'
import type { Worlds } from './worlds.ts'

export type Zone = 'internet' | 'corp'

/** One running instance of a service, as the topology plans it. */
export interface DeploymentPlan {
  readonly name: string
  /** The folder under `services/`. */
  readonly service: string
  /** Where its own calls stand: decides what a host name leads to. */
  readonly homeZone: Zone
  /** The names it answers to in each zone. */
  readonly hosts: Readonly<Record<Zone, readonly string[]>>
  /** Whether it answers plain HTTP too, on the same port; everywhere else the gateway redirects port 80 to https. */
  readonly plainHttp?: boolean
  /** Whether it listens for SMTP. */
  readonly takesMail?: boolean
}

/** What a service is given; it reads nothing else of its surroundings. */
export interface DeploymentContext {
  readonly name: string
  readonly plan: DeploymentPlan
  readonly scenario: Scenario
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Host names of the stack, seen from the home zone. */
  readonly http: HttpClient
  readonly authority: Authority
  createApplication(
    options?: Pick<ServerOptions, 'bodyLimit' | 'http2' | 'unreadablePath' | 'clientCertificates' | 'certificateHost'>,
  ): FastifyInstance
  openStore<Schema>(options: Omit<StoreOptions<Schema>, 'engine'>): Promise<Store<Schema>>
  /** Where people were put in the lab. */
  readonly whereabouts: Pick<Whereabouts, 'of'>
  /** Proves to the peer at `audience` (its host name) which deployment this is. */
  machineToken(audience: string): Promise<string>
  /** @throws MachineRefused unless one of the `allowed` deployments signed the request. */
  authenticateMachine(request: FastifyRequest, allowed: readonly string[]): Promise<string>
  /** Calls a peer's management port; only the lab and the gateways do. */
  manage(deployment: string, path: string, request?: ManagementRequest): Promise<ManagementAnswer>
  /** Names its servers for `ManagementRequest.server`; undefined stands for the only one. */
  servers(deployment: string): Promise<readonly (string | undefined)[]>
  /** Where the mail listener behind a host name is. */
  mailAddress(hostName: string): Address | undefined
  /** What a fault set in the lab does to something that is no HTTP request: mail, a notification, a text message. */
  strikeFault(event: FaultedEvent): Fault | undefined
  /** A hop that is no request of the application: mail. */
  record(event: Omit<JournalEvent, 'time' | 'sequence'>): void
  /** Further worlds in this process, for the lab; absent where not all of the stack runs in it, and in such a world. */
  readonly worlds?: Worlds | undefined
  /** Every deployment of the stack, for the lab. */
  readonly deployments: readonly DeploymentPlan[]
}

export interface FaultedEvent {
  readonly method: 'MAIL' | 'RCPT' | 'DATA' | 'PUSH' | 'SMS'
  readonly user?: string | undefined
}

export interface ManagementRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly json?: unknown
  readonly timeoutMs?: number
  /** One server of the deployment, by the name that `servers` gave it; whichever answers, or all, when left out. */
  readonly server?: string | undefined
}

export interface ManagementAnswer {
  readonly status: number
  readonly json: unknown
}

/** What a service gives back: an application that does not listen, and its hooks. */
export interface Deployment<Application = FastifyInstance> {
  readonly app: Application
  /** Host names of a peer on the inside whose TLS passes through here, from the internet. */
  readonly tlsPassedThrough?: readonly string[]
  /** Adds the service's own rows to the management port. */
  readonly management?: (app: FastifyInstance) => void
  /** What its refusals are called, what they come of, and what mends them. */
  readonly errors?: ReadErrors
  /** Takes SMTP, beside HTTPS; only where the plan says so. */
  readonly mail?: MailTaker
  /** Runs once every listener of the process is up; health says `starting` until it resolves. */
  readonly start?: () => Promise<void>
  /** Back to the scenario's state. */
  readonly reset: () => Promise<void>
  /** Goes on from what its stores hold now: a snapshot was restored, or another stack's state is where this one begins. */
  readonly resume?: () => Promise<void>
  readonly [Symbol.asyncDispose]?: () => Promise<void>
}

/** Loads the guide to the errors of a service when somebody asks for it. */
export type ReadErrors = () => Promise<readonly ErrorEntry[]>

/** Its application is loaded by the first connection: of a service that no peer waits for and that keeps nothing. */
export type LateDeployment = Deployment<() => Promise<FastifyInstance>>

export interface MailTaker {
  take(socket: Socket): void
  close(): Promise<void>
}

export type BuildService = (context: DeploymentContext) => Promise<Deployment | LateDeployment>
