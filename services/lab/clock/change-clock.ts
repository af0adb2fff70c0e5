import { z } from 'zod'
import { type ClockState, clockStateAt } from '#shared/clock.ts'
import { addDuration, readDuration } from './duration.ts'

const latestTime = Date.UTC(9999, 0, 1)

const durationSchema = z
  .string()
  .refine((text) => readDuration(text) !== undefined, 'expected an ISO 8601 duration such as PT1H or -PT5M')
  .describe('How far to move the clock: an ISO 8601 duration such as PT1H, P1DT12H or -PT5M.')

export const clockChangeSchema = z
  .strictObject({
    now: z.iso.datetime({ offset: true }).describe('The time to set, before `advance` is applied.').optional(),
    advance: durationSchema.optional(),
    freeze: z.boolean().describe('true stops the clock, false lets it run on; left out, it stays as it is.').optional(),
  })
  .refine(
    (change) => Object.values(change).some((value) => value !== undefined),
    'one of now, advance, freeze is needed',
  )

export type ClockChange = z.output<typeof clockChangeSchema>

/** Where a clock stands and what it reads. */
export interface ClockReading {
  readonly now: Date
  readonly state: ClockState
}

/** The state after the change; undefined when it would leave the years that dates can be written in. */
export function changeClock({ now, state }: ClockReading, change: ClockChange): ClockState | undefined {
  const frozen = change.freeze ?? state.frozenAt !== null
  const start = change.now === undefined ? now : new Date(change.now)
  const duration = change.advance === undefined ? undefined : readDuration(change.advance)
  const target = duration === undefined ? start : addDuration(start, duration)
  if (!(target.getTime() >= 0 && target.getTime() < latestTime)) return undefined
  const unmoved = change.now === undefined && duration === undefined && frozen === (state.frozenAt !== null)
  return unmoved ? state : moved({ now, state }, target, { frozen, set: change.now !== undefined })
}

/** A running clock that is only advanced keeps its offset to the millisecond, whatever the call takes. */
function moved(
  { now, state }: ClockReading,
  target: Date,
  { frozen, set }: { readonly frozen: boolean; readonly set: boolean },
): ClockState {
  if (frozen || set || state.frozenAt !== null) return clockStateAt(target, frozen)
  return { offset: state.offset + target.getTime() - now.getTime(), frozenAt: null }
}
