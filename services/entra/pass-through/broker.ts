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

export declare function createPassThroughBroker(parts: {
  readonly random: Random
  readonly times?: PassThroughTimes
}): PassThroughBroker
