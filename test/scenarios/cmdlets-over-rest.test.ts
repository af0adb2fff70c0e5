import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { peggy } from '../actors/people.ts'
import { requestThrough } from '../actors/request-through.ts'
import { worldOf } from '../actors/world.ts'

const open = new AsyncDisposableStack()
let stack: Stack
let lab: Lab
let token: string
let cmdlets: readonly string[]

const base = 'https://outlook.office365.com/adminapi'
const bearer = () => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=utf-8' })

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
  const body = new URLSearchParams({
    grant_type: 'password',
    client_id: 'fb78d390-0c51-40cd-8e17-fdbfab77341b',
    username: 'breakglass@contoso.onmicrosoft.com',
    password: 'Break-Glass-16',
    scope: 'https://outlook.office365.com/.default',
  }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const url = 'https://login.microsoftonline.com/organizations/oauth2/v2.0/token'
  token = JSON.parse(
    (await requestThrough(stack, 'internet', url, { method: 'POST', headers, body })).text,
  ).access_token
  const file = await requestThrough(stack, 'internet', `${base}/v1.0/contoso.com/EXOModuleFile?Version=3.9.2`, {
    headers: bearer(),
  })
  cmdlets = String(JSON.parse(file.text).value[0].exportedCmdlets).split(',')
})
afterAll(() => open.disposeAsync())

async function invoke(CmdletName: string, Parameters: object) {
  const body = JSON.stringify({ CmdletInput: { CmdletName, Parameters } })
  const url = `${base}/beta/contoso.com/InvokeCommand`
  const { status, headers, text } = await requestThrough(stack, 'internet', url, {
    method: 'POST',
    headers: bearer(),
    body,
  })
  return { status, type: headers['x-exceptiontype'], json: JSON.parse(text) as Record<string, unknown> }
}

test('every cmdlet of the module refuses a parameter that it does not have, in the envelope that clients read', async () => {
  expect(cmdlets.length).toBeGreaterThan(45)
  for (const name of cmdlets) {
    const { status, type, json } = await invoke(name, { Nonsense: 'x' })
    expect([name, status, type]).toEqual([name, 400, 'ParameterBindingException'])
    const { error } = json as { error: { code: string; details: { message: string }[] } }
    expect(error.code).toBe('BadRequest')
    expect(error.details[0]?.message).toMatch(
      /^Ex[0-9A-F]{6}\|System\.Management\.Automation\.ParameterBindingException\|/,
    )
  }
})

test('every cmdlet that takes an identity says 404 for one that is not there, or needs it', async () => {
  for (const name of cmdlets.filter((each) => /^(Get|Set|Remove|Suspend|Resume)-/.test(each))) {
    const { status, type } = await invoke(name, { Identity: 'nobody-here' })
    if (type === 'ParameterBindingException') continue
    expect([name, status < 300 || type === 'ManagementObjectNotFoundException']).toEqual([name, true])
  }
})

const identities: Readonly<Record<string, string>> = {
  'Get-RoleGroupMember': 'Organization Management',
  'Get-DistributionGroupMember': 'Readers',
  'Get-MailboxFolderPermission': `${peggy.upn}:\\Calendar`,
}

test('every cmdlet that only reads answers a collection', async () => {
  const needs = new Set<string>()
  for (const name of cmdlets.filter((each) => each.startsWith('Get-'))) {
    const { status, json } = await invoke(name, {})
    if (status === 400) needs.add(name)
    else expect([name, status, Array.isArray(json.value)]).toEqual([name, 200, true])
  }
  await invoke('New-DistributionGroup', { Name: 'Readers' })
  await invoke('Set-UserPhoto', { Identity: peggy.upn, PictureData: btoa('\x89PNG\r\n\x1a\na face') })
  for (const name of needs) {
    const Identity = identities[name] ?? peggy.upn
    const asked = name.startsWith('Get-MessageTraceDetail')
      ? { MessageTraceId: crypto.randomUUID(), RecipientAddress: peggy.upn }
      : { Identity }
    expect([name, (await invoke(name, asked)).status]).toEqual([name, 200])
  }
})

test('what owners choose has cmdlets; domains are listed; on-premises they are the same', async () => {
  for (const deployment of ['exchange-online', 'exchange-onprem'] as const) {
    const upn = deployment === 'exchange-online' ? peggy.upn : 'bob@contoso.com'
    const run = async (CmdletName: string, Parameters: object = {}) => {
      const { status, json } = await lab.call('POST', '/api/exchange/cmdlets', { deployment, CmdletName, Parameters })
      return { status, ...(json as { value?: Record<string, unknown>[]; error?: string }) }
    }
    await run('Set-MailboxRegionalConfiguration', { Identity: upn, TimeZone: 'w. europe standard time' })
    const { value } = await run('Get-MailboxRegionalConfiguration', { Identity: upn })
    expect(value?.[0]?.TimeZone).toBe('W. Europe Standard Time')
    expect((await run('Set-MailboxRegionalConfiguration', { Identity: upn, TimeZone: 'Mars' })).error).toMatch(/Mars/)
    await run('Set-MailboxCalendarConfiguration', { Identity: upn, WeekStartDay: 'monday' })
    const calendar = await run('Get-MailboxCalendarConfiguration', { Identity: upn })
    expect(calendar.value?.[0]?.WeekStartDay).toBe('Monday')
    const domains = (await run('Get-AcceptedDomain')).value?.map(({ DomainName }) => DomainName)
    expect(domains).toEqual(expect.arrayContaining(['contoso.com', 'contoso.mail.onmicrosoft.com']))
  }
})

test.each([
  { path: 'Mailbox', first: 'ExternalDirectoryObjectId', many: true },
  { path: `Mailbox('${peggy.upn}')`, first: 'Alias', lacks: 'ServerName' },
  { path: `Mailbox('${peggy.upn}')?PropertySets=All`, first: 'ServerName' },
  { path: `Mailbox('${Buffer.from(peggy.upn).toString('base64')}')?IsEncoded=True`, first: 'Alias' },
  { path: `Mailbox?$filter=${encodeURIComponent("Alias -eq 'nobody'")}`, none: true },
  { path: `CasMailbox('${peggy.upn}')`, first: 'OWAEnabled', lacks: 'OutlookMobileEnabled' },
  {
    path: `mailbox('${btoa(peggy.upn)}')/MobileDevice/Exchange.GetMobileDeviceStatistics()/?IsEncoded=True`,
    none: true,
  },
])('GET $path', async ({ path, first, lacks, many, none }) => {
  const { status, text } = await requestThrough(stack, 'internet', `${base}/beta/contoso.com/${path}`, {
    headers: bearer(),
  })
  const { value } = JSON.parse(text) as { value: Record<string, unknown>[] }
  expect([status, value.length > 1, value.length === 0]).toEqual([200, many === true, none === true])
  if (first) expect(Object.keys(value[0] ?? {})).toContain(first)
  if (lacks) expect(Object.keys(value[0] ?? {})).not.toContain(lacks)
})

test.each(['Nonsense', "Mailbox('nobody@contoso.com')", `Mailbox('${peggy.upn}')/Nonsense`])(
  'GET %s is not found',
  async (path) => {
    const { status, headers } = await requestThrough(stack, 'internet', `${base}/beta/contoso.com/${path}`, {
      headers: bearer(),
    })
    expect([status, headers['x-exceptiontype']]).toEqual([404, 'ManagementObjectNotFoundException'])
  },
)

test('an application manages Exchange in its own name, by the permission and a directory role of Entra ID', async () => {
  const tokenOf = async (client_id: string, client_secret: string) => {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id,
      client_secret,
      scope: 'https://outlook.office365.com/.default',
    }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const url = 'https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token'
    const { text } = await requestThrough(stack, 'internet', url, { method: 'POST', headers, body })
    return String(JSON.parse(text).access_token)
  }
  const statusWith = async (own: string) => {
    const body = JSON.stringify({ CmdletInput: { CmdletName: 'Get-OrganizationConfig', Parameters: {} } })
    const url = `${base}/beta/contoso.com/InvokeCommand`
    const headers = { ...bearer(), authorization: `Bearer ${own}` }
    return (await requestThrough(stack, 'internet', url, { method: 'POST', headers, body })).status
  }
  const script = await tokenOf('a0000000-0000-4000-8000-000000000006', 'sample-exchange-script-secret')
  expect(decodeJwt(script)).toMatchObject({
    roles: ['Exchange.ManageAsApp'],
    wids: ['29232cdf-9323-42fd-ade2-1d097af3e4de', '0997a1d0-0d1d-4acb-b408-d5ca73121e90'],
  })
  expect(await statusWith(script)).toBe(200)
  expect(await statusWith(await tokenOf('a0000000-0000-4000-8000-000000000005', 'sample-daemon-secret'))).toBe(401)
})
