import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice } from '../actors/people.ts'
import { type Answer, requestThrough } from '../actors/request-through.ts'
import { worldOf } from '../actors/world.ts'

const managementShell = 'fb78d390-0c51-40cd-8e17-fdbfab77341b'
const administrator = { upn: 'breakglass@contoso.onmicrosoft.com', password: 'Break-Glass-16' }
const peggy = { upn: 'peggy@fabrikam.com', password: 'Peggy-Pass14' }
const open = new AsyncDisposableStack()
let stack: Stack
let lab: Lab
let token: string

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
})

beforeEach(async () => {
  await lab.reset()
  token = await tokenOf(administrator)
})

afterAll(() => open.disposeAsync())

async function tokenOf(
  { upn, password }: { upn: string; password: string },
  resource = 'https://outlook.office365.com',
) {
  const body = new URLSearchParams({
    grant_type: 'password',
    client_id: managementShell,
    username: upn,
    password,
    scope: `${resource}/.default`,
  }).toString()
  const url = 'https://login.microsoftonline.com/organizations/oauth2/v2.0/token'
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await requestThrough(stack, 'internet', url, { method: 'POST', headers, body })
  expect(answer.text).toContain('access_token')
  return (JSON.parse(answer.text) as { access_token: string }).access_token
}

interface Call {
  readonly bearer?: string
  readonly tenant?: string
  readonly query?: string
  readonly prefer?: string
}

function invoke(name: string, parameters: Readonly<Record<string, unknown>> = {}, call: Call = {}): Promise<Answer> {
  return post({ CmdletInput: { CmdletName: name, Parameters: parameters } }, 'InvokeCommand', call)
}

function post(body: unknown, operation: string, call: Call): Promise<Answer> {
  const { bearer = token, tenant = 'contoso.com', query = '', prefer } = call
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    ...(bearer && { authorization: `Bearer ${bearer}` }),
    ...(prefer && { prefer }),
  }
  const url = `https://outlook.office365.com/adminapi/beta/${tenant}/${operation}${query}`
  return requestThrough(stack, 'internet', url, { method: 'POST', headers, body: JSON.stringify(body) })
}

function returned({ status, text }: Answer): readonly Record<string, unknown>[] {
  expect(text).toContain('"value"')
  expect(status).toBe(200)
  return (JSON.parse(text) as { value: Record<string, unknown>[] }).value
}

test('MOBILE-ONLINE-L an administrator makes a policy, assigns it to a pilot, then to everybody', async () => {
  const [made] = returned(
    await invoke('New-AuthenticationPolicy', { Name: 'Block Basic', AllowBasicAuthWebServices: true }),
  )
  expect(made).toMatchObject({ Name: 'Block Basic', AllowBasicAuthActiveSync: false, AllowBasicAuthWebServices: true })
  expect(returned(await invoke('Set-User', { Identity: alice.upn, AuthenticationPolicy: 'block basic' }))).toEqual([])
  const [person] = returned(await invoke('Get-User', { Identity: alice.upn }))
  expect(person?.AuthenticationPolicy).toBe(made?.DistinguishedName)
  const filter = `AuthenticationPolicy -eq '${made?.DistinguishedName}'`
  const pilots = returned(await invoke('Get-User', { Filter: filter }))
  expect(pilots.map(({ UserPrincipalName }) => UserPrincipalName)).toEqual([alice.upn])
  returned(await invoke('Set-OrganizationConfig', { DefaultAuthenticationPolicy: 'Block Basic' }))
  expect(returned(await invoke('Get-OrganizationConfig'))[0]?.DefaultAuthenticationPolicy).toBe('Block Basic')
  expect((await invoke('Remove-AuthenticationPolicy', { Identity: 'Block Basic' })).status).toBe(400)
  returned(await invoke('Set-OrganizationConfig', { DefaultAuthenticationPolicy: null }))
  returned(await invoke('Set-User', { Identity: alice.upn, AuthenticationPolicy: null }))
  returned(await invoke('Remove-AuthenticationPolicy', { Identity: 'Block Basic' }))
  expect(returned(await invoke('Get-AuthenticationPolicy'))).toEqual([])
})

test.each([
  { what: 'an unknown cmdlet', name: 'Get-Nonsense', status: 404, type: 'CommandNotFoundException' },
  {
    what: 'an unknown user',
    name: 'Get-Mailbox',
    with: { Identity: 'nobody' },
    status: 404,
    type: 'ManagementObjectNotFoundException',
  },
  {
    what: 'a mailbox that is on-premises',
    name: 'Get-Mailbox',
    with: { Identity: 'bob@contoso.com' },
    status: 404,
    type: 'ManagementObjectNotFoundException',
  },
  {
    what: 'an unknown parameter',
    name: 'Get-Mailbox',
    with: { Nonsense: 1 },
    status: 400,
    type: 'ParameterBindingException',
  },
  { what: 'a missing parameter', name: 'Set-User', with: {}, status: 400, type: 'ParameterBindingException' },
  {
    what: 'a value of another kind',
    name: 'New-AuthenticationPolicy',
    with: { Name: 'p', AllowBasicAuthPop: 'yes' },
    status: 400,
    type: 'ParameterBindingException',
  },
  {
    what: 'an unknown policy',
    name: 'Set-User',
    with: { Identity: alice.upn, AuthenticationPolicy: 'none' },
    status: 404,
    type: 'ManagementObjectNotFoundException',
  },
])('$what is refused as $type', async ({ name, with: parameters, status, type }) => {
  const answer = await invoke(name, parameters)
  expect(answer.status).toBe(status)
  expect(answer.headers['x-exceptiontype']).toBe(type)
  const { error } = JSON.parse(answer.text) as { error: { details: { message: string }[] } }
  expect(error.details[0]?.message).toMatch(new RegExp(`^Ex[0-9A-F]{6}\\|[\\w.]+${type}\\|.+`))
})

test('a policy of the same name is refused, in any case of its letters', async () => {
  returned(await invoke('New-AuthenticationPolicy', { Name: 'Twice' }))
  expect((await invoke('New-AuthenticationPolicy', { Name: 'TWICE' })).headers['x-exceptiontype']).toBe(
    'ADObjectAlreadyExistsException',
  )
})

test('mailboxes come in pages, whose links are posted to again; $select picks members', async () => {
  const all = returned(await invoke('Get-Mailbox')).map(({ UserPrincipalName }) => UserPrincipalName)
  expect(all.length).toBeGreaterThan(3)
  const seen: unknown[] = []
  let query = '?$select=UserPrincipalName'
  for (let page = 0; page <= all.length && query; page++) {
    const answer = await invoke('Get-Mailbox', {}, { query, prefer: 'odata.maxpagesize=2' })
    seen.push(...returned(answer).map((each) => each.UserPrincipalName))
    expect(Object.keys(returned(answer)[0] ?? {})).toEqual(['UserPrincipalName'])
    query = new URL((JSON.parse(answer.text) as Record<string, string>)['@odata.nextLink'] ?? 'https://none').search
  }
  expect(seen).toEqual(all)
})

test('a batch answers each member with its own status', async () => {
  const member = (id: string, CmdletName: string) => ({
    id,
    method: 'POST',
    url: 'InvokeCommand',
    body: { CmdletInput: { CmdletName } },
  })
  const answer = await post(
    { requests: [member('1', 'Get-OrganizationConfig'), member('2', 'Get-Nonsense')] },
    '$batch',
    {},
  )
  expect(JSON.parse(answer.text)).toMatchObject({
    responses: [
      { id: '1', status: 200 },
      { id: '2', status: 404 },
    ],
  })
})

test('a person without a role, a token for another resource, no token and another tenant are refused', async () => {
  expect((await invoke('Get-OrganizationConfig', {}, { bearer: await tokenOf(peggy) })).status).toBe(403)
  const foreign = await invoke(
    'Get-Mailbox',
    {},
    { bearer: await tokenOf(administrator, 'https://graph.microsoft.com') },
  )
  expect(foreign.status).toBe(401)
  expect(foreign.headers['x-ms-diagnostics']).toMatch(/^2000003;reason="[^"]+";error_category="invalid_resource"$/)
  expect(String((await invoke('Get-Mailbox', {}, { bearer: '' })).headers['www-authenticate'])).toContain(
    'authorization_uri=',
  )
  const forged = `${token.slice(0, -6)}AAAAAA`
  expect((await invoke('Get-Mailbox', {}, { bearer: forged })).status).toBe(401)
  expect((await invoke('Get-Mailbox', {}, { tenant: 'fabrikam.example' })).status).toBe(404)
  await lab.clock({ advance: 'PT2H' })
  expect((await invoke('Get-Mailbox')).headers['x-ms-diagnostics']).toContain('2000001;')
})

test('the lab runs the same cmdlets, without signing in', async () => {
  expect(
    (
      await lab.call('POST', '/api/exchange/cmdlets', {
        deployment: 'exchange-online',
        CmdletName: 'Get-AuthenticationPolicy',
      })
    ).status,
  ).toBe(200)
})

test('devices: rules, the default level, what partnerships say, and a wipe that the device is told of', async () => {
  const ids = `User=x&DeviceId=PHONE1&DeviceType=Phone`
  const knock = async () => {
    const authorization = `Basic ${Buffer.from(`${peggy.upn}:${peggy.password}`).toString('base64')}`
    const headers = { authorization, 'ms-asprotocolversion': '14.1', 'content-type': 'application/vnd.ms-sync.wbxml' }
    const url = `https://outlook.office365.com/Microsoft-Server-ActiveSync?Cmd=FolderSync&${ids}`
    // FolderSync with the key 0.
    const body = Buffer.from('03016a000007565203300001 01'.replace(' ', ''), 'hex').toString('latin1')
    return requestThrough(stack, 'internet', url, { method: 'POST', headers, body })
  }
  const [rule] = returned(
    await invoke('New-ActiveSyncDeviceAccessRule', {
      Characteristic: 'DeviceType',
      QueryString: 'iPad',
      AccessLevel: 'block',
    }),
  )
  expect(rule).toMatchObject({ Name: 'iPad (DeviceType)', AccessLevel: 'Block' })
  returned(await invoke('Set-ActiveSyncDeviceAccessRule', { Identity: 'iPad (DeviceType)', AccessLevel: 'Quarantine' }))
  expect(returned(await invoke('Get-ActiveSyncDeviceAccessRule'))[0]?.AccessLevel).toBe('Quarantine')
  returned(await invoke('Remove-ActiveSyncDeviceAccessRule', { Identity: 'iPad (DeviceType)' }))
  expect(returned(await invoke('Get-ActiveSyncDeviceAccessRule'))).toEqual([])
  returned(await invoke('Set-ActiveSyncOrganizationSettings', { DefaultAccessLevel: 'Allow' }))
  expect((await invoke('Set-ActiveSyncOrganizationSettings', { DefaultAccessLevel: 'Perhaps' })).status).toBe(400)
  await knock()
  const [device] = returned(await invoke('Get-MobileDevice', { Mailbox: peggy.upn }))
  expect(device).toMatchObject({ DeviceId: 'PHONE1', DeviceType: 'Phone', DeviceAccessState: 'Allowed' })
  returned(await invoke('Clear-MobileDevice', { Identity: device?.Identity }))
  const [statistics] = returned(await invoke('Get-MobileDeviceStatistics', { Identity: 'PHONE1' }))
  expect(statistics?.Status).toBe('DeviceWipePending')
  returned(await invoke('Clear-MobileDevice', { Identity: 'PHONE1', Cancel: true }))
  expect((await invoke('Clear-MobileDevice', { Identity: 'PHONE1', Cancel: true })).status).toBe(400)
  returned(await invoke('Remove-MobileDevice', { Identity: 'PHONE1' }))
  expect(returned(await invoke('Get-MobileDevice'))).toEqual([])
})
