import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { eventually } from '../actors/eventually.ts'
import { attemptCmdlet, type Place, runCmdlet } from '../actors/exchange-shell.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, bob } from '../actors/people.ts'
import { requestThrough } from '../actors/request-through.ts'
import { worldOf } from '../actors/world.ts'

const open = new AsyncDisposableStack()
let stack: Stack
let lab: Lab

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
})
beforeEach(async () => {
  await lab.reset()
  const administrator = { Identity: 'Organization Management', Member: 'dave@contoso.com' }
  await cmdlet('exchange-onprem', 'Add-RoleGroupMember', administrator)
})
afterAll(() => open.disposeAsync())

const attempt = (place: Place, name: string, parameters: object = {}) => attemptCmdlet(lab, place, name, parameters)
const cmdlet = (place: Place, name: string, parameters: object = {}) => runCmdlet(lab, place, name, parameters)

const dave = { UserName: 'CONTOSO\\dave', Password: 'Dave-Pass4' }
const host = { RemoteHostName: 'mail.contoso.com', RemoteCredential: dave }
const inbound = { Remote: true, TargetDeliveryDomain: 'contoso.mail.onmicrosoft.com', ...host }
const outbound = { Outbound: true, RemoteTargetDatabase: 'DB1', TargetDeliveryDomain: 'contoso.com', ...host }

const move = (Identity: string, parameters: object) =>
  cmdlet('exchange-online', 'New-MoveRequest', { Identity, ...parameters })

async function moveEnds(Identity: string, status: string): Promise<Record<string, unknown>> {
  const look = async () => (await cmdlet('exchange-online', 'Get-MoveRequestStatistics', { Identity }))[0] ?? {}
  await eventually(async () => expect(await look()).toMatchObject({ Status: status }))
  return look()
}

async function mail(deployment: Place, upn: string): Promise<readonly Record<string, unknown>[]> {
  const { json } = await lab.call('GET', `/api/exchange/${deployment}/mailboxes/${upn}/messages`)
  return (json as { messages: Record<string, unknown>[] }).messages.map(({ id: _, ...facts }) => facts)
}

async function send(subject: string, to: string): Promise<void> {
  const { createTransport } = await import('nodemailer')
  const tls = { ca: stack.authority.caPem, servername: 'mail.contoso.com' }
  const transport = createTransport({ ...stack.smtp('exchange-onprem'), requireTLS: true, tls })
  await transport.sendMail({ from: 'a@elsewhere.example', to, subject, text: 'x' })
  transport.close()
}

async function discovered(at: string, address: string): Promise<string> {
  const url = `https://${at}/autodiscover/autodiscover.json?Email=${address}&Protocol=ActiveSync`
  const { status, headers, text } = await requestThrough(stack, 'internet', url)
  return status === 200 ? (JSON.parse(text) as { Url: string }).Url : String(headers.location)
}

const counts = async (deployment: Place, Identity: string) =>
  (await cmdlet(deployment, 'Get-MailboxFolderStatistics', { Identity })).map(({ Name, ItemsInFolder }) => [
    Name,
    ItemsInFolder,
  ])

test('a mailbox moves to Exchange Online with all that is in it, and everything follows; then it moves back', async () => {
  const before = await mail('exchange-onprem', bob.upn)
  const folders = await counts('exchange-onprem', bob.upn)
  expect(before.length).toBeGreaterThan(3)
  const [request] = await move(bob.upn, inbound)
  expect(request).toMatchObject({ Status: 'Queued', Direction: 'Pull', RequestStyle: 'CrossOrg' })
  expect(await moveEnds(bob.upn, 'Completed')).toMatchObject({ PercentComplete: 100, StatusDetail: 'Completed' })
  expect(await mail('exchange-online', bob.upn)).toEqual(before)
  expect(await counts('exchange-online', bob.upn)).toEqual(folders)
  const [remote] = await cmdlet('exchange-onprem', 'Get-RemoteMailbox', { Identity: bob.upn })
  expect(remote?.RemoteRoutingAddress).toMatch(/^SMTP:bob@contoso\.mail\.onmicrosoft\.com$/)
  expect(await discovered('outlook.office365.com', bob.upn)).toContain('https://outlook.office365.com/Microsoft-Server')
  expect(await discovered('mail.contoso.com', bob.upn)).toContain('https://outlook.office365.com/autodiscover')
  const device = await requestThrough(
    stack,
    'internet',
    'https://mail.contoso.com/Microsoft-Server-ActiveSync?Cmd=Sync&User=bob&DeviceId=D1&DeviceType=Phone',
    {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${bob.upn}:${bob.password}`)}`, 'ms-asprotocolversion': '14.1' },
    },
  )
  expect([device.status, device.headers['x-ms-location']]).toEqual([
    451,
    'https://outlook.office365.com/Microsoft-Server-ActiveSync',
  ])
  await send('After the move', bob.upn)
  await lab.arrival('exchange-online', bob.upn, 'After the move')
  expect((await attempt('exchange-online', 'New-MoveRequest', { Identity: bob.upn, ...outbound })).error).toMatch(
    /already has a completed move request/,
  )
  await cmdlet('exchange-online', 'Remove-MoveRequest', { Identity: bob.upn })
  const there = await mail('exchange-online', bob.upn)
  await move(bob.upn, outbound)
  await moveEnds(bob.upn, 'Completed')
  expect(await mail('exchange-onprem', bob.upn)).toEqual(there)
  expect(await discovered('outlook.office365.com', bob.upn)).toContain('autodiscover.contoso.com')
})

test('mail that comes while a mailbox moves arrives once', async () => {
  const subjects = Array.from({ length: 30 }, (_, index) => `During ${index}`)
  await move(bob.upn, { ...inbound, SuspendWhenReadyToComplete: true })
  await send('Before', bob.upn)
  await moveEnds(bob.upn, 'AutoSuspended')
  const sending = (async () => {
    for (const subject of subjects) await send(subject, bob.upn)
  })()
  await cmdlet('exchange-online', 'Resume-MoveRequest', { Identity: bob.upn })
  await Promise.all([sending, moveEnds(bob.upn, 'Completed')])
  const arrived = async () => (await mail('exchange-online', bob.upn)).map(({ subject }) => String(subject))
  await eventually(async () => expect((await arrived()).filter((each) => each.startsWith('During'))).toHaveLength(30))
  const all = await arrived()
  expect(all.filter((each) => /^(During|Before)/.test(each)).toSorted()).toEqual(['Before', ...subjects].toSorted())
})

test('what is read, flagged and deleted while a move waits is so afterwards', async () => {
  await move(bob.upn, { ...inbound, SuspendWhenReadyToComplete: true })
  await moveEnds(bob.upn, 'AutoSuspended')
  await lab.call('DELETE', `/api/exchange/exchange-onprem/mailboxes/${bob.upn}/messages`)
  await send('The only one', bob.upn)
  await cmdlet('exchange-online', 'Resume-MoveRequest', { Identity: bob.upn })
  await moveEnds(bob.upn, 'Completed')
  expect((await mail('exchange-online', bob.upn)).map(({ subject }) => subject)).toEqual(['The only one'])
})

test.each([
  { what: 'another host', with: { RemoteHostName: 'elsewhere.example' }, says: /no endpoint listening/ },
  { what: 'a wrong password', with: { RemoteCredential: { ...dave, Password: 'x' } }, says: /unauthorized/ },
  {
    what: 'somebody who is no administrator there',
    with: { RemoteCredential: { UserName: bob.upn, Password: bob.password } },
    says: /Access is denied/,
  },
  {
    what: 'a domain that leads nowhere',
    with: { TargetDeliveryDomain: 'contoso.com' },
    says: /target delivery domain/,
  },
  { what: 'no direction', with: { Remote: false }, says: /-Remote or -Outbound/ },
  { what: 'a credential that is none', with: { RemoteCredential: 'CONTOSO\\dave' }, says: /RemoteCredential/ },
])('$what is refused at once', async ({ with: changes, says }) => {
  const answer = await attempt('exchange-online', 'New-MoveRequest', { Identity: bob.upn, ...inbound, ...changes })
  expect([answer.status, answer.error]).toEqual([400, expect.stringMatching(says)])
})

test('a mailbox that is there already, and a proxy that is off, are refused; requests can be listed and removed', async () => {
  const here = await attempt('exchange-online', 'New-MoveRequest', { Identity: alice.upn, ...inbound })
  expect(here.error).toMatch(/already has a primary mailbox/)
  const name = { Identity: 'EX1\\EWS (Default Web Site)' }
  await cmdlet('exchange-onprem', 'Set-WebServicesVirtualDirectory', { ...name, MRSProxyEnabled: false })
  const off = await attempt('exchange-online', 'New-MoveRequest', { Identity: bob.upn, ...inbound })
  expect(off.error).toMatch(/MRSProxy service is off/)
  await cmdlet('exchange-onprem', 'Set-WebServicesVirtualDirectory', { ...name, MRSProxyEnabled: true })
  await move(bob.upn, { ...inbound, SuspendWhenReadyToComplete: true, BatchName: 'Pilot' })
  await moveEnds(bob.upn, 'AutoSuspended')
  expect(await cmdlet('exchange-online', 'Get-MoveRequest', { BatchName: 'Pilot' })).toHaveLength(1)
  await cmdlet('exchange-online', 'Remove-MoveRequest', { Identity: bob.upn })
  expect(await cmdlet('exchange-online', 'Get-MoveRequest')).toEqual([])
  expect((await mail('exchange-onprem', bob.upn)).length).toBeGreaterThan(3)
  const journal = JSON.stringify(await lab.journal())
  expect(journal).toContain('mailboxReplication describe')
  expect(journal).not.toContain(dave.Password)
})
