import { expect, test } from 'vitest'
import { occasionalSweep } from './occasional-sweep.ts'

test('sweeps at first, and again when a minute has passed, forwards or back', async () => {
  const swept: string[] = []
  const sweep = occasionalSweep({
    sweep: async (now) => swept.push(now.toISOString().slice(11, 19)),
  })
  for (const time of ['12:00:00', '12:00:59', '12:01:00', '12:01:30', '11:00:00']) {
    await sweep(new Date(`2026-03-01T${time}Z`))
  }
  expect(swept).toEqual(['12:00:00', '12:01:00', '11:00:00'])
})
