import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, openStage, type Stage, signInOnline, testKeys } from '../_stage.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import { relationalRecipientStore } from '../mailbox/relational-recipient-store.ts'
import { relationalOrganizationStore } from '../organization/organization-store.ts'
import { type AccessRight, type PermissionStore, relationalPermissionStore } from '../organization/permission-store.ts'
import { requestsToAnother } from '../routes.ts'

const [erin, carol] = ['erin@contoso.com', 'carol@contoso.com']
const open = new AsyncDisposableStack()
let stage: Stage
let alice: Browser
let permissions: PermissionStore
let person: (address: string) => Promise<Recipient>

beforeAll(async () => {
  const keys = await testKeys()
  const entra = await keys.key('Entra')
  keys.remove()
  const peers = () => ({ status: 200, body: JSON.stringify({ keys: [entra.publicJwk] }) })
  stage = open.use(await openStage({ name: 'exchange-online', peers }))
  permissions = relationalPermissionStore(stage.store.db)
  const recipients = relationalRecipientStore(stage.store.db, stage.clock)
  person = async (address) => (await recipients.findRecipient('emailAddress', address)) as Recipient
  alice = await signInOnline(stage, entra, 'alice@contoso.com')
  await alice.get('/owa/')
})

afterAll(() => open.disposeAsync())

/** All that Alice may do with Erin's mailbox. */
async function grant(...rights: readonly AccessRight[]) {
  const [owner, trustee] = [await person(erin), await person('alice@contoso.com')]
  await permissions.forget(owner.objectGuid)
  for (const right of rights)
    await permissions.keep({
      objectGuid: owner.objectGuid,
      trusteeGuid: trustee.objectGuid,
      right,
      isDenied: false,
      autoMapping: true,
    })
}

const stranger = '/owa/auth/errorfe.aspx?redirectType=0&httpCode=500&msg=ExplicitLogon'
const requests = (address: string) => requestsToAnother(address).map(([method, url]) => ({ method, url }))

function send(browser: Browser, { method, url }: { readonly method: 'GET' | 'POST'; readonly url: string }, form = {}) {
  return method === 'GET' ? browser.get(url) : browser.post(url, form)
}

test('there are requests to the mailboxes of others', () => {
  expect(requests(erin).length).toBeGreaterThan(25)
})

test.each(requests(carol))('without Full Access $method $url opens nothing', async (request) => {
  const canary = { 'X-OWA-CANARY': alice.cookie('X-OWA-CANARY') ?? '' }
  const { statusCode, headers } = await send(alice, request, canary)
  expect([statusCode, headers.location]).toEqual([302, expect.stringContaining(stranger)])
  expect(stage.events().at(-1)?.user).toBe('alice@contoso.com')
})

test.each(requests(erin))('without a session $method $url leads to the sign-in', async (request) => {
  const { statusCode, headers } = await send(stage.browser('outlook.office.com'), request)
  if (request.method === 'POST') expect(statusCode).toBe(440)
  else expect([statusCode, headers.location]).toEqual([302, expect.stringContaining('/oauth2/authorize?')])
})

test('a mailbox that is not there is refused as one that is shut', async () => {
  const { headers } = await alice.get('/owa/nobody@contoso.com/')
  expect(headers.location).toBe((await alice.get(`/owa/${carol}/`)).headers.location)
})

test.each(['SendAs', 'SendOnBehalf', 'ReadPermission'] as const)('%s alone opens no mailbox', async (right) => {
  await grant(right)
  expect((await alice.get(`/owa/${erin}/`)).headers.location).toContain(stranger)
})

test('with Full Access the mailbox opens, says whose it is, and its links stay in it', async () => {
  await grant('FullAccess')
  expect((await alice.get(`/owa/${erin}?path=/calendar`)).headers.location).toBe(`/owa/${erin}/?path=/calendar`)
  const { statusCode, body } = await alice.get(`/owa/${erin}/`)
  expect(statusCode).toBe(200)
  expect(body).toMatch(/data-testid="opened-mailbox">Mailbox of <strong>Erin /)
  expect(body).toContain('<span class="upn">alice@contoso.com</span>')
  const links = [...body.matchAll(/(?:href|action|data-live|data-source)="(\/owa\/?[^"]*)"/g)].map(([, url]) => url)
  const outside = links.filter((url) => !url?.startsWith(`/owa/${erin}/`))
  expect(links.length).toBeGreaterThan(15)
  expect(outside).toEqual([expect.stringContaining('/themes/outlook.css'), '/owa/logoff.owa', '/owa'])
  expect(stage.events().at(-1)).toMatchObject({
    user: 'alice@contoso.com',
    decisions: ['mailboxOpened', 'mailboxPage'],
  })
})

test('the own address opens the own mailbox', async () => {
  const { statusCode, body } = await alice.get('/owa/Alice@contoso.com/')
  expect([statusCode, body.includes('opened-mailbox')]).toEqual([200, false])
})

test('a canary of the own mailbox is none of another, and the other way round', async () => {
  await grant('FullAccess')
  const own = alice.cookie('X-OWA-CANARY') ?? ''
  const other = await canaryOfErin()
  expect(other).not.toBe(own)
  const act = (url: string, canary: string) =>
    alice.post(url, { 'X-OWA-CANARY': canary, action: 'create', name: 'Plans', parent: '' })
  expect((await act(`/owa/${erin}/folder-action.owa`, own)).statusCode).toBe(449)
  expect((await act('/owa/folder-action.owa', other)).statusCode).toBe(449)
  const made = await act(`/owa/${erin}/folder-action.owa`, other)
  expect([made.statusCode, made.headers.location]).toEqual([303, expect.stringContaining(`/owa/${erin}/?path=`)])
  expect((await alice.get('/owa/')).body).not.toContain('Plans')
  expect((await alice.get(`/owa/${erin}/`)).body).toContain('Plans')
})

async function canaryOfErin(): Promise<string> {
  const { body } = await alice.get(`/owa/${erin}/?path=/mail/action/compose`)
  return /name="X-OWA-CANARY" value="([^"]+)"/.exec(body)?.[1] ?? ''
}

test('taking Full Access away shuts the mailbox at once, and lets the own session be', async () => {
  await grant('FullAccess')
  const canary = await canaryOfErin()
  await grant()
  const posted = await alice.post(`/owa/${erin}/message-action.owa`, { 'X-OWA-CANARY': canary })
  expect(posted.headers.location).toContain(stranger)
  expect((await alice.get('/owa/')).statusCode).toBe(200)
})

test('news of another mailbox is told to whoever has it open', async () => {
  await grant('FullAccess')
  const news = `/owa/${erin}/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&UA=0`
  const before = (await alice.get(`${news}&number=-1`)).json()
  const mime = Buffer.from(`From: x@y.example\r\nTo: ${erin}\r\nSubject: News\r\n\r\nNews\r\n`).toString('base64')
  await stage.management.inject({ method: 'POST', url: `/mailboxes/${erin}/messages`, payload: { mime } })
  const after = (await alice.get(`${news}&number=${before.number}`)).json()
  expect(after.unread).toBe(before.unread + 1)
})

test("the devices of another's mailbox are not a visitor's", async () => {
  await grant('FullAccess')
  const page = await alice.get(`/owa/${erin}/?path=/options/mobiledevices`)
  const wipe = { 'X-OWA-CANARY': await canaryOfErin(), action: 'wipe', deviceId: 'x' }
  const posted = await alice.post(`/owa/${erin}/options.owa`, wipe)
  expect([page.statusCode, posted.statusCode]).toEqual([403, 403])
})

test('"Open another mailbox" finds people by address, name and alias, and lists what is shared', async () => {
  await grant('FullAccess')
  const page = '/owa/?path=/mail/action/open'
  const asked = await Promise.all(
    ['Erin@contoso.com', 'erin', 'nobody here'].map((name) => alice.get(`${page}&mailbox=${name}`)),
  )
  expect(asked.map(({ headers, statusCode }) => headers.location ?? statusCode)).toEqual([
    `/owa/${erin}`,
    `/owa/${erin}`,
    404,
  ])
  expect((await alice.get(page)).body).toContain(`<a href="/owa/${erin}" data-testid="openable">Erin`)
})

async function compose(base: string, fields: Readonly<Record<string, string>>) {
  const { body } = await alice.get(`${base}?path=/mail/action/compose`)
  const form = new FormData()
  const canary = /name="X-OWA-CANARY" value="([^"]+)"/.exec(body)?.[1] ?? ''
  const all = { 'X-OWA-CANARY': canary, action: 'send', to: carol, subject: 'Hello', body: 'Hi', ...fields }
  for (const [name, value] of Object.entries(all)) form.append(name, value)
  return alice.postMultipart(`${base}compose.owa`, form)
}

/** Who sent the messages of a folder that have the subject: From, and Sender where there is one. */
async function sendersIn(mailbox: string, folder: string, subject: string) {
  const messages = `/mailboxes/${mailbox}/messages`
  const ask = async (url: string) => (await stage.management.inject({ method: 'GET', url })).json()
  const listed: readonly { readonly id: string; readonly subject: string }[] = (
    await ask(`${messages}?folder=${folder}`)
  ).messages
  const found = listed.filter((each) => each.subject === subject)
  const read = await Promise.all(found.map(({ id }) => ask(`${messages}/${id}`)))
  return read.map(({ mime }) => {
    const lines = Buffer.from(mime, 'base64')
      .toString('latin1')
      .matchAll(/^(From|Sender): (.*?)\r?$/gm)
    return Object.fromEntries([...lines].map(([, name, value]) => [name, value]))
  })
}

const [asAlice, asErin] = [expect.stringContaining('<alice@contoso.com>'), expect.stringContaining(`<${erin}>`)]

test.each([
  { rights: ['SendAs'], base: '/owa/', from: erin, head: { From: asErin } },
  { rights: ['SendOnBehalf'], base: '/owa/', from: erin, head: { From: asErin, Sender: asAlice } },
  { rights: ['SendAs', 'SendOnBehalf'], base: '/owa/', from: '', head: { From: asAlice } },
  { rights: ['FullAccess', 'SendAs'], base: `/owa/${erin}/`, from: '', head: { From: asErin } },
  { rights: ['FullAccess', 'SendOnBehalf'], base: `/owa/${erin}/`, from: '', head: { From: asErin, Sender: asAlice } },
  { rights: ['FullAccess'], base: `/owa/${erin}/`, from: 'alice@contoso.com', head: { From: asAlice } },
] as const)('$rights below $base, From "$from": the message says $head', async ({ rights, base, from, head }) => {
  await grant(...rights)
  const subject = `By ${rights}, ${from}, ${base}`
  expect((await compose(base, { from, subject })).statusCode).toBe(303)
  expect(await sendersIn(carol, 'inbox', subject)).toEqual([head])
  const sender = base === '/owa/' ? 'alice@contoso.com' : erin
  expect(await sendersIn(sender, 'sentitems', subject)).toEqual([head])
})

test.each([
  { right: 'SendAs', setting: 'MessageCopyForSentAsEnabled', copies: 1 },
  { right: 'SendAs', setting: 'MessageCopyForSendOnBehalfEnabled', copies: 0 },
  { right: 'SendOnBehalf', setting: 'MessageCopyForSendOnBehalfEnabled', copies: 1 },
  { right: 'SendOnBehalf', setting: 'MessageCopyForSentAsEnabled', copies: 0 },
] as const)(
  '$right with $setting keeps $copies in Sent Items of whose name it is',
  async ({ right, setting, copies }) => {
    await grant(right)
    const { objectGuid } = await person(erin)
    const settings = { MessageCopyForSentAsEnabled: false, MessageCopyForSendOnBehalfEnabled: false, [setting]: true }
    await relationalOrganizationStore(stage.store.db).changeRecipientSettings(objectGuid, settings)
    const subject = `${right} ${setting}`
    expect((await compose('/owa/', { from: erin, subject })).statusCode).toBe(303)
    expect(await sendersIn(erin, 'sentitems', subject)).toHaveLength(copies)
    expect(await sendersIn('alice@contoso.com', 'sentitems', subject)).toHaveLength(1)
  },
)

test.each([
  { rights: [], base: '/owa/', from: erin },
  { rights: ['FullAccess'], base: '/owa/', from: erin },
  { rights: ['FullAccess'], base: `/owa/${erin}/`, from: '' },
  { rights: ['SendAs'], base: '/owa/', from: 'president@outside.example' },
] as const)(
  '$rights below $base, From "$from": nothing is sent, and the form says why',
  async ({ rights, base, from }) => {
    await grant(...rights)
    const subject = `Not by ${rights}, ${from}, ${base}`
    const { statusCode, body } = await compose(base, { from, subject })
    expect([statusCode, body]).toEqual([
      400,
      expect.stringContaining('on behalf of this user unless you have permission'),
    ])
    expect(await sendersIn(carol, 'inbox', subject)).toEqual([])
  },
)

test.each([
  { rights: ['FullAccess'], attendees: '', status: 303, invited: [] },
  { rights: ['FullAccess'], attendees: carol, status: 403, invited: [] },
  { rights: ['FullAccess', 'SendAs'], attendees: carol, status: 303, invited: [{ From: asErin }] },
  {
    rights: ['FullAccess', 'SendOnBehalf'],
    attendees: carol,
    status: 303,
    invited: [{ From: asErin, Sender: asAlice }],
  },
] as const)('with $rights an appointment with "$attendees" is answered $status', async ({ rights, ...meeting }) => {
  await grant(...rights)
  const subject = `Meeting by ${rights}, ${meeting.attendees}`
  const { statusCode } = await alice.post(`/owa/${erin}/calendar.owa`, {
    'X-OWA-CANARY': await canaryOfErin(),
    ...{ action: 'save', subject, attendees: meeting.attendees, repeat: 'none' },
    ...{ startDate: '2026-03-16', startTime: '10:00', endDate: '2026-03-16', endTime: '11:00' },
  })
  expect(statusCode).toBe(meeting.status)
  expect(await sendersIn(carol, 'inbox', subject)).toEqual(meeting.invited)
})
