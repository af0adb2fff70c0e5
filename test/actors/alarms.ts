import type { Clock } from '#shared/clock.ts'

/**
 * Resolves when something waits for the clock: a request that is held, among others. To be called before that is sent;
 * how long it takes to come so far is the machine's affair.
 */
export function nextAlarm(clock: Clock): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { at } = clock
  clock.at = (when, task) => {
    clock.at = at
    resolve()
    return clock.at(when, task)
  }
  return promise
}

/** The answer to a request that is held, and the `nextAlarm` from before it was sent. */
export interface Held<T> {
  readonly answer: Promise<T>
  readonly alarm: Promise<void>
}

/** Moves the clock on by `stepMs` each time that something waits for it, until there is an answer. */
export async function passTimeUntil<T>(
  clock: Clock & { advance(milliseconds: number): Promise<void> },
  stepMs: number,
  held: Held<T>,
): Promise<T> {
  let isHeld = true
  const answer = held.answer.finally(() => {
    isHeld = false
  })
  let { alarm } = held
  while (isHeld) {
    await Promise.race([alarm, answer])
    alarm = nextAlarm(clock)
    if (isHeld) await clock.advance(stepMs)
  }
  return answer
}
