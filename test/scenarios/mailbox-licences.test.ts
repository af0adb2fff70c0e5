import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { attemptCmdlet, type Place, runCmdlet } from '../actors/exchange-shell.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { bob, peggy } from '../actors/people.ts'
import { requestThrough } from '../actors/request-through.ts'
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

const attempt = (place: Place, name: string, parameters: object = {}) => attemptCmdlet(lab, place, name, parameters)
const cmdlet = (place: Place, name: string, parameters: object = {}) => runCmdlet(lab, place, name, parameters)

const online = (name: string, parameters: object = {}) => cmdlet('exchange-online', name, parameters)
const licence = (upn: string, licensed: boolean) => lab.call('PUT', `/api/licences/${upn}`, { licensed })
const count = async (upn: string) => {
  const { json } = await lab.call('GET', `/api/exchange/exchange-online/mailboxes/${upn}/messages`)
  return (json as { messages: unknown[] }).messages.length
}

test('a mailbox goes with its licence, comes back with it within thirty days, and not after', async () => {
  const before = await count(peggy.upn)
  expect(before).toBeGreaterThan(0)
  await licence(peggy.upn, false)
  expect((await attempt('exchange-online', 'Get-Recipient', { Identity: peggy.upn })).status).toBe(404)
  expect(await online('Get-Mailbox', { SoftDeletedMailbox: true })).toMatchObject([{ UserPrincipalName: peggy.upn }])
  await licence(peggy.upn, true)
  expect(await count(peggy.upn)).toBe(before)
  await licence(peggy.upn, false)
  await lab.call('POST', '/api/clock', { advance: 'P31D' })
  await licence(peggy.upn, true)
  expect(await count(peggy.upn)).toBe(0)
  expect(await online('Get-Mailbox', { SoftDeletedMailbox: true })).toEqual([])
})

async function graph(method: 'POST' | 'DELETE', path: string, json?: object) {
  const body = new URLSearchParams({
    grant_type: 'password',
    client_id: '14d82eec-204b-4c2f-b7e8-296a70dab67e',
    username: 'breakglass@contoso.onmicrosoft.com',
    password: 'Break-Glass-16',
    scope: 'https://graph.microsoft.com/User.ReadWrite.All',
  }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const url = 'https://login.microsoftonline.com/organizations/oauth2/v2.0/token'
  const { access_token: token } = JSON.parse(
    (await requestThrough(stack, 'internet', url, { method: 'POST', headers, body })).text,
  )
  const answer = await requestThrough(stack, 'internet', `https://graph.microsoft.com/v1.0${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(json && { body: JSON.stringify(json) }),
  })
  return { status: answer.status, json: answer.text === '' ? {} : JSON.parse(answer.text) }
}

test('an account that Graph makes has a mailbox once it has a licence, and none after it is deleted', async () => {
  const upn = 'newcomer@contoso.onmicrosoft.com'
  const created = await graph('POST', '/users', {
    accountEnabled: true,
    displayName: 'New Comer',
    mailNickname: 'newcomer',
    userPrincipalName: upn,
    passwordProfile: { password: 'New-Comer-Pass-1', forceChangePasswordNextSignIn: false },
  })
  expect([created.status, created.json.error]).toEqual([201, undefined])
  expect((await attempt('exchange-online', 'Get-Mailbox', { Identity: upn })).status).toBe(404)
  const skuId = '05e9a617-0261-4cee-bb44-138d3ef5d965'
  const assigned = await graph('POST', `/users/${upn}/assignLicense`, { addLicenses: [{ skuId }], removeLicenses: [] })
  expect([assigned.status, assigned.json.error]).toEqual([200, undefined])
  expect(await online('Get-Mailbox', { Identity: upn })).toMatchObject([{ DisplayName: 'New Comer' }])
  const foreign = await graph('POST', `/users/${upn}/assignLicense`, {
    addLicenses: [{ skuId: crypto.randomUUID() }],
    removeLicenses: [],
  })
  expect(foreign.status).toBe(400)
  await graph('DELETE', `/users/${upn}`)
  expect((await attempt('exchange-online', 'Get-Mailbox', { Identity: upn })).status).toBe(404)
  expect(await online('Get-Mailbox', { SoftDeletedMailbox: true, Identity: upn })).toHaveLength(1)
  await online('Remove-Mailbox', { Identity: upn, PermanentlyDelete: true })
  expect(await online('Get-Mailbox', { SoftDeletedMailbox: true })).toEqual([])
})

test('a shared mailbox needs no password and no licence; its account cannot sign in', async () => {
  const [shared] = await online('New-Mailbox', { Name: 'Help Desk', Shared: true })
  expect(shared).toMatchObject({ RecipientTypeDetails: 'SharedMailbox', PrimarySmtpAddress: 'helpdesk@contoso.com' })
  await online('Add-MailboxPermission', { Identity: 'Help Desk', User: peggy.upn, AccessRights: ['FullAccess'] })
  const held = await online('Get-MailboxPermission', { Identity: 'Help Desk', User: peggy.upn })
  expect(held).toMatchObject([{ User: peggy.upn, AccessRights: ['FullAccess'], Deny: false }])
  const none = await attempt('exchange-online', 'New-Mailbox', { Name: 'Nobody' })
  expect([none.status, none.error]).toEqual([400, expect.stringContaining('MicrosoftOnlineServicesID')])
  const both = await attempt('exchange-online', 'New-Mailbox', { Name: 'Both', Shared: true, Room: true })
  expect([both.status, both.error]).toEqual([400, expect.stringContaining('Parameter set cannot be resolved')])
  await online('Set-Mailbox', { Identity: 'Help Desk', Type: 'Room' })
  expect(await online('Get-Mailbox', { RecipientTypeDetails: ['RoomMailbox'] })).toHaveLength(1)
})

test('on-premises a disabled mailbox waits in its database and is connected to an account', async () => {
  const before = await cmdlet('exchange-onprem', 'Get-MailboxStatistics', { Identity: bob.upn })
  await cmdlet('exchange-onprem', 'Disable-Mailbox', { Identity: bob.upn })
  const [database] = await cmdlet('exchange-onprem', 'Get-MailboxDatabase')
  const all = await cmdlet('exchange-onprem', 'Get-MailboxStatistics', { Database: database?.Name })
  const [left] = all.filter(({ DisconnectReason }) => DisconnectReason !== undefined)
  expect(left).toMatchObject({ DisconnectReason: 'Disabled', MailboxGuid: before[0]?.MailboxGuid })
  await cmdlet('exchange-onprem', 'Connect-Mailbox', {
    Identity: left?.MailboxGuid,
    Database: database?.Name,
    User: bob.upn,
  })
  const after = await cmdlet('exchange-onprem', 'Get-MailboxStatistics', { Identity: bob.upn })
  expect(after[0]).toEqual(before[0])
  const wrong = await attempt('exchange-onprem', 'Get-MailboxStatistics', { Database: 'Elsewhere' })
  expect(wrong.status).toBe(404)
})
