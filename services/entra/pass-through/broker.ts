import type { KeyObject } from 'node:crypto'
import type { Random } from '#shared/random.ts'

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

/** Hands password validations to agents that poll outwards, and their answers back. */
export interface PassThroughBroker {
  validate(userPrincipalName: string, password: string): Promise<ValidationOutcome>
  /** Resolves with the next request, or undefined when none came or the agent hung up. */
  poll(agentKey: KeyObject, hungUp: AbortSignal): Promise<ValidationRequest | undefined>
  /** A request that could not be handed over goes to the next poll. */
  giveBack(requestId: string): void
  /** False when nobody waits for this answer any more. */
  answer(requestId: string, status: LogonStatus): boolean
  /** Answers every held poll and fails every waiting validation. */
  reset(): void
}

export interface PassThroughTimes {
  /** Real milliseconds a sign-in waits for the agent's answer. */
  readonly answer: number
  /** Real milliseconds a poll is held. */
  readonly poll: number
}

const usualTimes: PassThroughTimes = { answer: 10_000, poll: 25_000 }

export function createPassThroughBroker(parts: {
  readonly random: Random
  readonly times?: PassThroughTimes
}): PassThroughBroker {
  return new Broker(parts.random, parts.times ?? usualTimes)
}

interface Validation {
  readonly requestId: string
  readonly userPrincipalName: string
  readonly password: string
  /** Whether an agent has it. */
  fetched: boolean
  readonly settle: (outcome: ValidationOutcome) => void
}

type HeldPoll = (validation: Validation | undefined) => void

/** Validations and polls meet here, in memory only: neither outlives its connection. */
class Broker implements PassThroughBroker {
  readonly #random: Random
  readonly #times: PassThroughTimes
  readonly #validations = new Map<string, Validation>()
  readonly #polls = new Set<HeldPoll>()

  constructor(random: Random, times: PassThroughTimes) {
    this.#random = random
    this.#times = times
  }

  validate(userPrincipalName: string, password: string): Promise<ValidationOutcome> {
    const requestId = this.#random.uuid()
    const { promise, resolve } = Promise.withResolvers<ValidationOutcome>()
    const timer = setTimeout(() => validation.settle(silence(validation)), this.#times.answer)
    const validation: Validation = {
      requestId,
      userPrincipalName,
      password,
      fetched: false,
      settle: (outcome) => {
        clearTimeout(timer)
        this.#validations.delete(requestId)
        resolve(outcome)
      },
    }
    this.#validations.set(requestId, validation)
    this.#offer(validation)
    return promise
  }

  async poll(agentKey: KeyObject, hungUp: AbortSignal): Promise<ValidationRequest | undefined> {
    const validation = await this.#next(hungUp)
    if (!validation) return undefined
    const { requestId, userPrincipalName, password } = validation
    const encryptedPassword = await encryptFor(agentKey, password)
    if (hungUp.aborted) return void this.giveBack(requestId)
    return { requestId, userPrincipalName, encryptedPassword }
  }

  giveBack(requestId: string): void {
    const validation = this.#validations.get(requestId)
    if (!validation) return
    validation.fetched = false
    this.#offer(validation)
  }

  answer(requestId: string, status: LogonStatus): boolean {
    const validation = this.#validations.get(requestId)
    if (!validation?.fetched) return false
    validation.settle(status)
    return true
  }

  reset(): void {
    for (const held of [...this.#polls]) held(undefined)
    for (const validation of [...this.#validations.values()]) validation.settle(silence(validation))
  }

  #offer(validation: Validation): void {
    const [held] = this.#polls
    held?.(validation)
  }

  #next(hungUp: AbortSignal): Promise<Validation | undefined> {
    if (hungUp.aborted) return Promise.resolve(undefined)
    const waiting = [...this.#validations.values()].find((each) => !each.fetched)
    if (waiting) {
      waiting.fetched = true
      return Promise.resolve(waiting)
    }
    return this.#hold(hungUp)
  }

  #hold(hungUp: AbortSignal): Promise<Validation | undefined> {
    const { promise, resolve } = Promise.withResolvers<Validation | undefined>()
    const giveUp = () => held(undefined)
    const timer = setTimeout(giveUp, this.#times.poll)
    const held: HeldPoll = (validation) => {
      clearTimeout(timer)
      hungUp.removeEventListener('abort', giveUp)
      this.#polls.delete(held)
      if (validation) validation.fetched = true
      resolve(validation)
    }
    hungUp.addEventListener('abort', giveUp, { once: true })
    this.#polls.add(held)
    return promise
  }
}

function silence(validation: Validation): ValidationOutcome {
  return validation.fetched ? 'noAnswer' : 'noAgent'
}

async function encryptFor(agentKey: KeyObject, password: string): Promise<string> {
  const { CompactEncrypt } = await import('jose')
  return new CompactEncrypt(new TextEncoder().encode(password))
    .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM' })
    .encrypt(agentKey)
}
