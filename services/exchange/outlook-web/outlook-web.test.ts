import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SigningKey } from '#certs/authority.ts'
import { derivedGuid } from '#shared/scenario/identifiers.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { Message, Scenario } from '#shared/scenario/world.ts'
import { openMailboxOf, openStage, type Stage, signInOnline, testKeys } from '../_stage.ts'

const alice = 'alice@contoso.com'
let base: Scenario
let keys: Awaited<ReturnType<typeof testKeys>>
let entra: SigningKey

beforeAll(async () => {
  base = await loadDefaultScenario()
  keys = await testKeys()
  entra = await keys.key('Entra')
})

afterAll(() => keys.remove())

function withMail(...messages: readonly Partial<Message>[]): Scenario {
  const written = messages.map((message, index) => ({
    mailbox: alice,
    folder: 'Inbox' as const,
    from: 'Mallory <mallory@evil.example>',
    to: [alice],
    cc: [],
    subject: `Message ${index}`,
    receivedAt: '-PT1M',
    text: 'text',
    unread: true,
    importance: 'normal' as const,
    attachments: [],
    ...message,
  }))
  return { ...base, exchange: { ...base.exchange, messages: written } }
}

const idOf = (person: string, index: number) => derivedGuid('message', `${person}/${index}`)
const openMessage = (id: string) => `/owa/?ItemID=${id}&exvsurl=1&viewmodel=ReadMessageItem`
const lastEvent = (stage: Stage) => stage.events().at(-1)

function rowsOf(html: string): { unread: boolean; subject: string; url: string }[] {
  return [...html.matchAll(/<li class="(unread|read)" data-testid="message"><a href="([^"]+)">(.*?)<\/a>/gs)].map(
    ([, state, url = '', inner = '']) => ({
      unread: state === 'unread',
      url: url.replaceAll('&amp;', '&'),
      subject: /([^<>]*)<\/span><span class="preview">/.exec(inner)?.[1] ?? '',
    }),
  )
}

test('the inbox shows the newest message first, with what a list needs', async () => {
  await using stage = await openMailboxOf(alice, entra)
  const { body, headers } = await stage.person.get('/owa/')
  const rows = rowsOf(body)
  expect(rows.map((row) => row.subject).slice(0, 2)).toEqual([
    'Launch plan: can you look at slide 7?',
    'Storefront designs, second round',
  ])
  expect(rows.filter((row) => row.unread)).toHaveLength(3)
  expect(body).toMatch(
    /aria-current="page" data-testid="folder"><span class="name">Inbox<\/span> <span class="count" data-testid="unread-count">3</,
  )
  expect(body).toContain('<span class="hidden">Has attachments. </span>')
  expect(body).toContain('<span class="hidden">High importance. </span>')
  expect(body).toContain('<span class="upn">alice@contoso.com</span>')
  expect(headers['content-security-policy']).toContain("form-action 'self'")
})

test('a long folder is shown in pages that neither miss nor repeat a message', async () => {
  const messages = Array.from({ length: 60 }, (_, index) => ({
    subject: `Number ${index}`,
    receivedAt: `-PT${Math.floor(index / 4)}M`,
  }))
  await using stage = await openMailboxOf(alice, entra, withMail(...messages))
  const seen: string[] = []
  let url: string | undefined = '/owa/?path=/mail/inbox'
  for (let pages = 0; url !== undefined && pages < 10; pages++) {
    const { body }: { body: string } = await stage.person.get(url)
    seen.push(...rowsOf(body).map((row) => row.subject))
    url = /<a href="([^"]+)" rel="next">/.exec(body)?.[1]?.replaceAll('&amp;', '&')
  }
  expect(seen).toHaveLength(60)
  expect(new Set(seen).size).toBe(60)
  expect(seen[0]).toMatch(/^Number [0-3]$/)
})

test.each(['/owa/?path=/mail/nosuch', '/owa/?path=/mail/..%2f', `/owa/?path=/mail/${derivedGuid('folder', 'x')}`])(
  '%s is no folder of the mailbox',
  async (url) => {
    await using stage = await openMailboxOf(alice, entra)
    const { statusCode, body } = await stage.person.get(url)
    expect([statusCode, body.includes('Something went wrong')]).toEqual([404, true])
  },
)

test('opening a message shows it and marks it as read; a form makes it unread again', async () => {
  await using stage = await openMailboxOf(alice, entra)
  const [first] = rowsOf((await stage.person.get('/owa/')).body)
  const opened = await stage.person.get(first?.url ?? '')
  expect(opened.body).toContain('slide 7 still has last quarter&#39;s numbers')
  expect(opened.body).toContain('Erin Ek &lt;erin@contoso.com&gt;')
  expect(lastEvent(stage)).toMatchObject({ steps: ['WEB-ONLINE-6'], decisions: ['messagePage'] })
  expect(rowsOf((await stage.person.get('/owa/')).body)[0]?.unread).toBe(false)
  const canary = /name="X-OWA-CANARY" value="([^"]+)"/.exec(opened.body)?.[1] ?? ''
  expect(stage.person.cookie('X-OWA-CANARY')).toBe(canary)
  const form = { ItemID: idOf(alice, 0), action: 'unread', 'X-OWA-CANARY': canary }
  const { statusCode, headers } = await stage.person.post('/owa/message-action.owa', form)
  expect([statusCode, headers.location]).toEqual([303, '/owa/?path=%2fmail%2finbox'])
  expect(rowsOf((await stage.person.get('/owa/')).body)[0]?.unread).toBe(true)
})

test.each([
  ['no canary', {}],
  ['a guessed canary', { 'X-OWA-CANARY': 'x'.repeat(43) }],
  ['a canary twice', { 'X-OWA-CANARY': '' }],
])('a form with %s changes nothing', async (_what, field) => {
  await using stage = await openMailboxOf(alice, entra)
  await stage.person.get(openMessage(idOf(alice, 0)))
  const form = { ItemID: idOf(alice, 0), action: 'unread', ...field } as Record<string, string>
  expect((await stage.person.post('/owa/message-action.owa', form)).statusCode).toBe(449)
  expect(rowsOf((await stage.person.get('/owa/')).body)[0]?.unread).toBe(false)
})

test('nobody reads, changes or downloads from the mailbox of another, nor with the canary of another', async () => {
  const peers = () => ({ status: 200, body: JSON.stringify({ keys: [entra.publicJwk] }) })
  await using stage = await openStage({ name: 'exchange-online', peers, scenario: base })
  const [victim, other] = [
    await signInOnline(stage, entra, alice),
    await signInOnline(stage, entra, 'erin@contoso.com'),
  ]
  await victim.get('/owa/')
  const ownPage = await other.get('/owa/')
  const ownCanary = other.cookie('X-OWA-CANARY') ?? ''
  expect(ownPage.body).not.toContain(idOf(alice, 0))
  expect((await other.get(openMessage(idOf(alice, 0)))).statusCode).toBe(404)
  const attachment = `/owa/service.svc/s/GetFileAttachment?id=${idOf(alice, 5)}&index=0`
  expect((await victim.get(attachment)).statusCode).toBe(200)
  expect((await other.get(attachment)).statusCode).toBe(404)
  const form = { ItemID: idOf(alice, 0), unread: '0', 'X-OWA-CANARY': ownCanary }
  expect((await other.post('/owa/message-action.owa', form)).statusCode).toBe(404)
  expect((await victim.post('/owa/message-action.owa', form)).statusCode).toBe(449)
  expect(rowsOf((await victim.get('/owa/')).body)[0]?.unread).toBe(true)
})

test('an attachment is a download, whatever it calls itself', async () => {
  const attachments = [
    { name: 'call "notes" ü.txt', contentType: 'text/plain', text: 'notes' },
    { name: 'page.html', contentType: 'text/html', text: '<script>alert(1)</script>' },
    { name: 'drawing.svg', contentType: 'image/svg+xml', text: '<svg xmlns="http://www.w3.org/2000/svg"/>' },
  ]
  await using stage = await openMailboxOf(alice, entra, withMail({ attachments }))
  const page = await stage.person.get(openMessage(idOf(alice, 0)))
  const urls = [...page.body.matchAll(/href="([^"]+)" download data-testid="attachment"/g)].map(([, url = '']) =>
    url.replaceAll('&amp;', '&'),
  )
  const served = await Promise.all(urls.map((url) => stage.person.get(url)))
  expect(served.map(({ headers }) => headers['content-type'])).toEqual([
    'text/plain',
    'application/octet-stream',
    'application/octet-stream',
  ])
  expect(served.map(({ body }) => body)).toEqual(attachments.map((each) => each.text))
  for (const { headers } of served) {
    expect(headers['content-disposition']).toMatch(/^attachment; /)
    expect(headers['content-security-policy']).toBe("default-src 'none'; sandbox")
    expect(headers['x-content-type-options']).toBe('nosniff')
  }
  expect(served[0]?.headers['content-disposition']).toBe(
    `attachment; filename="call _notes_ _.txt"; filename*=UTF-8''call%20%22notes%22%20%C3%BC.txt`,
  )
})

test.each(['9', '-1', 'x', '__proto__', ''])('attachment number %j is not there', async (index) => {
  await using stage = await openMailboxOf(alice, entra)
  const { statusCode } = await stage.person.get(
    `/owa/service.svc/s/GetFileAttachment?id=${idOf(alice, 0)}&index=${index}`,
  )
  expect(statusCode).toBe(404)
})

test('text of a message is text', async () => {
  const subject = '<img src=x onerror=alert(1)>'
  await using stage = await openMailboxOf(
    alice,
    entra,
    withMail({ subject, text: '<script>alert(2)</script>', from: '"<b>" <b@x.example>' }),
  )
  for (const url of ['/owa/', openMessage(idOf(alice, 0))]) {
    const { body } = await stage.person.get(url)
    expect(body).not.toMatch(/<script>|<img|<b>/)
    expect(body).toContain('&lt;img src=x onerror=alert(1)&gt;')
  }
})

test.each([
  {
    url: '/owa/',
    headers: { 'x-owa-version': '15.20.7587.36', 'x-feserver': 'MK0PR01MB0001', 'x-frame-options': 'SAMEORIGIN' },
  },
  {
    url: '/owa/',
    headers: { 'x-owa-minimumsupportedowsversion': 'V2_6', 'x-backendhttpstatus': '200', expires: '-1' },
  },
  { url: '/owa/', headers: { 'ms-cv': expect.stringMatching(/^[A-Za-z0-9+/]{22}\.0$/), 'x-rum-validated': '1' } },
  { url: '/', headers: { location: 'https://outlook.office.com/owa/' } },
  { url: '/owa/auth/errorfe.aspx', headers: { 'x-owa-version': '15.20.7587.36', 'x-content-type-options': 'nosniff' } },
])('$url carries the headers of the servers it passed', async ({ url, headers }) => {
  await using stage = await openMailboxOf(alice, entra)
  const answer = await stage.person.get(url)
  expect(answer.headers).toMatchObject(headers)
  expect(answer.headers['request-id']).toBe(lastEvent(stage)?.id)
})

test('a mailbox page names its back end', async () => {
  await using stage = await openMailboxOf(alice, entra)
  const { headers } = await stage.person.get('/owa/')
  expect(headers['x-beserver']).toMatch(/^MK0PR01MB000[12]$/)
  expect(headers['x-calculatedbetarget']).toBe(`${headers['x-beserver']}.mockprd01.prod.outlook.com`.toLowerCase())
})

test.each([
  ['<script>alert(1)</script>', 'no errorfe text of a stranger'],
  ['constructor', 'no property of an object'],
  ['WrongAudienceUriOrBadSigningCert', 'the known one'],
])('errorfe.aspx?msg=%s shows %s', async (msg) => {
  await using stage = await openMailboxOf(alice, entra)
  const { body } = await stage.person.get(`/owa/auth/errorfe.aspx?msg=${encodeURIComponent(msg)}`)
  expect(body).toContain(msg.startsWith('Wrong') ? 'signed with a certificate' : 'An unexpected error occurred.')
  expect(body).not.toContain('<script')
})

test.each([
  ['%2fowa%2f%3fpath%3d%2fmail%2fdrafts', 'href="/owa/?path=/mail/drafts"'],
  ['%2f%2fevil.example', 'href="/owa/"'],
  ['https%3a%2f%2fevil.example', 'href="/owa/"'],
])('the time-out page after ru=%s offers %s', async (ru, link) => {
  await using stage = await openMailboxOf(alice, entra)
  expect((await stage.person.get(`/owa/auth/TimeoutLogout.aspx?ru=${ru}`)).body).toContain(link)
})

test('what the pages have no face for is a gap, said in so many words', async () => {
  await using stage = await openMailboxOf(alice, entra)
  for (const send of [
    () => stage.person.post('/owa/service.svc?action=FindItem', {}),
    () => stage.person.get('/owa/service.svc/s/GetPersonaPhoto?email=a'),
    () => stage.person.get('/ecp/Reporting/'),
  ]) {
    const { statusCode, body } = await send()
    expect([statusCode, body]).toEqual([501, expect.stringContaining('services/exchange/README.md')])
  }
  expect((await stage.person.get('/owa/nothing.aspx')).statusCode).toBe(404)
})

test('the stylesheet is served to anybody', async () => {
  await using stage = await openMailboxOf(alice, entra)
  const link = /<link rel="stylesheet" href="([^"]+)">/.exec((await stage.person.get('/owa/')).body)?.[1] ?? ''
  const { statusCode, headers } = await stage.browser('outlook.office.com').get(link)
  expect([statusCode, headers['content-type']]).toEqual([200, 'text/css; charset=utf-8'])
})
