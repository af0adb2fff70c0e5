import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { ActiveSyncClient, type PhoneAccount } from '../actors/activesync-client.ts'
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

interface Person {
  readonly upn: string
  readonly password: string
}

async function basic({ upn, password }: Person): Promise<string> {
  return `Basic ${Buffer.from(`${upn}:${password}`).toString('base64')}`
}

async function bearer({ upn, password }: Person): Promise<string> {
  const form = {
    grant_type: 'password',
    client_id: 'd3590ed6-52b3-4102-aeff-aad2292ab01c',
    username: upn,
    password,
    scope: 'https://outlook.office365.com/EAS.AccessAsUser.All',
  }
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const url = 'https://login.microsoftonline.com/organizations/oauth2/v2.0/token'
  const { text } = await requestThrough(stack, 'internet', url, {
    method: 'POST',
    headers,
    body: new URLSearchParams(form).toString(),
  })
  return `Bearer ${(JSON.parse(text) as { access_token: string }).access_token}`
}

const places = [
  {
    what: 'Basic on-premises, through the proxy',
    place: 'exchange-onprem',
    host: 'mail.contoso.com',
    person: bob,
    sign: basic,
  },
  { what: 'Basic online', place: 'exchange-online', host: 'outlook.office365.com', person: peggy, sign: basic },
  {
    what: 'a bearer token online',
    place: 'exchange-online',
    host: 'outlook.office365.com',
    person: peggy,
    sign: bearer,
  },
] as const
type Place = (typeof places)[number]

async function phoneOf({ host, person, sign }: Place, version: PhoneAccount['version'] = '14.1') {
  const url = `https://${host}/Microsoft-Server-ActiveSync`
  const authorization = await sign(person)
  return new ActiveSyncClient(stack, 'internet', { url, user: person.upn, authorization, deviceId: 'PHONE1', version })
}

async function deliver({ place, host, person }: Place, subject: string): Promise<void> {
  const tls = { ca: stack.authority.caPem, servername: host }
  const transport = createTransport({ ...stack.smtp(place), requireTLS: true, tls })
  try {
    await transport.sendMail({ from: 'someone@elsewhere.example', to: person.upn, subject, text: 'Hello' })
  } finally {
    transport.close()
  }
}

async function cmdlet({ place }: Place, CmdletName: string, Parameters: object) {
  const { status, json } = await lab.call('POST', '/api/exchange/cmdlets', {
    deployment: place,
    CmdletName,
    Parameters,
  })
  expect(status).toBe(200)
  return json as { readonly value?: readonly Record<string, unknown>[] }
}

test.each(places)('$what: provisioning, folders, mail, a Ping that mail ends, an answer, a wipe', async (place) => {
  await using phone = await phoneOf(place)
  await phone.synchronizeFolders()
  expect([...phone.folders.keys()]).toEqual(expect.arrayContaining(['2', '3', '4', '5', '7', '8', '9', '10']))
  const inbox = phone.folders.get('2') ?? ''
  expect(await phone.synchronizeMail(inbox, 2)).toBe('1')
  const before = phone.mail.size
  const news = phone.ping([inbox])
  await deliver(place, 'From outside')
  expect(await news).toEqual({ status: '2', folders: [inbox] })
  expect(await phone.synchronizeMail(inbox)).toBe('1')
  expect([...phone.mail.values()].map(({ subject }) => subject)).toContain('From outside')
  expect(phone.mail.size).toBe(before + 1)
  const sent = await phone.sendMail('m1', `To: ${place.person.upn}\r\nSubject: To myself\r\n\r\nHello\r\n`)
  expect(sent).toBe(true)
  expect((await phone.ping([inbox])).status).toBe('2')
  await phone.synchronizeMail(inbox)
  expect([...phone.mail.values()].map(({ subject }) => subject)).toContain('To myself')

  const held = phone.ping([inbox])
  await lab.journal()
  await cmdlet(place, 'Clear-MobileDevice', { Identity: 'PHONE1' })
  await phone.synchronizeMail(inbox)
  await held
  expect([phone.wiped, phone.mail.size, phone.folders.size]).toEqual([true, 0, 0])
  const { value } = await cmdlet(place, 'Get-MobileDeviceStatistics', { Mailbox: place.person.upn })
  expect(value).toMatchObject([{ DeviceId: 'PHONE1', DeviceModel: 'Test phone', Status: 'DeviceWipeSucceeded' }])
})

test('the journal names commands, devices and decisions, and no secret', async () => {
  const [place] = places
  await using phone = await phoneOf(place)
  await phone.synchronizeFolders()
  const events = (await lab.journal()).filter(({ path }) => path === '/Microsoft-Server-ActiveSync')
  const decisions = events.flatMap((each) => each.decisions)
  expect(decisions).toEqual(
    expect.arrayContaining(['FolderSync', 'deviceNotProvisioned', 'Provision', 'policyAcknowledged']),
  )
  expect(JSON.stringify(events)).not.toContain(place.person.password)
})
