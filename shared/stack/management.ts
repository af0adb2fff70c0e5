import Fastify, { type FastifyInstance, type FastifyRequest, LogController } from 'fastify'
import { z } from 'zod'
import type { ClockState, StackClock } from '../clock.ts'
import { ProtocolError } from '../errors.ts'
import type { Fault, FaultTable } from '../faults.ts'
import type { Whereabouts } from '../http/whereabouts.ts'
import { withoutSchemas } from '../http/without-schemas.ts'
import type { Journal } from '../journal.ts'
import type { Log } from '../log.ts'
import type { ReadErrors } from './deployment.ts'
import type { Snapshots } from './snapshots.ts'

/** Sent with every management call: a page of a foreign site cannot add it without our consent. */
export const managementHeader = 'fauxchange-management'

export interface ManagementParts {
  readonly name: string
  readonly log: Log
  readonly clock: StackClock
  readonly journal: Journal
  readonly faults: FaultTable
  readonly whereabouts?: Whereabouts | undefined
  /** `starting` until the deployment can do its work; a message when it cannot. */
  readonly status: () => string
  readonly reset: () => Promise<void>
  /** Of its HTTPS and mail listeners; absent where they cannot be closed. */
  readonly listening?: Listening | undefined
  /** Of a deployment that has state; `resume` runs after one was restored. */
  readonly snapshots?: { readonly of: Snapshots; readonly resume: () => Promise<void> }
  readonly errors?: ReadErrors | undefined
  readonly more?: ((app: FastifyInstance) => void) | undefined
}

/** Listeners that can be closed, as when the machine is off, and opened again at the same ports. */
export interface Listening {
  isOpen(): boolean
  set(open: boolean): Promise<void>
}

const clockSchema = z.strictObject({ offset: z.number(), frozenAt: z.number().nullable() })

/** The plain HTTP port of one deployment; it is never reachable under an imitated host name. */
export function createManagement(parts: ManagementParts): FastifyInstance {
  const app = Fastify({
    loggerInstance: parts.log.child({ deployment: parts.name, port: 'management' }),
    logController: new LogController({ disableRequestLogging: true }),
    ...withoutSchemas,
    forceCloseConnections: true,
    bodyLimit: 64 * 1024 * 1024,
  }) as unknown as FastifyInstance
  guard(app)
  app.get('/health', async (_request, reply) => {
    const status = parts.status()
    return reply.code(status === 'ready' ? 200 : 503).send({ status, deployment: parts.name })
  })
  addClock(app, parts.clock)
  app.get('/journal', async (request) => {
    const since = Number((request.query as { since?: string }).since ?? 0)
    return { events: await parts.journal.read(Number.isFinite(since) ? since : 0) }
  })
  app.delete('/journal', async () => {
    parts.journal.clear()
    return {}
  })
  addFaults(app, parts.faults)
  if (parts.whereabouts) addWhereabouts(app, parts.whereabouts)
  const { listening } = parts
  if (listening) {
    app.get('/running', async () => ({ running: listening.isOpen() }))
    app.put('/running', async (request) => {
      await listening.set(z.strictObject({ running: z.boolean() }).parse(request.body).running)
      return { running: listening.isOpen() }
    })
  }
  app.get('/errors', async () => ({ errors: (await parts.errors?.()) ?? [] }))
  app.post('/reset', async () => {
    await parts.reset()
    return {}
  })
  if (parts.snapshots) addSnapshots(app, parts.snapshots)
  parts.more?.(app)
  return app
}

function addFaults(app: FastifyInstance, faults: FaultTable): void {
  app.get('/faults', async () => ({ faults: faults.list() }))
  app.put('/faults', async (request) => {
    faults.replace((request.body as { faults: Fault[] }).faults)
    return { faults: faults.list() }
  })
  app.post('/faults', async (request, reply) => {
    faults.add(request.body as Fault)
    return reply.code(201).send({ faults: faults.list() })
  })
  app.delete('/faults/:id', async (request, reply) => {
    const { id } = request.params as { id: string }
    if (faults.remove(id)) return { faults: faults.list() }
    return reply.code(404).send({ error: `There is no fault ${id}.` })
  })
}

const peopleSchema = z.strictObject({
  people: z.array(z.strictObject({ names: z.array(z.string().min(1)).min(1), address: z.union([z.ipv4(), z.ipv6()]) })),
})

function addWhereabouts(app: FastifyInstance, whereabouts: Whereabouts): void {
  const path = '/stack/whereabouts'
  app.get(path, async () => ({ people: whereabouts.list() }))
  app.put(path, async (request) => {
    whereabouts.replace(peopleSchema.parse(request.body).people)
    return { people: whereabouts.list() }
  })
}

/** Copies of the deployment's state by name. What is not in a store is not in them: journal, faults, clock. */
function addSnapshots(
  app: FastifyInstance,
  { of: snapshots, resume }: { of: Snapshots; resume: () => Promise<void> },
): void {
  const path = '/snapshots/:name'
  const nameOf = (request: FastifyRequest) => (request.params as { name: string }).name
  app.put(path, async (request) => snapshots.keep(nameOf(request)))
  app.post(path, async (request, reply) => {
    if (!(await snapshots.restore(nameOf(request))))
      return reply.code(404).send({ error: 'There is no such snapshot.' })
    await resume()
    return {}
  })
  app.delete(path, async (request, reply) => reply.code(snapshots.drop(nameOf(request)) ? 200 : 404).send({}))
}

function guard(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.url === '/health') return
    if (request.headers.origin === undefined && request.headers[managementHeader] !== undefined) return
    return reply.code(403).send({ error: `The management port needs the header ${managementHeader} and no Origin.` })
  })
  app.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
    if (error instanceof ProtocolError)
      return reply.code(error.status).send({ error: error.message, reason: error.reason })
    if (error instanceof z.ZodError) return reply.code(400).send({ error: z.prettifyError(error) })
    if (error.statusCode && error.statusCode < 500) return reply.code(error.statusCode).send({ error: error.message })
    request.log.error({ err: error }, 'crash on the management port')
    return reply.code(500).send({ error: error.message })
  })
}

function addClock(app: FastifyInstance, clock: StackClock): void {
  const view = () => ({ now: clock.now().toISOString(), state: clock.state })
  app.get('/clock', async () => view())
  app.put('/clock', async (request) => {
    await clock.set(clockSchema.parse(request.body) satisfies ClockState)
    return view()
  })
  app.delete('/clock', async () => {
    await clock.restart()
    return view()
  })
}
