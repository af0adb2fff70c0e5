import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const script = `
const { ruleTextOf, recurrenceOfRule } = await import('#services/exchange/mailbox/recurrence-rule.ts')
const { occurrencesOf } = await import('#services/exchange/mailbox/occurrences.ts')
const recurrence = await recurrenceOfRule('FREQ=WEEKLY;BYDAY=MO;COUNT=3', new Date('2026-03-02T09:00:00Z'))
const appointment = { start: '2026-03-02T09:00:00Z', end: '2026-03-02T10:00:00Z', recurrence, exceptions: [] }
const span = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-04-01T00:00:00Z') }
const found = await occurrencesOf(appointment, span, () => 0)
console.log(JSON.stringify({ rule: await ruleTextOf(recurrence), days: found.map(({ start }) => start.getUTCDate()) }))`

test('series are unfolded on plain Node, where the library is another module than under a test runner', async () => {
  const root = new URL('../../../', import.meta.url)
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: root })
  expect(JSON.parse(stdout)).toEqual({
    rule: expect.stringContaining('FREQ=WEEKLY'),
    days: [2, 9, 16],
  })
})
