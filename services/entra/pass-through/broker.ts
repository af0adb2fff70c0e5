import type { KeyObject } from 'node:crypto'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import { type ExpiringTables, expiringStore } from '#shared/store/expiring.ts'
import type { Notices, Store } from '#shared/store/store.ts'
import { type Agent, agentOf, type PassThroughQueue, passThroughQueue } from './queue.ts'

export const logonStatuses = [
  'STATUS_SUCCESS',
  'STATUS_NO_SUCH_USER',
  'STATUS_WRONG_PASSWORD',
  'STATUS_ACCOUNT_DISABLED',
  'STATUS_ACCOUNT_LOCKED_OUT',
  'STATUS_PASSWORD_EXPIRED',
  'STATUS_ACCOUNT_EXPIRED',
] as const

export type LogonStatus = (typeof logonStatuses)[number]

/** `noAgent`: nobody fetched the request; `noAnswer`: an agent did, and did not answer in time. */
export type ValidationOutcome = LogonStatus | 'noAgent' | 'noAnswer'

/** What an agent is handed: the password is readable for the holder of its key only. */
export interface ValidationRequest {
  readonly requestId: string
  readonly userPrincipalName: string
  readonly encryptedPassword: string
}

/**
 * Hands password validations to agents that poll outwards, and their answers back. Person and agent may each be at
 * another server of the tenant: they meet in the store.
 */
export interface PassThroughBroker {
  validate(userPrincipalName: string, password: string): Promise<ValidationOutcome>
  /** Resolves with the next request, or undefined when none came or the agent hung up. */
  poll(agentKey: KeyObject, hungUp: AbortSignal): Promise<ValidationRequest | undefined>
  /** A request that could not be handed over goes to the next poll. */
  giveBack(requestId: string): Promise<void>
  /** False when nobody waits for this answer any more. */
  answer(requestId: string, status: LogonStatus): Promise<boolean>
  /** Answers every held poll and fails every waiting validation of this server. */
  reset(): void
}

export interface PassThroughTimes {
  /** Real milliseconds a sign-in waits for the agent's answer. */
  readonly answer: number
  /** Real milliseconds a poll is held. */
  readonly poll: number
}

const usualTimes: PassThroughTimes = { answer: 10_000, poll: 25_000 }

export interface PassThroughParts<Schema extends ExpiringTables> {
  readonly store: Store<Schema>
  readonly clock: Clock
  readonly random: Random
  readonly times?: PassThroughTimes
}

export function createPassThroughBroker<Schema extends ExpiringTables>({
  store,
  clock,
  random,
  times = usualTimes,
}: PassThroughParts<Schema>): PassThroughBroker {
  return new Broker({ queue: passThroughQueue(expiringStore(store.db), clock), notices: store.notices, random, times })
}

interface BrokerParts {
  readonly queue: PassThroughQueue
  readonly notices: Notices
  readonly random: Random
  readonly times: PassThroughTimes
}

interface Validation {
  readonly requestId: string
  readonly userPrincipalName: string
  readonly password: string
  /** The agents that it was offered to. */
  readonly offered: Set<string>
  isReleased: boolean
  readonly settle: (status: LogonStatus | undefined) => void
}

/** What servers tell each other: `queued` to those that hold polls, `answered` and `agent` to those that wait. */
const topic = 'pass-through'

class Broker implements PassThroughBroker {
  readonly #parts: BrokerParts
  /** The password is here only, and sealed for the agents in the queue. */
  readonly #validations = new Map<string, Validation>()
  readonly #polls = new Set<(goOn: boolean) => void>()

  constructor(parts: BrokerParts) {
    this.#parts = parts
    parts.notices.listen(topic, (text) => void this.#hear(text).catch(() => undefined))
  }

  async validate(userPrincipalName: string, password: string): Promise<ValidationOutcome> {
    const { random, times, queue } = this.#parts
    const requestId = random.uuid()
    const { promise, resolve: settle } = Promise.withResolvers<LogonStatus | undefined>()
    const timer = setTimeout(() => settle(undefined), times.answer)
    const validation = { requestId, userPrincipalName, password, offered: new Set<string>(), isReleased: false, settle }
    this.#validations.set(requestId, validation)
    try {
      await this.#offer(validation)
      const status = await promise
      this.#validations.delete(requestId)
      const isFetched = await queue.end(requestId, validation.offered)
      return status ?? (isFetched ? 'noAnswer' : 'noAgent')
    } finally {
      clearTimeout(timer)
      this.#validations.delete(requestId)
    }
  }

  async poll(agentKey: KeyObject, hungUp: AbortSignal): Promise<ValidationRequest | undefined> {
    const { queue, notices, times } = this.#parts
    const agent = agentOf(agentKey)
    const timeUp = AbortSignal.timeout(times.poll)
    const over = AbortSignal.any([hungUp, timeUp])
    for (let goOn = !over.aborted; goOn; ) {
      // Heard from before it is looked, so that nothing falls in between. A reset elsewhere forgets the agent.
      const news = this.#news(over)
      if (await queue.register(agent)) await notices.tell(topic, 'agent')
      const request = await queue.fetch(agent)
      if (!request) {
        goOn = await news
        continue
      }
      if (!hungUp.aborted) return request
      await this.giveBack(request.requestId)
      return undefined
    }
    return undefined
  }

  async giveBack(requestId: string): Promise<void> {
    const { queue, notices } = this.#parts
    if (await queue.giveBack(requestId)) await notices.tell(topic, 'queued')
  }

  async answer(requestId: string, status: LogonStatus): Promise<boolean> {
    const { queue, notices } = this.#parts
    if (!(await queue.answer(requestId, status))) return false
    await notices.tell(topic, `answered ${requestId}`)
    return true
  }

  reset(): void {
    for (const wake of [...this.#polls]) wake(false)
    for (const { settle } of this.#validations.values()) settle(undefined)
  }

  async #offer(validation: Validation): Promise<void> {
    const { queue, notices } = this.#parts
    const { requestId, userPrincipalName, password, offered } = validation
    for (const agent of await queue.agents()) {
      if (offered.has(agent.id)) continue
      offered.add(agent.id)
      const encryptedPassword = await encryptFor(agent, password)
      await queue.offer({ requestId, userPrincipalName, encryptedPassword }, agent)
    }
    if (offered.size === 0) return
    // Once, also when an agent comes meanwhile: what has been fetched is not to be fetched again.
    if (!validation.isReleased) {
      validation.isReleased = true
      await queue.release(requestId)
    }
    await notices.tell(topic, 'queued')
  }

  /** Without a text, anything may have happened. */
  async #hear(text = 'queued agent answered'): Promise<void> {
    const words = text.split(' ')
    if (words.includes('queued')) for (const wake of [...this.#polls]) wake(true)
    const named = words[0] === 'answered' ? words[1] : undefined
    const waiting = [...this.#validations.values()].filter(({ requestId }) => !named || requestId === named)
    if (words.includes('agent')) await Promise.all(waiting.map((each) => this.#offer(each)))
    if (words.includes('answered')) await Promise.all(waiting.map((each) => this.#settle(each)))
  }

  async #settle({ requestId, settle }: Validation): Promise<void> {
    const status = await this.#parts.queue.answerOf(requestId)
    if (status) settle(status)
  }

  /** True when there may be something to fetch, false when the poll is over. */
  #news(over: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const end = () => wake(false)
    const wake = (goOn: boolean) => {
      over.removeEventListener('abort', end)
      this.#polls.delete(wake)
      resolve(goOn)
    }
    if (over.aborted) resolve(false)
    else {
      over.addEventListener('abort', end, { once: true })
      this.#polls.add(wake)
    }
    return promise
  }
}

async function encryptFor({ key }: Agent, password: string): Promise<string> {
  const { CompactEncrypt } = await import('jose')
  return new CompactEncrypt(new TextEncoder().encode(password))
    .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM' })
    .encrypt(key)
}
