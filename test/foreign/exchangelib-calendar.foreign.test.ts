import { expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { answersOf, startPython } from '../actors/foreign-program.ts'
import { bob } from '../actors/people.ts'

const dave = { user: 'dave@contoso.com', password: 'Dave-Pass4' }

test('exchangelib: a series with a guest, tasks, contacts, attached items and streaming', async () => {
  await using stack = await startStack()
  const settings = { server: 'mail.contoso.com', organizer: { user: bob.upn, password: bob.password }, guest: dave }
  const place = { gateway: stack.proxy('corp'), ca: stack.authority.caFile }
  await using program = startPython(place, 'exchangelib_calendar.py', [JSON.stringify(settings)])
  const [calendar] = await answersOf(program)
  expect(calendar).toMatchObject({
    type: 'RecurringMaster',
    ticket: 'T-1',
    changed: ['11:30'],
    deleted: 1,
    pattern: 'WeeklyPattern',
    theirs: ['09:30', '11:30', '09:30'],
    own: 3,
    holiday: ['True', true],
    task: ['InProgress', 40, true, true],
    contact: ['Ada Okafor', 'Engineer', 'ada@example.com', '+1 555 0100', 'Springfield'],
    attached: [['Inner', 'Inner', 'inside']],
    heard: expect.arrayContaining(['NewMailEvent']),
    quiet: ['StatusEvent'],
    rooms: [],
  })
})
