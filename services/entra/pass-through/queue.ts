import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import type { Clock } from '#shared/clock.ts'
import type { ExpiringStore } from '#shared/store/expiring.ts'
import type { LogonStatus, ValidationRequest } from './broker.ts'

/**
 * The store's part of pass-through authentication, which all servers of the tenant share: registered agents, requests
 * sealed for each of them, who has fetched which, and the answers. What is in it can be read by the agents alone.
 */
export interface PassThroughQueue {
  /** True when the agent is new. */
  register(agent: Agent): Promise<boolean>
  agents(): Promise<readonly Agent[]>
  /** Offers a request to an agent; to a further one while nobody has fetched it. */
  offer(request: ValidationRequest, agent: Agent): Promise<void>
  /** A request becomes one that can be fetched once it has been offered to somebody. */
  release(requestId: string): Promise<void>
  /** Of several who ask, one gets a request. */
  fetch(agent: Agent): Promise<ValidationRequest | undefined>
  giveBack(requestId: string): Promise<boolean>
  /** False unless somebody fetched it and nobody answered or gave up. */
  answer(requestId: string, status: LogonStatus): Promise<boolean>
  answerOf(requestId: string): Promise<LogonStatus | undefined>
  /** Forgets the request; true when an agent has it. */
  end(requestId: string, agents: Iterable<string>): Promise<boolean>
}

export interface Agent {
  /** The SHA-256 of its key. */
  readonly id: string
  readonly key: KeyObject
}

export function agentOf(key: KeyObject): Agent {
  return { id: createHash('sha256').update(publicBytes(key)).digest('hex'), key }
}

const kinds = {
  agent: 'pass-through agent',
  sealed: 'pass-through request',
  open: 'pass-through to fetch',
  fetched: 'pass-through fetched',
  answer: 'pass-through answer',
} as const
/** Whoever asked forgets it within seconds; this is for what a server that ended has left. */
const keptMs = 10 * 60_000
const noEnd = new Date(8.64e15)

export function passThroughQueue(expiring: ExpiringStore, clock: Clock): PassThroughQueue {
  const end = () => new Date(clock.now().getTime() + keptMs)
  const mark = (kind: string, id: string) => expiring.put(kind, id, { value: true, expiresAt: end() })
  const listed = () => expiring.listByOwner<string>(kinds.agent, kinds.agent, clock.now())
  return {
    async register({ id, key }) {
      if (await expiring.get(kinds.agent, id, clock.now())) return false
      const value = publicBytes(key).toString('base64')
      await expiring.put(kinds.agent, id, { owner: kinds.agent, value, expiresAt: noEnd })
      return true
    },
    agents: async () => (await listed()).map(({ id, value }) => ({ id, key: keyOf(value) })),
    offer: (request, { id }) =>
      expiring.put(kinds.sealed, sealedId(request.requestId, id), { owner: id, value: request, expiresAt: end() }),
    release: (requestId) => mark(kinds.open, requestId),
    async fetch(agent) {
      const offered = await expiring.listByOwner<ValidationRequest>(kinds.sealed, agent.id, clock.now())
      for (const { value } of offered) {
        if (!(await expiring.delete(kinds.open, value.requestId))) continue
        await mark(kinds.fetched, value.requestId)
        return value
      }
      return undefined
    },
    async giveBack(requestId) {
      if (!(await expiring.delete(kinds.fetched, requestId))) return false
      await mark(kinds.open, requestId)
      return true
    },
    async answer(requestId, status) {
      if (!(await expiring.delete(kinds.fetched, requestId))) return false
      await expiring.put(kinds.answer, requestId, { value: status, expiresAt: end() })
      return true
    },
    answerOf: (requestId) => expiring.get<LogonStatus>(kinds.answer, requestId, clock.now()),
    async end(requestId, agents) {
      for (const agent of agents) await expiring.delete(kinds.sealed, sealedId(requestId, agent))
      for (const kind of [kinds.open, kinds.answer]) await expiring.delete(kind, requestId)
      return expiring.delete(kinds.fetched, requestId)
    },
  }
}

function sealedId(requestId: string, agentId: string): string {
  return `${requestId} ${agentId}`
}

function publicBytes(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' })
}

function keyOf(base64: string): KeyObject {
  return createPublicKey({ key: Buffer.from(base64, 'base64'), type: 'spki', format: 'der' })
}
