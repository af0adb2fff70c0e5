import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AppointmentProperties, Recurrence } from '../mailbox/item-properties.ts'
import { readMeetingText } from '../mailbox/meeting-text.ts'
import { recurrenceOfRule, ruleTextOf } from '../mailbox/recurrence-rule.ts'
import { offsetAt } from '../mailbox/time-zone.ts'
import { instantOfWall, timeZones, wallClock } from '../mailbox/time-zones.ts'
import { propertiesOf } from './answer-meeting.ts'
import { meetingCalendar } from './meeting-calendar.ts'

const now = new Date('2026-03-02T12:00:00Z')
const berlin = timeZones.find(({ name }) => name === 'W. Europe Standard Time')?.written

function meeting(changes: Partial<AppointmentProperties> = {}): AppointmentProperties {
  return {
    uid: 'meeting-1',
    start: '2026-03-20T09:00:00.000Z',
    end: '2026-03-20T09:30:00.000Z',
    allDay: false,
    location: 'Room 4; "Nest", back\\front',
    busyStatus: 'busy',
    sensitivity: 'normal',
    attendees: [{ name: 'Bob "B" Brandt', address: 'bob@contoso.com', type: 'optional', status: 'notResponded' }],
    organizer: { name: 'Erin Ek', address: 'erin@contoso.com' },
    isMeeting: true,
    isReceived: false,
    isCancelled: false,
    response: 'organizer',
    responseRequested: true,
    disallowNewTimeProposal: false,
    stamp: now.toISOString(),
    exceptions: [],
    ...changes,
  }
}

async function written(properties: AppointmentProperties, text = '') {
  const news = { method: 'REQUEST', subject: 'Plan, and “more”; ü', properties, text, now } as const
  return meetingCalendar({ ...news, attendees: properties.attendees })
}

test('an invitation says all that its reader needs (RFC 5546 §3.2.2)', async () => {
  const text = await written(meeting({ sequence: 3 }), 'One\nTwo, three')
  expect(text.split('\r\n').every((line) => Buffer.byteLength(line) <= 75)).toBe(true)
  expect(readMeetingText(text)).toMatchObject({
    method: 'REQUEST',
    uid: 'meeting-1',
    sequence: 3,
    subject: 'Plan, and “more”; ü',
    start: '2026-03-20T09:00:00.000Z',
    end: '2026-03-20T09:30:00.000Z',
    location: 'Room 4; "Nest", back\\front',
    description: 'One\nTwo, three',
    organizer: { name: 'Erin Ek', address: 'erin@contoso.com' },
    attendees: [{ name: 'Bob B Brandt', address: 'bob@contoso.com', type: 'optional', status: 'notResponded' }],
  })
})

test('a series travels with its pattern, its zone and what does not take place', async () => {
  const recurrence: Recurrence = { type: 'weekly', interval: 2, dayOfWeek: 34, occurrences: 9, firstDayOfWeek: 1 }
  const exceptions = [{ originalStart: '2026-04-03T08:00:00.000Z', deleted: true }]
  const before = meeting({ recurrence, exceptions, ...(berlin && { timeZone: berlin }) })
  const read = readMeetingText(await written(before))
  const after = read && (await propertiesOf(read))
  expect(after).toMatchObject({ start: before.start, end: before.end, recurrence, exceptions, timeZone: berlin })
})

test('a whole day stays the day that it is in its own zone', async () => {
  const days = { start: '2026-03-08T23:00:00.000Z', end: '2026-03-09T23:00:00.000Z', allDay: true }
  const text = await written(meeting({ ...days, ...(berlin && { timeZone: berlin }) }))
  expect(text).toContain('DTSTART;VALUE=DATE:20260309\r\nDTEND;VALUE=DATE:20260310\r\n')
})

const weekly = fc.record({ type: fc.constant('weekly' as const), dayOfWeek: fc.integer({ min: 1, max: 127 }) })
const monthly = fc.record({ type: fc.constant('monthly' as const), dayOfMonth: fc.integer({ min: 1, max: 31 }) })
const nth = {
  dayOfWeek: fc.constantFrom(1, 2, 4, 8, 16, 32, 62, 64, 65, 127),
  weekOfMonth: fc.integer({ min: 1, max: 5 }),
}
const monthOfYear = fc.integer({ min: 1, max: 12 })
const patterns = fc.oneof(
  fc.constant({ type: 'daily' as const }),
  weekly,
  monthly,
  fc.record({ type: fc.constant('monthlyNth' as const), ...nth }),
  fc.record({ type: fc.constant('yearly' as const), dayOfMonth: fc.integer({ min: 1, max: 31 }), monthOfYear }),
  fc.record({ type: fc.constant('yearlyNth' as const), ...nth, monthOfYear }),
)

test('every pattern survives as RRULE (RFC 5545 §3.3.10)', async () => {
  const ends = fc.oneof(
    fc.constant({}),
    fc.record({ occurrences: fc.integer({ min: 1, max: 999 }) }),
    fc.record({ until: fc.constant('2027-05-01T10:00:00.000Z') }),
  )
  const any = fc.tuple(patterns, fc.integer({ min: 1, max: 99 }), ends)
  await fc.assert(
    fc.asyncProperty(any, async ([pattern, interval, end]) => {
      const recurrence: Recurrence = { ...pattern, interval, ...end }
      expect(await recurrenceOfRule(await ruleTextOf(recurrence), now)).toEqual(recurrence)
    }),
  )
})

test.each([
  ['FREQ=MONTHLY;BYDAY=-1FR', { type: 'monthlyNth', dayOfWeek: 32, weekOfMonth: 5 }],
  ['FREQ=MONTHLY;BYDAY=2TU', { type: 'monthlyNth', dayOfWeek: 4, weekOfMonth: 2 }],
  ['FREQ=YEARLY', { type: 'yearly', dayOfMonth: 2, monthOfYear: 3 }],
  ['FREQ=WEEKLY;WKST=SU', { type: 'weekly', dayOfWeek: 2, firstDayOfWeek: 0 }],
  ['FREQ=HOURLY', undefined],
  ['nonsense', undefined],
])('%s of other programs is read', async (rule, want) => {
  expect(await recurrenceOfRule(rule, now)).toEqual(want && { ...want, interval: 1 })
})

const zones: Readonly<Record<string, string>> = {
  'Pacific Standard Time': 'America/Los_Angeles',
  'W. Europe Standard Time': 'Europe/Berlin',
  'GMT Standard Time': 'Europe/London',
  'FLE Standard Time': 'Europe/Helsinki',
  'India Standard Time': 'Asia/Kolkata',
  'AUS Eastern Standard Time': 'Australia/Sydney',
  'New Zealand Standard Time': 'Pacific/Auckland',
}

test.each(Object.entries(zones))('%s shows the wall clock that the platform knows for %s', (name, platform) => {
  const zone = timeZones.find((each) => each.name === name)
  const format = new Intl.DateTimeFormat('en-US', { timeZone: platform, timeZoneName: 'longOffset' })
  for (let hour = 0; hour < 8760; hour += 7) {
    const instant = new Date(Date.UTC(2026, 0, 1, hour))
    const [, sign, hours = '0', minutes = '0'] = /GMT([+-])?(\d\d)?:?(\d\d)?/.exec(format.format(instant)) ?? []
    const want = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
    expect([instant, offsetAt(zone?.written, instant) + 0]).toEqual([instant, want])
    const back = instantOfWall(zone?.written, wallClock(zone?.written, instant))
    expect(Math.abs(back.getTime() - instant.getTime())).toBeLessThanOrEqual(3_600_000)
  }
})
