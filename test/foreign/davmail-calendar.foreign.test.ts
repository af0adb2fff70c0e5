import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { type DavMail, startDavMail } from '../actors/davmail.ts'
import { bob } from '../actors/people.ts'

/* Calendars and address books of DAV clients, which DavMail keeps in Exchange by its web services. */

const dave = { upn: 'dave@contoso.com', password: 'Dave-Pass4' }
const open = new AsyncDisposableStack()
let davMail: DavMail

beforeAll(async () => {
  const stack = open.use(await startStack())
  const url = 'https://mail.contoso.com/EWS/Exchange.asmx'
  const place = { gateway: stack.proxy('corp'), ca: stack.authority.caFile }
  davMail = open.use(await startDavMail(place, { 'davmail.mode': 'EWS', 'davmail.url': url }))
})
afterAll(() => open.disposeAsync())

interface Asked {
  readonly method: string
  readonly path: string
  readonly body?: string
  readonly headers?: readonly string[]
}

/** Status and text of a DAV request. */
async function dav(who: { upn: string; password: string }, { method, path, body = '', headers = [] }: Asked) {
  const args = ['-s', '-S', '--noproxy', '*', '--max-time', '60', '-u', `${who.upn}:${who.password}`, '-X', method]
  const more = headers.flatMap((each) => ['-H', each])
  const sent = body === '' ? [] : ['--data-binary', '@-']
  const url = `${davMail.urls.caldav}/users/${who.upn}/${path}`
  const running = promisify(execFile)('curl', [...args, ...more, ...sent, '-w', '\n%{http_code}', url])
  running.child.stdin?.end(body)
  const { stdout } = await running
  const at = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(at + 1)), text: stdout.slice(0, at) }
}

const put = (who: typeof dave, path: string, body: string, type: string) =>
  dav(who, { method: 'PUT', path, body, headers: [`Content-Type: ${type}`] })

function event(uid: string, lines: readonly string[]): string {
  const head = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', 'BEGIN:VEVENT', `UID:${uid}`]
  return [...head, 'DTSTAMP:20260301T000000Z', ...lines, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n')
}

test('CalDAV: an event is written, listed, read, changed and deleted', async () => {
  const times = ['DTSTART:20261210T090000Z', 'DTEND:20261210T100000Z', 'LOCATION:Hall']
  const path = 'calendar/choir.ics'
  expect((await put(bob, path, event('choir', [...times, 'SUMMARY:Choir']), 'text/calendar')).status).toBe(201)
  const list = await dav(bob, {
    method: 'PROPFIND',
    path: 'calendar/',
    headers: ['Depth: 1', 'Content-Type: text/xml'],
    body: '<D:propfind xmlns:D="DAV:"><D:prop><D:getetag/></D:prop></D:propfind>',
  })
  // From Exchange 2010 on DavMail lists events by their ids.
  expect(list.text).toMatch(/calendar\/AAMk[^<]+\.EML/)
  const read = await dav(bob, { method: 'GET', path })
  expect(read.text).toMatch(/SUMMARY:Choir\r?\n/)
  expect(read.text).toContain('LOCATION:Hall')
  expect(read.text).toContain('DTSTART')
  expect((await put(bob, path, event('choir', [...times, 'SUMMARY:Choir late']), 'text/calendar')).status).toBeLessThan(
    300,
  )
  expect((await dav(bob, { method: 'GET', path })).text).toContain('SUMMARY:Choir late')
  expect((await dav(bob, { method: 'DELETE', path })).status).toBe(200)
  expect((await dav(bob, { method: 'GET', path })).status).toBe(404)
})

test('CalDAV: a series with an exception comes back as one', async () => {
  const series = event('weekly', [
    'DTSTART:20261203T090000Z',
    'DTEND:20261203T100000Z',
    'RRULE:FREQ=WEEKLY;COUNT=4',
    'EXDATE:20261217T090000Z',
    'SUMMARY:Weekly',
  ])
  expect((await put(bob, 'calendar/weekly.ics', series, 'text/calendar')).status).toBe(201)
  const { text } = await dav(bob, { method: 'GET', path: 'calendar/weekly.ics' })
  expect(text).toMatch(/RRULE:[^\r\n]*COUNT=4/)
  expect(text).toMatch(/EXDATE[^\r\n]*20261217/)
})

test('CardDAV: a contact is written, read and found', async () => {
  const card = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    'UID:ada',
    'FN:Ada Okafor',
    'N:Okafor;Ada;;;',
    'ORG:Example;Research',
    'TITLE:Engineer',
    'EMAIL;TYPE=WORK:ada@example.com',
    'TEL;TYPE=CELL:+1 555 0100',
    'ADR;TYPE=HOME:;;1 Main;Springfield;IL;12345;US',
    'NOTE:met at the fair',
    'END:VCARD',
    '',
  ].join('\r\n')
  expect((await put(bob, 'contacts/ada.vcf', card, 'text/vcard')).status).toBe(201)
  const { text } = await dav(bob, { method: 'GET', path: 'contacts/ada.vcf' })
  for (const each of [
    'FN:Ada Okafor',
    'N:Okafor;Ada',
    'TITLE:Engineer',
    'ada@example.com',
    '+1 555 0100',
    'Springfield',
    'met at the fair',
  ])
    expect(text).toContain(each)
  const books = await dav(bob, {
    method: 'PROPFIND',
    path: 'contacts/',
    headers: ['Depth: 1', 'Content-Type: text/xml'],
    body: '<D:propfind xmlns:D="DAV:"><D:prop><D:getetag/></D:prop></D:propfind>',
  })
  expect(books.text).toContain('ada.vcf')
})

test('IMAP: a text is searched for in whole messages', async () => {
  const args = ['-s', '-S', '--noproxy', '*', '--max-time', '60', '-u', `${bob.upn}:${bob.password}`]
  const search = async (criteria: string) =>
    (await promisify(execFile)('curl', [...args, `${davMail.urls.imap}/INBOX`, '-X', `SEARCH ${criteria}`])).stdout
  expect(await search('TEXT Spedition')).toMatch(/SEARCH \d+\r/)
  expect(await search('BODY Spedition')).toMatch(/SEARCH \d+\r/)
  expect(await search('FROM nobody-wrote-this')).toMatch(/SEARCH\s*\r/)
})
