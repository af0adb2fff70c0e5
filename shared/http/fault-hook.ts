import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import type { Fault, FaultSurroundings, FaultTable, Strike } from '../faults.ts'
import type { Random } from '../random.ts'
import { personIn } from './person-in.ts'

/*
 * Where faults strike: before a request is read, once it tells whom it is about, or, where only the service finds that
 * out, in the place of its answer. Handlers know nothing of it.
 */

declare module 'fastify' {
  interface FastifyRequest {
    /** What struck it and is still to be done: to the answer, or by whoever issues the token. */
    fault?: Fault
    /** Whether anything at all is set in the lab: then nobody may take an answer for one that would come again. */
    readonly faultsAreSet: boolean
  }
}

export interface FaultParts {
  readonly faults: FaultTable
  readonly random: Random
  readonly clock?: Pick<Clock, 'now'> | undefined
}

export function addFaults(app: FastifyInstance, parts: FaultParts): void {
  const { faults } = parts
  app.decorateRequest('fault')
  app.decorateRequest('faultsAreSet', { getter: () => !faults.isEmpty })
  // Without async where there are no faults: every request of every service comes by here.
  app.addHook('onRequest', (request, reply, done) => {
    if (faults.isEmpty) return done()
    const strike = faults.strike(factsOf(request), surroundings(parts), 'anybody')
    strikeBefore(request, reply, strike).then(() => done(), done)
  })
  app.addHook('preHandler', (request, reply, done) => {
    if (faults.isEmpty || request.fault) return done()
    const user = personIn(request)
    const strike = user && faults.strike({ ...factsOf(request), user }, surroundings(parts), 'person')
    strikeBefore(request, reply, strike).then(() => done(), done)
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    if (faults.isEmpty && !request.fault) return done(null, payload)
    answerInstead(request, reply, payload, parts).then((answer) => done(null, answer), done)
  })
}

export function surroundings({ random, clock }: FaultParts): FaultSurroundings {
  return { now: clock?.now().getTime() ?? 0, chance: () => random.integer(0, 1_000_000) / 1_000_000 }
}

function factsOf(request: FastifyRequest) {
  return {
    ...{ method: request.method, host: request.hostname, path: request.url.split('?')[0] ?? '/' },
    ...{ query: request.query as Record<string, unknown>, client: request.caller.address },
  }
}

async function strikeBefore(request: FastifyRequest, reply: FastifyReply, strike: Strike | undefined | '') {
  if (!strike) return
  const { fault } = strike
  note(request, strike)
  request.fault = fault
  if (fault.delayMs) await new Promise((resolve) => setTimeout(resolve, fault.delayMs))
  if (fault.reset) {
    request.raw.socket.destroy()
    return reply.hijack()
  }
  if (fault.status === undefined) return
  dress(reply, strike)
  return reply.send(bodyOf(fault))
}

function dress(reply: FastifyReply, { fault, retryAfter }: Strike): void {
  reply.code(fault.status ?? reply.statusCode).type(fault.contentType ?? 'text/plain; charset=utf-8')
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter)
  for (const [name, value] of Object.entries(fault.headers ?? {})) reply.header(name, value)
}

function bodyOf({ bytes, body = '' }: Fault): string | Buffer {
  return bytes === undefined ? body : Buffer.from(bytes, 'base64')
}

function note({ recording }: FastifyRequest, { fault, retryAfter }: Strike): void {
  const name = fault.id === undefined ? 'a fault' : `the fault ${fault.id}`
  const wait = retryAfter === undefined ? '' : `; to come again in ${retryAfter} s`
  recording.note({ decision: 'fault', reason: `${name} that was set in the lab struck this request${wait}` })
}

/** The service has answered; by now it may be known whom the request was about. */
async function answerInstead(request: FastifyRequest, reply: FastifyReply, payload: unknown, parts: FaultParts) {
  const struck = request.fault ?? lateStrike(request, reply, parts)
  if (!struck || struck.status !== undefined) return struck && !request.fault ? bodyOf(struck) : payload
  if (!struck.spoil) return payload
  const { spoilAnswer } = await import('./spoil-answer.ts')
  return spoilAnswer(struck.spoil, reply, payload)
}

function lateStrike(request: FastifyRequest, reply: FastifyReply, parts: FaultParts): Fault | undefined {
  const user = request.recording?.notes.findLast((each) => each.user !== undefined)?.user
  if (user === undefined) return undefined
  const strike = parts.faults.strike({ ...factsOf(request), user }, surroundings(parts), 'person')
  if (!strike) return undefined
  note(request, strike)
  if (strike.fault.status !== undefined) {
    for (const name of ['content-encoding', 'content-length', 'location']) reply.removeHeader(name)
    dress(reply, strike)
  }
  return strike.fault
}
