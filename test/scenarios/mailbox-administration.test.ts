import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
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

const run = (place: Place, name: string, parameters: object = {}) => attemptCmdlet(lab, place, name, parameters)
const done = (place: Place, name: string, parameters: object = {}) => runCmdlet(lab, place, name, parameters)

const synchronize = async () => {
  const { json } = await lab.call('POST', '/api/synchronize', {})
  expect(json).toMatchObject({ result: 'success' })
}

async function discovered(host: string, address: string): Promise<string> {
  const url = `https://${host}/autodiscover/autodiscover.json?Email=${address}&Protocol=ActiveSync`
  const { status, headers, text } = await requestThrough(stack, 'internet', url)
  return status === 200 ? (JSON.parse(text) as { Url: string }).Url : `${status} ${String(headers.location ?? '')}`
}

async function receives(deployment: Place, upn: string, subject: string, to = upn): Promise<boolean> {
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    ...stack.smtp('exchange-onprem'),
    requireTLS: true,
    tls: { ca: stack.authority.caPem, servername: 'mail.contoso.com' },
  })
  await transport.sendMail({ from: 'a@elsewhere.example', to, subject, text: 'x' })
  transport.close()
  return (await lab.arrival(deployment, upn, subject)).subject === subject
}

const nora = { UserPrincipalName: 'nora@contoso.com', Name: 'Nora Nord', Password: 'Harbour-77', FirstName: 'Nora' }

test('New-Mailbox on-premises makes the account and the mailbox; mail, discovery and both directories know them', async () => {
  const [made] = await done('exchange-onprem', 'New-Mailbox', nora)
  expect(made).toMatchObject({
    RecipientTypeDetails: 'UserMailbox',
    EmailAddresses: ['SMTP:nora@contoso.com', 'smtp:nora@contoso.mail.onmicrosoft.com'],
  })
  expect(await receives('exchange-onprem', nora.UserPrincipalName, 'Welcome')).toBe(true)
  await synchronize()
  const [seen] = await done('exchange-online', 'Get-MailUser', { Identity: 'nora@contoso.com' })
  expect(seen).toMatchObject({ IsDirSynced: true, ExternalEmailAddress: 'SMTP:nora@contoso.com' })
  expect(await discovered('outlook.office365.com', 'nora@contoso.com')).toMatch(/^302 .*autodiscover\.contoso\.com/)
  expect(await discovered('mail.contoso.com', 'nora@contoso.com')).toMatch(/mail\.contoso\.com/)
  await done('exchange-onprem', 'Remove-Mailbox', { Identity: 'nora@contoso.com', Permanent: true })
  await synchronize()
  expect((await run('exchange-online', 'Get-MailUser', { Identity: 'nora@contoso.com' })).status).toBe(404)
  const { json } = await lab.call('GET', '/api/directory/users')
  expect(JSON.stringify(json)).not.toContain('nora@contoso.com')
})

test('New-RemoteMailbox makes an account whose mailbox appears in Exchange Online after a synchronization', async () => {
  const [made] = await done('exchange-onprem', 'New-RemoteMailbox', nora)
  expect(made).toMatchObject({
    RecipientTypeDetails: 'RemoteUserMailbox',
    RemoteRoutingAddress: 'SMTP:nora@contoso.mail.onmicrosoft.com',
  })
  await synchronize()
  const [mailbox] = await done('exchange-online', 'Get-Mailbox', { Identity: 'nora@contoso.com' })
  expect(mailbox).toMatchObject({ RecipientTypeDetails: 'UserMailbox', IsDirSynced: true })
  expect(await receives('exchange-online', 'nora@contoso.com', 'Over the other place')).toBe(true)
  expect(await discovered('mail.contoso.com', 'nora@contoso.com')).toMatch(/^302 .*outlook\.office365\.com/)
  await done('exchange-onprem', 'Set-RemoteMailbox', {
    Identity: 'nora@contoso.com',
    EmailAddresses: { add: ['nn@contoso.com'] },
  })
  await synchronize()
  const [renamed] = await done('exchange-online', 'Get-Mailbox', { Identity: 'nn@contoso.com' })
  expect(renamed?.EmailAddresses).toContain('smtp:nn@contoso.com')
  await done('exchange-onprem', 'Disable-RemoteMailbox', { Identity: 'nora@contoso.com' })
  await synchronize()
  expect((await run('exchange-online', 'Get-Mailbox', { Identity: 'nora@contoso.com' })).status).toBe(404)
})

test('Disable-Mailbox takes the mailbox and leaves the account; Enable-Mailbox gives another', async () => {
  await done('exchange-onprem', 'Disable-Mailbox', { Identity: bob.upn })
  expect((await run('exchange-onprem', 'Get-Mailbox', { Identity: bob.upn })).status).toBe(404)
  await expect(receives('exchange-onprem', bob.upn, 'Nobody')).rejects.toThrow(/5\.1\.10/)
  const [enabled] = await done('exchange-onprem', 'Enable-Mailbox', { Identity: bob.upn, Alias: 'bobby' })
  expect(enabled).toMatchObject({ Alias: 'bobby', PrimarySmtpAddress: bob.upn })
  expect(await receives('exchange-onprem', bob.upn, 'Again')).toBe(true)
  const again = await run('exchange-onprem', 'Enable-Mailbox', { Identity: bob.upn })
  expect(again).toMatchObject({ status: 400, error: expect.stringMatching(/of type UserMailbox/) })
})

test('aliases get mail, are taken once, and hide nobody; the master of synchronized attributes is on-premises', async () => {
  await done('exchange-onprem', 'Set-Mailbox', { Identity: bob.upn, EmailAddresses: { add: ['sales@contoso.com'] } })
  expect(await receives('exchange-onprem', bob.upn, 'For sales', 'sales@contoso.com')).toBe(true)
  const taken = await run('exchange-onprem', 'Set-Mailbox', {
    Identity: 'dave@contoso.com',
    EmailAddresses: { add: ['sales@contoso.com'] },
  })
  expect(taken).toMatchObject({ status: 400, error: expect.stringMatching(/already being used/) })
  const foreign = { Identity: bob.upn, EmailAddresses: { add: ['bob@elsewhere.example'] } }
  expect(await run('exchange-onprem', 'Set-Mailbox', foreign)).toMatchObject({
    error: expect.stringMatching(/not an accepted domain/),
  })
  const online = { Identity: alice.upn, EmailAddresses: { add: ['al@contoso.com'] } }
  expect(await run('exchange-online', 'Set-Mailbox', online)).toMatchObject({
    status: 400,
    error: expect.stringMatching(/'Set-Mailbox', 'EmailAddresses'.*being synchronized from your on-premises/),
  })
})

test('custom attributes go to the directory and to the other place, and filters find them', async () => {
  const given = { CustomAttribute1: 'Kühlraum', CustomAttribute15: 'x' }
  await done('exchange-onprem', 'Set-Mailbox', { Identity: bob.upn, ...given })
  await done('exchange-onprem', 'Set-RemoteMailbox', { Identity: alice.upn, CustomAttribute2: 'Seattle' })
  const [own] = await done('exchange-onprem', 'Get-Mailbox', { Filter: "CustomAttribute1 -eq 'kühlraum'" })
  expect(own).toMatchObject({ UserPrincipalName: bob.upn, ...given, CustomAttribute2: '' })
  await synchronize()
  const [seen] = await done('exchange-online', 'Get-MailUser', { Identity: bob.upn })
  expect(seen).toMatchObject(given)
  const found = await done('exchange-online', 'Get-Mailbox', { Filter: "CustomAttribute2 -like 'Sea*'" })
  expect(found.map(({ UserPrincipalName }) => UserPrincipalName)).toEqual([alice.upn])
  expect(await run('exchange-online', 'Set-Mailbox', { Identity: alice.upn, CustomAttribute2: '' })).toMatchObject({
    error: expect.stringMatching(/'Set-Mailbox', 'CustomAttribute2'.*being synchronized from your on-premises/),
  })
  await done('exchange-onprem', 'Set-RemoteMailbox', { Identity: alice.upn, CustomAttribute2: null })
  await synchronize()
  expect(await done('exchange-online', 'Get-Mailbox', { Filter: 'CustomAttribute2 -ne $null' })).toEqual([])
  const long = { Identity: bob.upn, CustomAttribute3: 'x'.repeat(1025) }
  expect((await run('exchange-onprem', 'Set-Mailbox', long)).error).toMatch(/maximum length is 1024/)
})

test('New-Mailbox online makes a cloud account that signs in; federated domains and weak passwords are refused', async () => {
  const parameters = { Name: 'Olga', MicrosoftOnlineServicesID: 'olga@contoso.onmicrosoft.com', Password: 'Harbour-77' }
  const [made] = await done('exchange-online', 'New-Mailbox', parameters)
  expect(made).toMatchObject({ IsDirSynced: false, UserPrincipalName: 'olga@contoso.onmicrosoft.com' })
  expect((await run('exchange-online', 'New-Mailbox', parameters)).status).toBe(400)
  const other = { ...parameters, MicrosoftOnlineServicesID: 'olga@contoso.com' }
  expect(await run('exchange-online', 'New-Mailbox', other)).toMatchObject({
    error: expect.stringMatching(/not an accepted domain/),
  })
  const weak = { ...parameters, MicrosoftOnlineServicesID: 'o2@contoso.onmicrosoft.com', Password: 'olga' }
  expect(await run('exchange-online', 'New-Mailbox', weak)).toMatchObject({
    error: expect.stringMatching(/complexity/),
  })
  const body = new URLSearchParams({
    grant_type: 'password',
    client_id: 'fb78d390-0c51-40cd-8e17-fdbfab77341b',
    username: 'olga@contoso.onmicrosoft.com',
    password: 'Harbour-77',
    scope: 'https://outlook.office365.com/.default',
  }).toString()
  const signedIn = await requestThrough(
    stack,
    'internet',
    'https://login.microsoftonline.com/organizations/oauth2/v2.0/token',
    { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body },
  )
  expect(signedIn.text).toMatch(/access_token|AADSTS50079|AADSTS50076|AADSTS53003/)
  await done('exchange-online', 'Remove-Mailbox', { Identity: 'olga@contoso.onmicrosoft.com' })
  expect((await run('exchange-online', 'Get-Mailbox', { Identity: 'olga@contoso.onmicrosoft.com' })).status).toBe(404)
  expect(await run('exchange-online', 'Remove-Mailbox', { Identity: alice.upn })).toMatchObject({ status: 400 })
})

test('forwarding goes to another mailbox, with or without a copy, and does not go round', async () => {
  await done('exchange-online', 'Set-Mailbox', { Identity: alice.upn, ForwardingAddress: peggy.upn })
  await done('exchange-online', 'Set-Mailbox', {
    Identity: peggy.upn,
    ForwardingAddress: alice.upn,
    DeliverToMailboxAndForward: true,
  })
  expect(await receives('exchange-online', peggy.upn, 'Carousel', alice.upn)).toBe(true)
  const { json } = await lab.call('GET', `/api/exchange/exchange-online/mailboxes/${peggy.upn}/messages`)
  const subjects = (json as { messages: { subject: string }[] }).messages.map(({ subject }) => subject)
  expect(subjects.filter((subject) => subject === 'Carousel')).toHaveLength(1)
})
