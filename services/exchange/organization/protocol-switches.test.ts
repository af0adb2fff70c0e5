import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SigningKey } from '#certs/authority.ts'
import { openMailboxOf, type Stage, testKeys } from '../_stage.ts'
import { Device, openOffice } from '../activesync/_device.ts'

const bob = 'bob@contoso.com'
const peggy = 'peggy@fabrikam.com'
let keys: Awaited<ReturnType<typeof testKeys>>
let entra: SigningKey

beforeAll(async () => {
  keys = await testKeys()
  entra = await keys.key('Entra')
})
afterAll(() => keys.remove())

async function run({ management }: Stage, CmdletName: string, Parameters: object): Promise<void> {
  const payload = { CmdletInput: { CmdletName, Parameters } }
  const answer = await management.inject({ method: 'POST', url: '/cmdlets', payload })
  expect([answer.statusCode, answer.body]).toEqual([200, '{"value":[]}'])
}

const reasonsOf = (stage: Stage) => stage.events().flatMap(({ reasons }) => reasons)

function findFolders({ app }: Stage, userAgent = 'Script/1.0') {
  const soap = 'http://schemas.xmlsoap.org/soap/envelope/'
  const types = 'http://schemas.microsoft.com/exchange/services/2006'
  const payload = `<s:Envelope xmlns:s="${soap}" xmlns:m="${types}/messages" xmlns:t="${types}/types"><s:Body><m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:GetFolder></s:Body></s:Envelope>`
  const headers = {
    host: 'mail.contoso.com',
    authorization: `Basic ${Buffer.from(`${bob}:right`).toString('base64')}`,
    'content-type': 'text/xml',
    'user-agent': userAgent,
  }
  return app.inject({ method: 'POST', url: '/EWS/Exchange.asmx', headers, payload })
}

test('online, OWAEnabled and ECPEnabled end what is open, at once, and let in again', async () => {
  await using stage = await openMailboxOf(peggy, entra)
  const { person } = stage
  const home = async () => person.get('/owa/')
  expect((await home()).statusCode).toBe(200)
  await run(stage, 'Set-CASMailbox', { Identity: peggy, OWAEnabled: false })
  const refused = await home()
  expect(refused.statusCode).toBe(302)
  expect(refused.headers.location).toMatch(
    /errorfe\.aspx\?.*owaError=Microsoft\.Exchange\.Data\.Storage\.AccountDisabled/,
  )
  const page = await person.get(String(refused.headers.location).replace('https://outlook.office.com', ''))
  expect([page.statusCode, page.body.includes('Outlook on the web is turned off')]).toEqual([500, true])
  expect(reasonsOf(stage)).toContain(`OWAEnabled is off for ${peggy} (Set-CASMailbox)`)
  await run(stage, 'Set-CASMailbox', { Identity: peggy, OWAEnabled: true })
  expect((await home()).statusCode).toBe(200)
  await run(stage, 'Set-CASMailbox', { Identity: peggy, ECPEnabled: false })
  const panel = await person.get('/ecp/')
  expect([panel.statusCode, panel.body.includes('Access denied')]).toEqual([403, true])
  expect((await home()).statusCode).toBe(200)
})

test('on-premises, each protocol of a mailbox has a switch of its own', async () => {
  await using stage = await openOffice()
  for (const name of ['owa', 'ecp'])
    await run(stage, `Set-${name}VirtualDirectory`, {
      Identity: `${name} (Default Web Site)`,
      AdfsAuthentication: false,
      FormsAuthentication: true,
    })
  const person = stage.browser('mail.contoso.com')
  const form = { destination: 'https://mail.contoso.com/owa/', flags: '4', username: bob, password: 'right' }
  await person.post('/owa/auth.owa', form)
  const phone = new Device(stage, bob)
  phone.version = '12.1'
  const doors = async () => [
    (await person.get('/owa/')).statusCode,
    (await person.get('/ecp/')).statusCode,
    (await findFolders(stage)).statusCode,
    (await phone.send('Settings')).status,
    (await stage.app.inject({ method: 'POST', url: '/mapi/emsmdb', headers: mapi })).statusCode,
  ]
  const mapi = {
    host: 'mail.contoso.com',
    authorization: `Basic ${Buffer.from(`${bob}:right`).toString('base64')}`,
  }
  const open = await doors()
  expect(open).toEqual([200, 200, 200, 449, 501])
  const switches = ['OWAEnabled', 'ECPEnabled', 'EwsEnabled', 'ActiveSyncEnabled', 'MAPIEnabled']
  const off = Object.fromEntries(switches.map((name) => [name, false]))
  await run(stage, 'Set-CASMailbox', { Identity: bob, ...off })
  expect(await doors()).toEqual([302, 403, 403, 403, 403])
  const reasons = reasonsOf(stage).join('\n')
  for (const name of switches) expect(reasons).toContain(`${name} is off for`)
  const on = Object.fromEntries(switches.map((name) => [name, true]))
  await run(stage, 'Set-CASMailbox', { Identity: bob, ...on })
  expect(await doors()).toEqual(open)
})

test('the organization shuts Exchange Web Services for everybody, or for programs by their user agent', async () => {
  await using stage = await openOffice()
  await run(stage, 'Set-OrganizationConfig', { EwsEnabled: false })
  expect((await findFolders(stage)).statusCode).toBe(403)
  await run(stage, 'Set-OrganizationConfig', {
    EwsEnabled: true,
    EwsApplicationAccessPolicy: 'EnforceAllowList',
    EwsAllowList: ['Trusted/*'],
  })
  expect((await findFolders(stage)).statusCode).toBe(403)
  expect((await findFolders(stage, 'trusted/2')).statusCode).toBe(200)
})
