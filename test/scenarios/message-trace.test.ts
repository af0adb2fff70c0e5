import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { eventually } from '../actors/eventually.ts'
import { attemptCmdlet, type Place } from '../actors/exchange-shell.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, bob, peggy } from '../actors/people.ts'
import { worldOf } from '../actors/world.ts'

const open = new AsyncDisposableStack()
let stack: Stack
let lab: Lab

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
})
beforeEach(() => lab.reset())
afterAll(() => open.disposeAsync())

const run = (place: Place, name: string, parameters: object = {}) => attemptCmdlet(lab, place, name, parameters)

async function send(place: Place, message: { from: string; to: string; subject: string }) {
  const servername = place === 'exchange-online' ? 'outlook.office365.com' : 'mail.contoso.com'
  const transport = createTransport({
    ...stack.smtp(place),
    requireTLS: true,
    tls: { ca: stack.authority.caPem, servername },
    ...(message.from === peggy.upn && { auth: { user: peggy.upn, pass: peggy.password } }),
  })
  await transport.sendMail({ text: 'Hello', ...message })
  transport.close()
}

const stranger = 'a@elsewhere.example'
const trace = async (parameters: object = {}) => (await run('exchange-online', 'Get-MessageTraceV2', parameters)).value

test('what is delivered, handed on, sent out and refused has its status and its events', async () => {
  await lab.call('PUT', `/api/exchange/exchange-online/mailboxes/${alice.upn}/quota`, { bytes: 1 })
  await send('exchange-online', { from: stranger, to: peggy.upn, subject: 'Grüße' })
  await send('exchange-online', { from: stranger, to: bob.upn, subject: 'Over' })
  await send('exchange-online', { from: peggy.upn, to: stranger, subject: 'Out' })
  await send('exchange-online', { from: stranger, to: alice.upn, subject: 'Full' })
  const statusOf = async (subject: string) =>
    (await trace({ Subject: subject, SubjectFilterType: 'StartsWith' }))?.[0]?.Status
  expect(await statusOf('Grüße')).toBe('Delivered')
  await eventually(async () => expect(await statusOf('Over')).toBe('Delivered'))
  expect([await statusOf('Out'), await statusOf('Full')]).toEqual(['Delivered', 'Failed'])
  const [full] = (await trace({ RecipientAddress: alice.upn, Status: 'Failed' })) ?? []
  expect(full).toMatchObject({ SenderAddress: stranger, FromIP: expect.stringMatching(/127\.0\.0\.1|::1/) })
  const asked = { MessageTraceId: full?.MessageTraceId, RecipientAddress: alice.upn }
  const { value: events = [] } = await run('exchange-online', 'Get-MessageTraceDetailV2', asked)
  expect(events.map(({ Event }) => Event)).toEqual(['Receive', 'Fail'])
  expect(events[1]?.Detail).toMatch(/5\.2\.2/)
  const log = await run('exchange-onprem', 'Get-MessageTrackingLog', { Recipients: bob.upn, EventId: 'DELIVER' })
  expect(log.value).toEqual([expect.objectContaining({ Source: 'STOREDRIVER', MessageSubject: 'Over' })])
})

test('searches have bounds of time and size, filters, and pages', async () => {
  for (const subject of ['One', 'Two', 'Three'])
    await send('exchange-online', { from: stranger, to: peggy.upn, subject })
  const subjects = async (parameters: object) => (await trace(parameters))?.map(({ Subject }) => Subject)
  expect(await subjects({ SenderAddress: stranger.toUpperCase(), ResultSize: 2 })).toEqual(['Three', 'Two'])
  expect(await subjects({ Subject: 't', SubjectFilterType: 'StartsWith' })).toEqual(['Three', 'Two'])
  expect(await subjects({ SenderAddress: 'nobody@elsewhere.example' })).toEqual([])
  const paged = await run('exchange-online', 'Get-MessageTrace', { SenderAddress: [stranger], PageSize: 1, Page: 2 })
  expect(paged.value).toEqual([expect.objectContaining({ Subject: 'Two', Index: 1 })])
  const day = 86_400_000
  const ago = (days: number) => new Date(Date.now() - days * day).toISOString()
  const refused = async (parameters: object) => (await run('exchange-online', 'Get-MessageTraceV2', parameters)).error
  expect(await refused({ StartDate: ago(100), EndDate: ago(95) })).toMatch(/older than 90 days/)
  expect(await refused({ StartDate: ago(20), EndDate: ago(1) })).toMatch(/at most 10 days/)
  expect(await refused({ StartDate: ago(1), EndDate: ago(2) })).toMatch(/later than the EndDate/)
  expect(await refused({ Status: 'Lost' })).toMatch(/Valid values/)
  expect(await refused({ ResultSize: 5001 })).toMatch(/between 1 and 5000/)
  expect(await refused({ StartDate: 'some day' })).toMatch(/System\.DateTime/)
})

test('an administrator sets automatic replies', async () => {
  const set = (parameters: object) =>
    run('exchange-online', 'Set-MailboxAutoReplyConfiguration', { Identity: peggy.upn, ...parameters })
  const message = { InternalMessage: 'In', ExternalMessage: '<p>Away</p>', ExternalAudience: 'All' }
  expect((await set({ AutoReplyState: 'Enabled', ...message })).status).toBe(200)
  const { value } = await run('exchange-online', 'Get-MailboxAutoReplyConfiguration', { Identity: peggy.upn })
  expect(value?.[0]).toMatchObject({ AutoReplyState: 'Enabled', ...message })
  await send('exchange-online', { from: stranger, to: peggy.upn, subject: 'Are you there?' })
  const { json } = await lab.call('GET', '/api/exchange/exchange-online/outbox')
  expect(JSON.stringify(json)).toContain(stranger)
  expect((await set({ AutoReplyState: 'Sometimes' })).error).toMatch(/Valid values are: Disabled, Enabled, Scheduled/)
  expect((await set({ AutoReplyState: 'Scheduled' })).error).toMatch(/needs a StartTime/)
})
