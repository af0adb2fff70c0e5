import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SigningKey } from '#certs/authority.ts'
import { derivedGuid } from '#shared/scenario/identifiers.ts'
import { runCmdlet } from '../../_cmdlet.ts'
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

type PersonStage = Stage & { readonly person: Browser }
type Fields = Readonly<Record<string, string>>

async function submit(person: Browser, fields: Fields, files: readonly File[] = []) {
  const form = new FormData()
  const preset = { mode: 'new', ItemID: '', to: '', cc: '', bcc: '', subject: '', body: '', importance: 'normal' }
  const all = { ...preset, 'X-OWA-CANARY': person.cookie('X-OWA-CANARY') ?? '', action: 'send', ...fields }
  for (const [name, value] of Object.entries(all)) form.append(name, value)
  for (const file of files) form.append('attachments', file)
  return person.postMultipart('/owa/compose.owa', form)
}

async function openMail(): Promise<PersonStage> {
  const stage = await openMailboxOf(alice, entra)
  await stage.person.get('/owa/')
  return stage
}

const linksIn = (html: string) =>
  [...html.matchAll(/data-testid="message"><a href="([^"]+)">/g)].map(([, url = '']) => url.replaceAll('&amp;', '&'))
const folder = (person: Browser, name: string) => person.get(`/owa/?path=/mail/${name}`)

async function firstOf(person: Browser, name: string) {
  const [url = ''] = linksIn((await folder(person, name)).body)
  return { url, html: (await person.get(url)).body }
}

test('a message with an attachment reaches the other mailbox, and Sent Items keeps it', async () => {
  await using stage = await openMail()
  const file = new File(['a,b'], 'C:\\fakepath\\numbers.csv', { type: 'text/csv' })
  const sent = await submit(stage.person, { to: peggy, subject: 'Numbers', body: 'Here they are' }, [file])
  expect([sent.statusCode, sent.headers.location]).toEqual([303, '/owa/?path=%2fmail%2finbox'])
  const other = await signInOnline(stage, entra, peggy)
  const arrived = await firstOf(other, 'inbox')
  expect(arrived.html).toContain('Here they are')
  expect(arrived.html).toContain('>numbers.csv</a>')
  expect(arrived.html).toContain('alice@contoso.com')
  const copy = (await firstOf(stage.person, 'sentitems')).html
  expect(copy).toContain('>Numbers</h1>')
  expect([copy, arrived.html].map((html) => /<dt>(Sent|Received)<\/dt>/.exec(html)?.[1])).toEqual(['Sent', 'Received'])
})

test('whoever is in Bcc gets the message and is not named in it', async () => {
  await using stage = await openMail()
  await submit(stage.person, { to: alice, bcc: `Peggy <${peggy}>`, subject: 'Quietly' })
  const other = await signInOnline(stage, entra, peggy)
  const arrived = await firstOf(other, 'inbox')
  expect(arrived.html).toContain('>Quietly</h1>')
  const shown = arrived.html.slice(arrived.html.indexOf('<dl class="head">'), arrived.html.indexOf('</dl>'))
  expect(shown).not.toContain(peggy)
})

test.each([
  { mode: 'reply', to: /value="&quot;Peggy Patel&quot; &lt;peggy@fabrikam\.com&gt;"/, subject: 'Re: Storefront' },
  { mode: 'forward', to: /name="to" type="text" value=""/, subject: 'Fw: Storefront' },
])('$mode begins with the original', async ({ mode, to, subject }) => {
  await using stage = await openMail()
  const id = derivedGuid('message', `${alice}/1`)
  const { body } = await stage.person.get(`/owa/?path=/mail/action/compose&mode=${mode}&ItemID=${id}`)
  expect(body).toMatch(to)
  expect(body).toContain(`value="${subject}`)
  expect(body).toContain('I like B best')
})

test('a quoted message says when it was sent, in the zone of whoever answers', async () => {
  await using stage = await openMail()
  const { person } = stage
  const id = derivedGuid('message', `${alice}/1`)
  const sentLine = async () => {
    const { body } = await person.get(`/owa/?path=/mail/action/compose&mode=reply&ItemID=${id}`)
    return /^Sent: .*$/m.exec(body)?.[0].trim()
  }
  expect(await sentLine()).toBe('Sent: Monday, March 2, 2026 10:20 AM')
  const canary = person.cookie('X-OWA-CANARY') ?? ''
  const settings = { action: 'regional', zone: 'Pacific Standard Time', weekStart: 'Sunday' }
  await person.post('/owa/options.owa', { 'X-OWA-CANARY': canary, ...settings })
  expect(await sentLine()).toBe('Sent: Monday, March 2, 2026 2:20 AM')
})

test('a draft is kept, changed, and sent with what was attached', async () => {
  await using stage = await openMail()
  const file = new File(['x'], 'plan.txt', { type: 'text/plain' })
  const saved = await submit(stage.person, { action: 'save', to: peggy, subject: 'Later', body: 'One' }, [file])
  const url = String(saved.headers.location)
  const again = (await stage.person.get(url)).body
  expect(again).toContain('data-testid="carried">plan.txt<')
  const id = /name="ItemID" value="([^"]+)"/.exec(again)?.[1] ?? ''
  expect(linksIn((await folder(stage.person, 'drafts')).body)).toHaveLength(1)
  const sent = await submit(stage.person, { mode: 'draft', ItemID: id, to: peggy, subject: 'Now', body: 'Two' })
  expect(sent.statusCode).toBe(303)
  expect(linksIn((await folder(stage.person, 'drafts')).body)).toHaveLength(0)
  const arrived = await firstOf(await signInOnline(stage, entra, peggy), 'inbox')
  expect(arrived.html).toContain('>plan.txt</a>')
  expect(arrived.html).toContain('Two')
})

test('HTML is cleaned, travels beside its text, and its pictures as parts of the message', async () => {
  await using stage = await openMail()
  const { person } = stage
  const picture = 'iVBORw0KGgo='
  const html = `<div onclick="x()">Hello <b>Peggy</b></div><ul><li>one</li></ul><img src="data:image/png;base64,${picture}"><script>x()</script>`
  const saved = await submit(person, { action: 'save', to: peggy, subject: 'Rich', body: 'ignored', html })
  const draft = (await person.get(String(saved.headers.location))).body
  expect(draft).toContain(
    `<div>Hello <b>Peggy</b></div><ul><li>one</li></ul><img src="data:image/png;base64,${picture}"`,
  )
  expect(draft).not.toContain('data-testid="carried"')
  const ItemID = /name="ItemID" value="([^"]+)"/.exec(draft)?.[1] ?? ''
  await submit(person, { mode: 'draft', ItemID, to: peggy, subject: 'Rich', html })
  const other = await signInOnline(stage, entra, peggy)
  const { html: page, url } = await firstOf(other, 'inbox')
  expect(page).toContain(`<b>Peggy</b></div><ul><li>one</li></ul><img src="data:image/png;base64,${picture}"`)
  const id = new URL(url, 'https://x').searchParams.get('ItemID') ?? ''
  const source = (await other.get(`/owa/service.svc/s/GetMessageSource?id=${id}`)).body
  expect(source.match(/^Content-Type: [^;\r]+/gim)?.map((line) => line.slice(14))).toEqual([
    'multipart/alternative',
    'text/plain',
    'multipart/related',
    'text/html',
    'image/png',
  ])
  expect(source).toMatch(/\r\n\r\nHello Peggy\r\n\r?\n?one/)
  expect(source).not.toMatch(/onclick|<script/)
})

test('the sender keeps the message that was sent, under its id', async () => {
  await using stage = await openMail()
  await submit(stage.person, { to: peggy, subject: 'One id', body: 'x' })
  const rows = await stage.store.db
    .selectFrom('item')
    .select('internet_message_id')
    .where('subject', '=', 'One id')
    .execute()
  expect(new Set(rows.map((row) => row.internet_message_id)).size).toBe(1)
  expect(rows).toHaveLength(2)
})

test('what is saved while somebody writes is one draft, which the sent message ends; the answer is noted', async () => {
  await using stage = await openMail()
  const { person } = stage
  const original = derivedGuid('message', `${alice}/1`)
  const writing = { mode: 'reply', ItemID: original, answers: `reply ${original}`, to: peggy, subject: 'Re: x' }
  const first = await submit(person, { ...writing, action: 'autosave', body: 'One' })
  const { ItemID, url } = first.json()
  const again = { ...writing, mode: 'draft', ItemID }
  expect((await submit(person, { ...again, action: 'autosave', body: 'One two' })).json()).toEqual({ ItemID, url })
  expect(linksIn((await folder(person, 'drafts')).body)).toHaveLength(1)
  expect((await person.get(url)).body).toContain('>One two</textarea>')
  await submit(person, { ...again, body: 'One two three' })
  expect(linksIn((await folder(person, 'drafts')).body)).toHaveLength(0)
  const arrived = await firstOf(await signInOnline(stage, entra, peggy), 'inbox')
  expect(arrived.html).toContain('One two three')
  const answered = await stage.store.db.selectFrom('item').select('last_verb').where('id', '=', original).execute()
  expect(answered).toEqual([{ last_verb: 'reply' }])
})

test.each([
  { what: 'no recipient', fields: { to: '' }, says: 'There is no recipient.' },
  {
    what: 'something else than addresses',
    fields: { to: 'Peggy; a@b@c' },
    says: 'These are no mail addresses: Peggy, a@b@c',
  },
])('$what: nothing is sent, and nothing typed is lost', async ({ fields, says }) => {
  await using stage = await openMail()
  const file = new File(['x'], 'kept.txt', { type: 'text/plain' })
  const answer = await submit(stage.person, { subject: 'Typed', body: 'Long text', ...fields }, [file])
  expect(answer.statusCode).toBe(400)
  for (const part of [says, 'value="Typed"', 'Long text', 'kept.txt']) expect(answer.body).toContain(part)
  expect(linksIn((await folder(stage.person, 'sentitems')).body).length).toBe(
    stage.scenario.exchange.messages.filter((each) => each.mailbox === alice && each.folder === 'Sent Items').length,
  )
})

test.each([
  { limits: { ProhibitSendQuota: '1KB' }, status: 507, says: 'too full to send' },
  { limits: { MaxSendSize: '4KB' }, status: 413, says: 'larger than you may send' },
  { limits: { ProhibitSendReceiveQuota: '1KB' }, status: 507, says: 'Your mailbox is full' },
])('beyond $limits nothing is sent', async ({ limits, status, says }) => {
  await using stage = await openMail()
  await runCmdlet(stage, 'Set-Mailbox', { Identity: alice, ...limits })
  const sent = await submit(stage.person, { to: peggy, subject: 'Much', body: 'x'.repeat(6000) })
  expect([sent.statusCode, sent.body]).toEqual([status, expect.stringContaining(says)])
  expect((await folder(stage.person, 'sentitems')).body).not.toContain('Much')
  const other = await signInOnline(stage, entra, peggy)
  expect((await folder(other, 'inbox')).body).not.toContain('Much')
})

test('an unknown recipient of the organization comes back as a report', async () => {
  await using stage = await openMail()
  await submit(stage.person, { to: 'nobody@contoso.com', subject: 'Anyone?' })
  expect((await firstOf(stage.person, 'inbox')).html).toContain('Undeliverable: Anyone?')
})

test.each([
  { what: 'a forged canary', fields: { 'X-OWA-CANARY': 'forged' }, status: 449 },
  { what: "another's message", fields: { mode: 'draft', ItemID: derivedGuid('message', `${peggy}/0`) }, status: 404 },
] as { what: string; fields: Fields; status: number }[])('$what is refused', async ({ fields, status }) => {
  await using stage = await openMail()
  expect((await submit(stage.person, { to: peggy, ...fields })).statusCode).toBe(status)
})

test.each([
  ...['../../etc/passwd', '..%2f..%2fetc', "' or 1=1 --", '\0', 'a'.repeat(10_000), '%'].map((id) => ({ id })),
  { id: derivedGuid('message', `${peggy}/0`) },
])('nothing is found under the id $id, on any path that takes one', async ({ id }) => {
  await using stage = await openMail()
  const { person } = stage
  const ItemID = encodeURIComponent(id)
  const reads = [
    `/owa/?ItemID=${ItemID}`,
    `/owa/?path=/mail/action/compose&mode=draft&ItemID=${ItemID}`,
    `/owa/?path=/calendar/item&ItemID=${ItemID}`,
    `/owa/?path=/people/item&ItemID=${ItemID}`,
    `/owa/?path=${encodeURIComponent(`/mail/${id}`)}`,
    `/owa/service.svc/s/GetFileAttachment?id=${ItemID}&index=0`,
    `/owa/service.svc/s/GetMessageSource?id=${ItemID}`,
  ]
  const canary = person.cookie('X-OWA-CANARY') ?? ''
  const changes: readonly (readonly [string, Fields])[] = [
    ['/owa/message-action.owa', { action: 'delete', ItemID: id }],
    ['/owa/folder-action.owa', { action: 'empty', folder: id }],
    ['/owa/calendar.owa', { action: 'delete', ItemID: id }],
    ['/owa/people.owa', { action: 'delete', ItemID: id }],
  ]
  for (const url of reads) expect([url, (await person.get(url)).statusCode]).toEqual([url, 404])
  for (const [url, form] of changes) {
    const { statusCode } = await person.post(url, { ...form, 'X-OWA-CANARY': canary })
    expect([url, statusCode]).toEqual([url, 404])
  }
})

test('a form that is no form is refused', async () => {
  await using stage = await openMail()
  const headers = { 'content-type': 'multipart/form-data' }
  expect((await stage.person.post('/owa/compose.owa', {}, headers)).statusCode).toBe(400)
})

test('messages are flagged, moved and deleted; search finds them by words', async () => {
  await using stage = await openMail()
  const { person } = stage
  const id = derivedGuid('message', `${alice}/1`)
  const canary = person.cookie('X-OWA-CANARY') ?? ''
  const act = (action: string, more: Fields = {}) =>
    person.post('/owa/message-action.owa', { ItemID: id, action, 'X-OWA-CANARY': canary, ...more })
  await act('flag')
  expect((await person.get('/owa/')).body).toContain('<span class="hidden">Flagged. </span>')
  const archive = /<option value="([^"]+)">Archive</.exec((await person.get(`/owa/?ItemID=${id}`)).body)?.[1] ?? ''
  expect((await act('move', { folder: archive })).statusCode).toBe(303)
  expect((await folder(person, 'archive')).body).toContain('Storefront designs')
  const found = await person.get('/owa/?path=/mail/search&q=storefront%20easier')
  expect(linksIn(found.body)).toHaveLength(1)
  const search = async (q: string, scope: string) =>
    linksIn((await person.get(`/owa/?path=/mail/search&q=${q}&in=${scope}`)).body).length
  expect(await search('storefront', 'archive')).toBe(1)
  expect(await search('storefront', 'inbox')).toBe(0)
  expect(await search('is:flagged', 'archive')).toBe(1)
  expect(await search('is:flagged', 'inbox')).toBe(0)
  const moved = new URLSearchParams(linksIn(found.body)[0]?.split('?')[1]).get('ItemID') ?? ''
  await act('delete', { ItemID: moved })
  expect((await folder(person, 'deleteditems')).body).toContain('Storefront designs')
  expect((await act('explode')).statusCode).toBe(404)
  expect((await act('move', { folder: 'nowhere' })).statusCode).toBe(404)
})
