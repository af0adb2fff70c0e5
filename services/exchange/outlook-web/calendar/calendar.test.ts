import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SigningKey } from '#certs/authority.ts'
import { type Browser, openMailboxOf, type Stage, signInOnline, testKeys } from '../../_stage.ts'

const alice = 'alice@contoso.com'
const peggy = 'peggy@fabrikam.com'
let keys: Awaited<ReturnType<typeof testKeys>>
let entra: SigningKey

beforeAll(async () => {
  keys = await testKeys()
  entra = await keys.key('Entra')
})
afterAll(() => keys.remove())

type Fields = Readonly<Record<string, string>>
type PersonStage = Stage & { readonly person: Browser }

async function openCalendar(): Promise<PersonStage> {
  const stage = await openMailboxOf(alice, entra)
  await stage.person.get('/owa/')
  return stage
}

async function submit(person: Browser, fields: Fields) {
  const canary = person.cookie('X-OWA-CANARY') ?? ''
  return person.post('/owa/calendar.owa', { 'X-OWA-CANARY': canary, action: 'save', ...fields })
}

const review = {
  subject: 'Review',
  location: 'Room 1',
  startDate: '2026-03-16',
  startTime: '10:00',
  endDate: '2026-03-16',
  endTime: '11:00',
  repeat: 'none',
  body: 'Please read the draft.',
}

interface ShownEvent {
  readonly day: string
  readonly text: string
  readonly url: string
}

async function eventsIn(person: Browser, view: string, date: string): Promise<readonly ShownEvent[]> {
  const { body } = await person.get(`/owa/?path=/calendar/view/${view}&date=${date}`)
  return body.split('data-testid="day"').flatMap((cell) => {
    const day = /datetime="([\d-]+)"/.exec(cell)?.[1] ?? ''
    return [...cell.matchAll(/href="([^"]+)" data-testid="event">(.*?)<\/a>/gs)].map(([, url = '', inner = '']) => ({
      day,
      url: url.replaceAll('&amp;', '&'),
      text: inner.replace(/<[^>]+>/g, '').trim(),
    }))
  })
}

const named = (events: readonly ShownEvent[], text: string) => events.filter((each) => each.text.includes(text))
const open = async (person: Browser, events: readonly ShownEvent[], text: string) =>
  (await person.get(named(events, text)[0]?.url ?? '')).body
const fieldsOf = (html: string): Fields =>
  Object.fromEntries(
    [...html.matchAll(/<input[^>]* name="(ItemID|occurrence)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  )
const testId = (html: string, id: string) =>
  [...html.matchAll(new RegExp(`data-testid="${id}">(.*?)</(?:dd|li|p|h1)>`, 'gs'))].map(([, inner = '']) =>
    inner.replace(/<[^>]+>/g, ''),
  )

async function firstMail(person: Browser) {
  const { body } = await person.get('/owa/')
  const url = /data-testid="message"><a href="([^"]+)">/.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? ''
  return (await person.get(url)).body
}

test('month, week and day show what the scenario has, a series on each of its days', async () => {
  await using stage = await openCalendar()
  const month = await eventsIn(stage.person, 'Month', '2026-03-02')
  expect(named(month, 'Launch review').map(({ day, text }) => [day, text])).toEqual([
    ['2026-03-03', '14:00–15:00 Launch review Room 4'],
  ])
  expect(named(month, 'Stand-up').length).toBeGreaterThan(28)
  expect(named(month, 'Trade fair')[0]).toMatchObject({ day: '2026-03-09' })
  const week = await eventsIn(stage.person, 'Week', '2026-03-04')
  expect(new Set(named(week, 'Stand-up').map(({ day }) => day)).size).toBe(7)
  expect(named(await eventsIn(stage.person, 'Day', '2026-03-03'), 'Launch review')).toHaveLength(1)
})

test.each(['nonsense', '2026-02-30', '9999-99-99', "2026-03-01'"])('the date %s is today', async (date) => {
  await using stage = await openCalendar()
  const { body } = await stage.person.get(`/owa/?path=/calendar/view/Day&date=${encodeURIComponent(date)}`)
  expect(body).toContain('Calendar, Mon 2 Mar 2026')
})

test('an event is made, read, changed and deleted', async () => {
  await using stage = await openCalendar()
  const { statusCode, headers } = await submit(stage.person, { ...review, reminder: '30', private: '1' })
  expect(statusCode).toBe(303)
  const page = await stage.person.get(String(headers.location))
  expect(testId(page.body, 'when')).toEqual(['Mon 16 Mar 2026, 10:00 – 11:00'])
  expect(testId(page.body, 'note')).toEqual(['Private'])
  expect(page.body).toContain('Please read the draft.')
  const { ItemID = '' } = fieldsOf(page.body)
  const form = await stage.person.get(`/owa/?path=/calendar/action/edit&ItemID=${ItemID}`)
  expect(form.body).toContain('<option value="30" selected>')
  await submit(stage.person, { ...review, ItemID, subject: 'Second review', endTime: '11:30' })
  const changed = await eventsIn(stage.person, 'Day', '2026-03-16')
  expect(named(changed, 'eview').map(({ text }) => text)).toEqual(['10:00–11:30 Second review Room 1'])
  await submit(stage.person, { action: 'delete', scope: 'all', ItemID })
  expect(named(await eventsIn(stage.person, 'Day', '2026-03-16'), 'eview')).toEqual([])
})

test.each([
  [{ endTime: '09:00' }, 'It ends before it begins.'],
  [{ startDate: 'soon' }, 'The start is no date and time.'],
  [{ attendees: 'nobody' }, 'These are no mail addresses: nobody'],
  [{ repeat: 'daily', interval: '0' }, 'The interval is a number from 1 to 99.'],
  [{ repeat: 'daily', until: '2026-01-01' }, 'The series ends before it begins.'],
  [{ repeat: 'daily', count: '1000' }, 'The series has 1 to 999 occurrences.'],
])('%j is not saved, and the form keeps what was written', async (fields, problem) => {
  await using stage = await openCalendar()
  const { statusCode, body } = await submit(stage.person, { ...review, ...fields })
  expect([statusCode, testId(body, 'problem')]).toEqual([400, [problem]])
  expect(body).toContain('value="Review"')
})

test('one occurrence is moved, another deleted, and the rest of the series stays', async () => {
  await using stage = await openCalendar()
  const series = { ...review, repeat: 'weekly', weekday1: '1', weekday3: '1', count: '6' }
  const made = await submit(stage.person, series)
  const page = await stage.person.get(String(made.headers.location))
  expect(testId(page.body, 'repeats')).toEqual(['Every week on Monday, Wednesday, 6 times'])
  const { ItemID = '' } = fieldsOf(page.body)
  const occurrence = '2026-03-18T10:00:00.000Z'
  await submit(stage.person, { ...review, ItemID, occurrence, startDate: '2026-03-19', endDate: '2026-03-19' })
  await submit(stage.person, { action: 'delete', scope: 'occurrence', ItemID, occurrence: '2026-03-23T10:00:00.000Z' })
  const days = named(await eventsIn(stage.person, 'Month', '2026-03-16'), 'Review').map(({ day }) => day)
  expect(days).toEqual(['2026-03-16', '2026-03-19', '2026-03-25', '2026-03-30', '2026-04-01'])
  await submit(stage.person, { ...review, ItemID, repeat: 'keep', subject: 'Still' })
  expect(named(await eventsIn(stage.person, 'Month', '2026-03-16'), 'Still')).toHaveLength(4)
})

test('an invitation arrives, waits in the calendar as tentative, and its answer comes back', async () => {
  await using stage = await openCalendar()
  await submit(stage.person, { ...review, attendees: peggy })
  const other = await signInOnline(stage, entra, peggy)
  const waiting = await open(other, await eventsIn(other, 'Day', '2026-03-16'), 'Review')
  expect(testId(waiting, 'note')).toEqual(['You have not answered yet.'])
  const invitation = await firstMail(other)
  expect(testId(invitation, 'when')).toEqual(['Mon 16 Mar 2026, 10:00 – 11:00'])
  expect([invitation, (await other.get('/owa/')).body].join()).not.toMatch(/data-testid="attachment"|Has attachments/)
  await submit(other, {
    ...fieldsOf(/data-testid="answer">.*/s.exec(invitation)?.[0] ?? ''),
    action: 'accepted',
    send: '1',
    comment: 'Gladly',
  })
  const accepted = await open(other, await eventsIn(other, 'Day', '2026-03-16'), 'Review')
  expect(testId(accepted, 'note')).toEqual(['You accepted.'])
  const answer = await firstMail(stage.person)
  expect(answer).toContain('Accepted: Review')
  expect(answer).toContain('Gladly')
  const own = await open(stage.person, await eventsIn(stage.person, 'Day', '2026-03-16'), 'Review')
  expect(testId(own, 'attendee')[0]).toMatch(/required, accepted$/)
})

test('a meeting that is moved is moved for those who come, and one that is called off is marked so', async () => {
  await using stage = await openCalendar()
  const made = await submit(stage.person, { ...review, attendees: peggy })
  const { ItemID = '' } = fieldsOf((await stage.person.get(String(made.headers.location))).body)
  const other = await signInOnline(stage, entra, peggy)
  await other.get('/owa/')
  await submit(stage.person, { ...review, ItemID, attendees: peggy, startTime: '13:00', endTime: '14:00' })
  expect(named(await eventsIn(other, 'Day', '2026-03-16'), 'Review')[0]?.text).toMatch(/^13:00/)
  await submit(stage.person, { action: 'delete', scope: 'all', ItemID })
  expect(named(await eventsIn(stage.person, 'Day', '2026-03-16'), 'Review')).toEqual([])
  const cancelled = await open(other, await eventsIn(other, 'Day', '2026-03-16'), 'Canceled: Review')
  expect(testId(cancelled, 'note')).toContain('The organizer canceled this meeting.')
  const mail = await firstMail(other)
  await submit(other, { ItemID: /name="ItemID" value="([^"]+)"/.exec(mail)?.[1] ?? '', action: 'removeCancelled' })
  expect(named(await eventsIn(other, 'Day', '2026-03-16'), 'Review')).toEqual([])
})

test('an invitation that is forwarded invites', async () => {
  await using stage = await openCalendar()
  await submit(stage.person, { ...review, attendees: peggy })
  const other = await signInOnline(stage, entra, peggy)
  const ItemID = /name="ItemID" value="([^"]+)"/.exec(await firstMail(other))?.[1] ?? ''
  const page = await other.get(`/owa/?path=/mail/action/compose&mode=forward&ItemID=${ItemID}`)
  expect(page.body).not.toContain('data-testid="carried"')
  const form = new FormData()
  const fields = { mode: 'forward', ItemID, to: alice, subject: 'Fw: Review', body: 'Look', action: 'send' }
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('X-OWA-CANARY', other.cookie('X-OWA-CANARY') ?? '')
  expect((await other.postMultipart('/owa/compose.owa', form)).statusCode).toBe(303)
  const forwarded = await firstMail(stage.person)
  expect(forwarded).toContain('>Fw: Review</h1>')
  expect(testId(forwarded, 'when')).toEqual(['Mon 16 Mar 2026, 10:00 – 11:00'])
})

test('whoever is invited cannot change the meeting, nor anybody the calendar of another', async () => {
  await using stage = await openCalendar()
  const made = await submit(stage.person, { ...review, attendees: peggy })
  const { ItemID = '' } = fieldsOf((await stage.person.get(String(made.headers.location))).body)
  const other = await signInOnline(stage, entra, peggy)
  await other.get('/owa/')
  const own = fieldsOf(await open(other, await eventsIn(other, 'Day', '2026-03-16'), 'Review'))
  expect((await submit(other, { ...review, ItemID: own.ItemID ?? '' })).statusCode).toBe(403)
  expect((await submit(other, { ...review, ItemID })).statusCode).toBe(404)
  expect((await submit(other, { action: 'delete', scope: 'all', ItemID })).statusCode).toBe(404)
  expect((await other.get(`/owa/?path=/calendar/item&ItemID=${ItemID}`)).statusCode).toBe(404)
  expect((await other.post('/owa/calendar.owa', { ...review, action: 'save' })).statusCode).toBe(449)
})
