import type { FastifyReply } from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Clock } from '#shared/clock.ts'
import { exchangeAdministrator, openShell, type Shell } from './_shell.ts'
import { RequestBudget } from './request-budget.ts'

let shell: Shell
let token: string
const open = new AsyncDisposableStack()
const peggy = 'peggy@fabrikam.com'

beforeAll(async () => {
  shell = open.use(await openShell())
})
beforeEach(async () => {
  const claims = { appid: 'app', oid: '5a1b0000-0000-4000-8000-000000000001' }
  token = await shell.tokenOf({ ...claims, roles: ['Exchange.ManageAsApp'], wids: [exchangeAdministrator] })
})
afterEach(() => shell.stage.reset())
afterAll(() => open.disposeAsync())

interface Answered {
  readonly value: readonly Record<string, unknown>[]
  readonly '@adminapi.warnings': readonly string[]
  readonly error: { readonly details: readonly { readonly message: string }[] }
}

async function run(name: string, parameters: object = {}, headers: object = {}) {
  const { status, headers: got, body } = await shell.invoke(token, name, parameters, headers)
  const json: Partial<Answered> = JSON.parse(body)
  const [, , message] = (json.error?.details[0]?.message ?? '').split('|')
  const { value = [], '@adminapi.warnings': warnings = [] } = json
  return { status, headers: got, value, warnings, message }
}

const names = (value: readonly Record<string, unknown>[]) => value.map(({ DisplayName }) => DisplayName)

test('limits come as words, digits or numbers, in any case; what is over them is a warning', async () => {
  const { value: all } = await run('Get-Mailbox', { ResultSize: 'unlimited' })
  expect(all.length).toBeGreaterThan(3)
  for (const ResultSize of [2, '2']) {
    const { value, warnings } = await run('Get-Mailbox', { ResultSize })
    expect(names(value)).toEqual(names(all.slice(0, 2)))
    expect(warnings).toEqual([expect.stringMatching(/^There are more results available/)])
  }
  expect((await run('Get-Mailbox')).warnings).toEqual([])
  for (const ResultSize of [-1, 1.5, 'many', true])
    expect((await run('Get-Mailbox', { ResultSize })).message).toMatch(/Unlimited`1\[System\.UInt32\]/)
})

test.each([
  ['Get-Mailbox', { Identity: null }, "Cannot bind argument to parameter 'Identity' because it is null."],
  ['Get-Mailbox', { Identity: '' }, "Cannot bind argument to parameter 'Identity' because it is an empty string."],
  ['Get-Mailbox', { Identity: peggy, identity: peggy }, /parameter 'Identity' is specified more than once/],
  ['Set-CASMailbox', { Identity: peggy, EwsEnabled: 'false' }, /"System.String" to type "System.Boolean"/],
  ['New-AuthenticationPolicy', { Name: 'x', AllowBasicAuthPop: 'no' }, /Cannot convert 'System.String' to the type/],
  ['Set-CASMailbox', { Identity: peggy, EwsAllowList: { more: 1 } }, /System\.Collections\.Hashtable/],
])('%s %j is refused in the words of the shell', async (name, parameters, message) => {
  const answer = await run(name, parameters)
  expect([answer.status, answer.headers['x-exceptiontype']]).toEqual([400, 'ParameterBindingException'])
  expect(answer.message).toMatch(message)
})

test('1 is true, a number is text, and $null empties a list', async () => {
  const set = (given: object) => run('Set-CASMailbox', { Identity: peggy, ...given })
  const shown = async () => (await run('Get-CASMailbox', { Identity: peggy })).value[0]
  await set({ EwsEnabled: 0, EwsAllowList: [5, 'x'] })
  expect(await shown()).toMatchObject({ EwsEnabled: false, EwsAllowList: ['5', 'x'] })
  await set({ EwsEnabled: 1, EwsAllowList: null })
  expect(await shown()).toMatchObject({ EwsEnabled: true, EwsAllowList: [] })
})

test('-WhatIf changes nothing, and refuses what is not there', async () => {
  expect((await run('New-AuthenticationPolicy', { Name: 'Perhaps', WhatIf: true })).value).toEqual([])
  expect((await run('Get-AuthenticationPolicy')).value).toEqual([])
  await run('Set-CASMailbox', { Identity: peggy, OWAEnabled: false, WhatIf: true })
  expect((await run('Get-CASMailbox', { Identity: peggy })).value[0]?.OWAEnabled).toBe(true)
  expect((await run('Remove-Mailbox', { Identity: peggy, whatif: true })).status).toBe(200)
  expect((await run('Get-Mailbox', { Identity: peggy })).value).toHaveLength(1)
  expect((await run('Remove-Mailbox', { Identity: 'nobody', WhatIf: true })).status).toBe(404)
})

test('a change that changes nothing says so', async () => {
  const nothing = [expect.stringMatching(/^The command completed successfully but no settings of '.+' have been/)]
  await run('New-AuthenticationPolicy', { Name: 'P' })
  const change = { Identity: 'P', AllowBasicAuthPop: true }
  expect((await run('Set-AuthenticationPolicy', change)).warnings).toEqual([])
  expect((await run('Set-AuthenticationPolicy', change)).warnings).toEqual(nothing)
  expect((await run('Set-CASMailbox', { Identity: peggy, OWAEnabled: true })).warnings).toEqual(nothing)
  expect((await run('Set-OrganizationConfig', { EwsEnabled: false })).warnings).toEqual([])
  expect((await run('Set-OrganizationConfig', { EwsEnabled: false })).warnings).toEqual(nothing)
})

test('people are found by every name they have, by wildcards, beginnings and types, in the order asked for', async () => {
  const [found] = (await run('Get-Mailbox', { Identity: peggy })).value
  const keys = ['Guid', 'ExchangeGuid', 'ExternalDirectoryObjectId', 'LegacyExchangeDN', 'DistinguishedName', 'Alias']
  for (const key of keys)
    expect([key, names((await run('Get-Mailbox', { Identity: found?.[key] })).value)]).toEqual([
      key,
      names([found ?? {}]),
    ])
  expect((await run('Get-User', { Identity: 'contoso\\bob' })).value[0]?.UserPrincipalName).toBe('bob@contoso.com')
  expect((await run('Get-User', { Identity: 'elsewhere\\bob' })).status).toBe(404)
  expect(names((await run('Get-Mailbox', { Identity: 'peg*' })).value)).toEqual(names([found ?? {}]))
  expect(names((await run('Get-Mailbox', { Anr: 'peg' })).value)).toEqual(names([found ?? {}]))
  const ordered = names((await run('Get-Mailbox', { SortBy: 'DisplayName' })).value)
  expect(ordered).toEqual(ordered.toSorted())
  const types = (await run('Get-Recipient', { RecipientTypeDetails: 'MailUser, SharedMailbox' })).value
  expect(new Set(types.map(({ RecipientTypeDetails }) => RecipientTypeDetails))).toEqual(new Set(['MailUser']))
})

test('filters know of people what their cmdlet does not show', async () => {
  const Filter =
    "Department -eq 'finance' -and Title -eq 'Controller' -and FirstName -like 'B*' -and LastName -ne $null"
  for (const cmdlet of ['Get-User', 'Get-Recipient', 'Get-MailUser'])
    expect([cmdlet, names((await run(cmdlet, { Filter })).value)]).toEqual([cmdlet, ['Bob Brandt']])
  const [shown] = (await run('Get-User', { Identity: 'bob@contoso.com' })).value
  expect(shown).toMatchObject({ FirstName: 'Bob', LastName: 'Brandt', Title: 'Controller', Department: 'Finance' })
  expect(names((await run('Get-Recipient', { Filter: "Department -like '*'" })).value)).not.toContain('Admin')
})

test('answers tell moments as .NET does, the server, the application and how many requests are left', async () => {
  const { value, headers } = await run('Get-Mailbox', { Identity: peggy }, { 'client-request-id': 'abc' })
  expect(value[0]?.WhenCreated).toMatch(/^2026-03-02T12:00:00\.000000[0-9]\+00:00$/)
  expect(headers).toMatchObject({
    'odata-version': '4.0',
    'x-calculatedbetarget': expect.stringMatching(/\.prod\.outlook\.com$/),
    'x-ms-appid': 'app',
    'client-request-id': 'abc',
    'rate-limit-limit': '30000',
    'rate-limit-reset': expect.stringMatching(/^2026-03-02T/),
  })
  const left = async () => Number((await run('Get-AcceptedDomain')).headers['rate-limit-remaining'])
  expect((await left()) - (await left())).toBe(1)
})

test('whoever made too many requests is told when to come again, until then', () => {
  const said: Record<string, string> = {}
  const header = (name: string, value: string) => Object.assign(said, { [name]: value })
  const reply = { header, headers: (all: object) => Object.assign(said, all) } as unknown as FastifyReply
  let now = Date.parse('2026-03-02T12:00:00Z')
  const budget = new RequestBudget({ now: () => new Date(now) } as Clock)
  for (let request = 0; request < 30_000; request++) budget.spend('app', reply)
  expect(said['rate-limit-remaining']).toBe('0')
  now += 60_000
  expect(() => budget.spend('app', reply)).toThrow(expect.objectContaining({ status: 429 }))
  expect(said['retry-after']).toBe('240')
  budget.spend('another', reply)
  now += 240_000
  budget.spend('app', reply)
  expect(said['rate-limit-remaining']).toBe('29999')
})

test('tokens for add-ins of Outlook stay off; policies of another tenant are not there', async () => {
  const tokens = (given: object) => run('Set-AuthenticationPolicy', { Identity: 'LegacyExchangeTokens', ...given })
  expect((await tokens({ BlockLegacyExchangeTokens: true })).status).toBe(200)
  expect((await tokens({ AllowLegacyExchangeTokens: true })).status).toBe(400)
  expect((await run('Get-AuthenticationPolicy', { AllowLegacyExchangeTokens: true })).value).toMatchObject([
    { AllowLegacyExchangeTokens: false },
  ])
  await run('New-AuthenticationPolicy', { Name: 'P', TenantId: 'contoso.com' })
  const mistaken = { Identity: 'P', BlockLegacyExchangeTokens: true }
  expect((await run('Set-AuthenticationPolicy', mistaken)).headers['x-exceptiontype']).toBe('ParameterBindingException')
  expect((await run('Remove-AuthenticationPolicy', { Identity: 'P', TenantId: 'elsewhere.example' })).status).toBe(404)
})

test.each([
  ['MinPasswordLength', 17],
  ['MaxPasswordFailedAttempts', 3],
  ['MaxInactivityTimeLock', '01:00:01'],
  ['MaxInactivityTimeLock', '00:00:30'],
])('of a policy for devices, %s %s is out of range', async (name, value) => {
  const { status, headers } = await run('Set-MobileDeviceMailboxPolicy', { Identity: 'Default', [name]: value })
  expect([status, headers['x-exceptiontype']]).toEqual([400, 'DataValidationException'])
  expect((await run('Set-MobileDeviceMailboxPolicy', { Identity: 'Default', [name]: 'Unlimited' })).status).toBe(200)
})

test.each([
  ['application/json', '{bad'],
  ['text/plain', 'CmdletInput'],
  ['application/json; charset=utf-8', '[]'],
])('a body of %s that is %s is refused in the envelope', async (type, payload) => {
  const url = '/adminapi/beta/contoso.com/InvokeCommand'
  const { status, body } = await shell.send(token, { method: 'POST', url, headers: { 'content-type': type }, payload })
  expect([status, JSON.parse(body).error.details[0].message]).toEqual([400, expect.stringContaining('CmdletInput')])
})

test.each([
  ["Shoe -eq '43'", 'Shoe', 1],
  ["(DisplayName -like 'P*') -and Shoe -ne $null", 'Shoe', 31],
])('a filter %s names what nobody has', async (Filter, name, position) => {
  const { status, headers, message } = await run('Get-Mailbox', { Filter })
  expect([status, headers['x-exceptiontype']]).toEqual([400, 'ParameterBindingException'])
  expect(message).toContain(`""${name}" is not a recognized filterable property.`)
  expect(message).toContain(`"${Filter}" at position ${position}.`)
  expect((await run('Get-Mailbox', { Filter: 'CustomAttribute3 -eq $null' })).value.length).toBeGreaterThan(3)
  expect((await run('Get-MobileDevice', { Filter: "DeviceOS -like 'x*'" })).value).toEqual([])
})

test('below a mailbox are its statistics and permissions; every other path is refused in the envelope', async () => {
  const get = async (path: string) => {
    const { status, body } = await shell.send(token, { method: 'GET', url: `/adminapi/beta/contoso.com/${path}` })
    return { status, json: JSON.parse(body) }
  }
  await run('Add-MailboxPermission', { Identity: peggy, User: 'bob@contoso.com', AccessRights: ['FullAccess'] })
  const permissions = await get(`Mailbox('${peggy}')/MailboxPermission`)
  expect(permissions.json.value).toContainEqual(expect.objectContaining({ User: 'bob@contoso.com' }))
  const statistics = await get(`Mailbox('${peggy}')/Exchange.GetMailboxStatistics()`)
  expect(statistics.json.value).toEqual([expect.objectContaining({ ItemCount: expect.any(Number) })])
  expect((await get(`Recipient('${peggy}')/RecipientPermission`)).status).toBe(200)
  for (const path of [`Mailbox('${peggy}')/Shoes`, 'Mailbox/MailboxPermission', 'Shoes/1/2']) {
    const { status, json } = await get(path)
    expect([path, status, json.error.code]).toEqual([path, 404, 'NotFound'])
    expect(json.error.details[0].message).toContain('Resource not found for the segment')
  }
})
