import { z } from 'zod'
import { machineTime } from '#shared/clock.ts'
import { apiRoute } from '../api/route.ts'
import { type ClockReading, clockChangeSchema } from './change-clock.ts'
import { changeStackTime, readStackTime, type StackTimeParts } from './stack-time.ts'

const clockSchema = z.object({
  now: z.iso.datetime().describe('What the clock of the stack reads.'),
  frozen: z.boolean().describe('Whether it stands still.'),
  aheadSeconds: z.number().describe("How far it is ahead of the machine's clock; negative when behind."),
})

export function clockRoutes(parts: StackTimeParts) {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/clock',
      name: 'readClock',
      summary: 'The time of the stack',
      answer: clockSchema,
      handle: async () => clockView(await readStackTime(parts)),
    }),
    apiRoute({
      method: 'POST',
      path: '/api/clock',
      name: 'changeClock',
      summary: 'Move, stop or release the clock of every deployment',
      description:
        'What fell due has run when the answer comes: expiries, synchronization cycles. `now` is applied before `advance`, `advance` before `freeze`.',
      body: clockChangeSchema,
      answer: clockSchema,
      refusals: ['clockIncomplete'],
      handle: async ({ body, request }) => {
        request.recording.note({ decision: 'clockChanged', detail: body })
        return clockView(await changeStackTime(parts, body))
      },
    }),
  ]
}

export function clockView({ now, state: { offset, frozenAt } }: ClockReading) {
  // However long the reading was on its way, a clock that runs is ahead by the same.
  const ahead = frozenAt === null ? offset : frozenAt - machineTime().getTime()
  return { now: now.toISOString(), frozen: frozenAt !== null, aheadSeconds: Math.round(ahead / 1000) }
}
