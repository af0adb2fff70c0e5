import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { eventually } from '../actors/eventually.ts'
import { attemptCmdlet, type Place, runCmdlet } from '../actors/exchange-shell.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, bob, peggy } from '../actors/people.ts'
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

const synchronize = async () =>
  expect((await lab.call('POST', '/api/synchronize', {})).json).toMatchObject({ result: 'success' })

async function subjects(deployment: Place, upn: string): Promise<readonly unknown[]> {
  const { json } = await lab.call('GET', `/api/exchange/${deployment}/mailboxes/${upn}/messages`)
  return (json as { messages: Record<string, unknown>[] }).messages.map(({ subject }) => subject)
}

async function arrives(deployment: Place, upn: string, subject: string): Promise<void> {
  expect(await lab.arrival(deployment, upn, subject)).toMatchObject({ subject })
}

interface Letter {
  readonly from: string
  readonly to: string
  readonly subject: string
  /** Who signs in; nobody when absent. */
  readonly as?: { readonly upn: string; readonly password: string }
}

async function send(place: Place, { as, ...letter }: Letter): Promise<void> {
  const { createTransport } = await import('nodemailer')
  const servername = place === 'exchange-onprem' ? 'mail.contoso.com' : 'outlook.office365.com'
  const auth = as && { user: as.upn, pass: as.password }
  const transport = createTransport({
    ...stack.smtp(place),
    requireTLS: true,
    tls: { ca: stack.authority.caPem, servername },
    ...(auth && { auth }),
  })
  try {
    await transport.sendMail({ ...letter, text: 'x' })
  } finally {
    transport.close()
  }
}

const outbox = async (deployment: Place) => {
  const { json } = await lab.call('GET', `/api/exchange/${deployment}/outbox`)
  const { messages } = json as { messages: readonly { to: readonly string[]; mime: string }[] }
  return messages.map(({ to, mime }) => `${to.join(' ')}\n${Buffer.from(mime, 'base64').toString()}`).join('\n')
}

test('a group made on-premises is a group of the directory, takes mail of both places, and is synchronized', async () => {
  const [group] = await cmdlet('exchange-onprem', 'New-DistributionGroup', {
    Name: 'Everybody',
    Members: [bob.upn, alice.upn],
  })
  expect(group).toMatchObject({
    RecipientTypeDetails: 'MailUniversalDistributionGroup',
    PrimarySmtpAddress: 'everybody@contoso.com',
    RequireSenderAuthenticationEnabled: true,
    MemberJoinRestriction: 'Closed',
  })
  await synchronize()
  const [there] = await cmdlet('exchange-online', 'Get-DistributionGroup', { Identity: 'Everybody' })
  expect(there).toMatchObject({ IsDirSynced: true, Guid: group?.Guid, PrimarySmtpAddress: 'everybody@contoso.com' })
  const members = await cmdlet('exchange-online', 'Get-DistributionGroupMember', { Identity: 'everybody@contoso.com' })
  expect(members.map(({ PrimarySmtpAddress }) => PrimarySmtpAddress)).toEqual(
    expect.arrayContaining([bob.upn, alice.upn]),
  )
  await send('exchange-onprem', { from: bob.upn, to: 'everybody@contoso.com', subject: 'To all', as: bob })
  await arrives('exchange-onprem', bob.upn, 'To all')
  await arrives('exchange-online', alice.upn, 'To all')
  await send('exchange-onprem', { from: bob.upn, to: 'Everybody <everybody@contoso.com>', subject: 'Once', as: bob })
  await arrives('exchange-online', alice.upn, 'Once')
  expect((await subjects('exchange-online', alice.upn)).filter((each) => each === 'Once')).toHaveLength(1)
  const refused = await attempt('exchange-online', 'Add-DistributionGroupMember', {
    Identity: 'Everybody',
    Member: peggy.upn,
  })
  expect([refused.status, refused.error]).toEqual([400, expect.stringContaining('synchronized from your on-premises')])
  await cmdlet('exchange-onprem', 'Remove-DistributionGroup', { Identity: 'Everybody' })
  await synchronize()
  expect((await attempt('exchange-online', 'Get-DistributionGroup', { Identity: 'Everybody' })).status).toBe(404)
})

test('a group refuses whoever did not sign in, and whoever is not on its list', async () => {
  await cmdlet('exchange-onprem', 'New-DistributionGroup', { Name: 'Board', Members: [bob.upn] })
  await send('exchange-onprem', { from: 'x@elsewhere.example', to: 'board@contoso.com', subject: 'Unknown' })
  expect(await outbox('exchange-onprem')).toContain('5.7.133')
  await cmdlet('exchange-onprem', 'Set-DistributionGroup', {
    Identity: 'Board',
    RequireSenderAuthenticationEnabled: false,
  })
  await send('exchange-onprem', { from: 'x@elsewhere.example', to: 'board@contoso.com', subject: 'Open' })
  await arrives('exchange-onprem', bob.upn, 'Open')
  await cmdlet('exchange-onprem', 'Set-DistributionGroup', {
    Identity: 'Board',
    AcceptMessagesOnlyFrom: { add: [bob.upn] },
  })
  await send('exchange-onprem', {
    from: 'dave@contoso.com',
    to: 'board@contoso.com',
    subject: 'From Dave',
    as: { upn: 'dave@contoso.com', password: 'Dave-Pass4' },
  })
  await eventually(async () =>
    expect(await subjects('exchange-onprem', 'dave@contoso.com')).toEqual(
      expect.arrayContaining([expect.stringContaining('From Dave')]),
    ),
  )
  expect(await subjects('exchange-onprem', bob.upn)).not.toContain('From Dave')
  const [log] = (await cmdlet('exchange-onprem', 'Get-MessageTrackingLog', { EventId: 'FAIL' })).toReversed()
  expect(JSON.stringify(log)).toContain('5.7.1')
})

/** ExpandDL of Exchange Web Services, on-premises, as bob asks for it. */
async function expanded(address: string) {
  const names =
    'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'
  const { text } = await requestThrough(stack, 'corp', 'https://mail.contoso.com/EWS/Exchange.asmx', {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${bob.upn}:${bob.password}`).toString('base64')}`,
      'content-type': 'text/xml; charset=utf-8',
    },
    body: `<s:Envelope ${names}><s:Body><m:ExpandDL><m:Mailbox><t:EmailAddress>${address}</t:EmailAddress></m:Mailbox></m:ExpandDL></s:Body></s:Envelope>`,
  })
  const members = [...text.matchAll(/<t:EmailAddress>([^<]+)<.*?<t:MailboxType>(\w+)</g)]
  return { code: /<m:ResponseCode>(\w+)</.exec(text)?.[1], members: members.map(([, ...each]) => each.join(' ')) }
}

test('Exchange Web Services expand a group by one step', async () => {
  for (const Name of ['Outer', 'Inner']) await cmdlet('exchange-onprem', 'New-DistributionGroup', { Name })
  for (const Member of ['Inner', bob.upn, alice.upn])
    await cmdlet('exchange-onprem', 'Add-DistributionGroupMember', { Identity: 'Outer', Member })
  const { code, members } = await expanded('outer@contoso.com')
  expect([code, members.toSorted()]).toEqual([
    'NoError',
    ['alice@contoso.com Mailbox', 'bob@contoso.com Mailbox', 'inner@contoso.com PublicDL'],
  ])
  expect(await expanded('inner@contoso.com')).toEqual({ code: 'NoError', members: [] })
  expect(await expanded(bob.upn)).toEqual({ code: 'ErrorNameResolutionNoResults', members: [] })
})

test('groups in groups come to an end, and each member gets one', async () => {
  for (const Name of ['Outer', 'Inner']) await cmdlet('exchange-online', 'New-DistributionGroup', { Name })
  for (const [Identity, Member] of [
    ['Outer', 'Inner'],
    ['Inner', 'Outer'],
    ['Outer', peggy.upn],
    ['Inner', peggy.upn],
  ])
    await cmdlet('exchange-online', 'Add-DistributionGroupMember', { Identity, Member })
  const [outer] = await cmdlet('exchange-online', 'Get-DistributionGroup', { Identity: 'Outer' })
  const to = String(outer?.PrimarySmtpAddress)
  await cmdlet('exchange-online', 'Set-DistributionGroup', {
    Identity: 'Outer',
    RequireSenderAuthenticationEnabled: false,
  })
  await send('exchange-online', { from: 'x@elsewhere.example', to, subject: 'Round' })
  await arrives('exchange-online', peggy.upn, 'Round')
  expect((await subjects('exchange-online', peggy.upn)).filter((each) => each === 'Round')).toHaveLength(1)
  const again = await attempt('exchange-online', 'Add-DistributionGroupMember', { Identity: 'Outer', Member: 'Inner' })
  expect([again.status, again.error]).toEqual([400, expect.stringContaining('already a member')])
  const gap = await attempt('exchange-online', 'Set-DistributionGroup', { Identity: 'Outer', ModerationEnabled: true })
  expect(gap.status).toBeGreaterThanOrEqual(500)
})

test('contacts and mail users lead outside, in both places', async () => {
  await cmdlet('exchange-onprem', 'New-MailContact', {
    Name: 'Supplier',
    ExternalEmailAddress: 'sales@supplier.example',
    PrimarySmtpAddress: 'supplier@contoso.com',
  })
  await cmdlet('exchange-onprem', 'New-MailUser', {
    Name: 'Consultant',
    UserPrincipalName: 'consultant@contoso.com',
    Password: 'Con-Sul-Tant-1',
    ExternalEmailAddress: 'me@consultants.example',
  })
  await synchronize()
  const found = await cmdlet('exchange-online', 'Get-Recipient', { Filter: "Alias -like 'supplier*'" })
  expect(found).toMatchObject([
    { RecipientTypeDetails: 'MailContact', ExternalEmailAddress: 'SMTP:sales@supplier.example', IsDirSynced: true },
  ])
  const [user] = await cmdlet('exchange-online', 'Get-MailUser', { Identity: 'consultant@contoso.com' })
  expect(user).toMatchObject({ ExternalEmailAddress: 'SMTP:me@consultants.example' })
  await send('exchange-online', { from: 'x@elsewhere.example', to: 'supplier@contoso.com', subject: 'Order' })
  await send('exchange-onprem', { from: 'x@elsewhere.example', to: 'consultant@contoso.com', subject: 'Advice' })
  expect(await outbox('exchange-online')).toContain('sales@supplier.example')
  expect(await outbox('exchange-onprem')).toContain('me@consultants.example')
  await cmdlet('exchange-onprem', 'Set-MailContact', {
    Identity: 'Supplier',
    ExternalEmailAddress: 'office@supplier.example',
    DisplayName: 'The supplier',
  })
  await synchronize()
  expect(await cmdlet('exchange-online', 'Get-MailContact', { Identity: 'supplier@contoso.com' })).toMatchObject([
    { DisplayName: 'The supplier', ExternalEmailAddress: 'SMTP:office@supplier.example' },
  ])
  await cmdlet('exchange-onprem', 'Remove-MailContact', { Identity: 'The supplier' })
  await cmdlet('exchange-onprem', 'Remove-MailUser', { Identity: 'consultant@contoso.com' })
  await synchronize()
  for (const [name, Identity] of [
    ['Get-MailContact', 'supplier@contoso.com'],
    ['Get-MailUser', 'consultant@contoso.com'],
  ])
    expect([name, (await attempt('exchange-online', String(name), { Identity })).status]).toEqual([name, 404])
})

test('somebody who is deleted in the directory is no recipient online after synchronization', async () => {
  await lab.call('DELETE', `/api/directory/users/${alice.upn}`)
  await synchronize()
  expect((await attempt('exchange-online', 'Get-Recipient', { Identity: alice.upn })).status).toBe(404)
  await expect(
    send('exchange-online', { from: 'x@elsewhere.example', to: alice.upn, subject: 'Too late' }),
  ).rejects.toThrow(/5\.1\.10/)
})

test('SendAs and SendOnBehalf decide under whom somebody sends by SMTP', async () => {
  const dave = { upn: 'dave@contoso.com', password: 'Dave-Pass4' }
  const letter = { from: bob.upn, to: alice.upn, as: dave }
  await expect(send('exchange-onprem', { ...letter, subject: 'Forged' })).rejects.toThrow(/5\.7\.60/)
  await cmdlet('exchange-onprem', 'Add-ADPermission', {
    Identity: bob.upn,
    User: dave.upn,
    ExtendedRights: ['Send As'],
  })
  await send('exchange-onprem', { ...letter, subject: 'As Bob' })
  await arrives('exchange-online', alice.upn, 'As Bob')
  await cmdlet('exchange-onprem', 'Remove-ADPermission', {
    Identity: bob.upn,
    User: dave.upn,
    ExtendedRights: ['Send-As'],
  })
  await expect(send('exchange-onprem', { ...letter, subject: 'No more' })).rejects.toThrow(/5\.7\.60/)
  await cmdlet('exchange-onprem', 'Set-Mailbox', { Identity: bob.upn, GrantSendOnBehalfTo: { add: [dave.upn] } })
  await send('exchange-onprem', { ...letter, subject: 'On behalf' })
  await arrives('exchange-online', alice.upn, 'On behalf')
})
