import { z } from 'zod'
import type { ClockState } from '#shared/clock.ts'
import { LabError } from '../errors.ts'
import { ask, type Manage } from '../peers/ask.ts'
import { everywhere } from '../peers/everywhere.ts'
import { type ClockChange, type ClockReading, changeClock } from './change-clock.ts'

const readingSchema = z.object({
  now: z.iso.datetime().transform((text) => new Date(text)),
  state: z.object({ offset: z.number(), frozenAt: z.number().nullable() }),
})

export interface StackTimeParts {
  readonly manage: Manage
  /** The lab's own name: its clock stands for all. */
  readonly self: string
  readonly deployments: readonly string[]
}

/** What falls due when the clock moves, such as a synchronization cycle, calls peers that must have the new time. */
const callsOthers = 'directory'
const timeoutMs = 60_000

export function readStackTime({ manage, self }: StackTimeParts): Promise<ClockReading> {
  return ask(manage, { deployment: self, path: '/clock' }, readingSchema)
}

/** Gives every deployment the same new time. */
export async function changeStackTime(parts: StackTimeParts, change: ClockChange): Promise<ClockReading> {
  const state = changeClock(await readStackTime(parts), change)
  if (!state) throw new LabError('invalidRequest', { message: 'The clock goes from 1970 to 9998.' })
  await setEverywhere(parts, state)
  return readStackTime(parts)
}

/** @throws LabError unless every deployment took it. */
export async function setEverywhere({ manage, deployments }: StackTimeParts, state: ClockState): Promise<void> {
  const request = { method: 'PUT', json: state, timeoutMs } as const
  const first = deployments.filter((name) => name !== callsOthers)
  const last = deployments.filter((name) => name === callsOthers)
  const outcomes = [
    ...(await everywhere(manage, first, '/clock', request)),
    ...(await everywhere(manage, last, '/clock', request)),
  ]
  const failed = outcomes.filter((outcome) => outcome.error !== undefined)
  if (failed.length > 0) throw new LabError('clockIncomplete', { detail: failed })
}
