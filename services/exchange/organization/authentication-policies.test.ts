import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openStage, type Stage } from '../_stage.ts'
import { openOffice } from '../activesync/_device.ts'
import { onlineProtocols, onPremisesProtocols, type PolicyProtocol } from './blocked-protocol.ts'

type Place = 'online' | 'onPremises'

const people = { online: 'peggy@fabrikam.com', onPremises: 'bob@contoso.com' } as const
const hosts = { online: 'outlook.office365.com', onPremises: 'mail.contoso.com' } as const
const open = new AsyncDisposableStack()
let stages: Readonly<Record<Place, Stage>>

/** Entra ID of the stage says yes to every password. */
async function openCloud(): Promise<Stage> {
  let scenario: Stage['scenario'] | undefined
  const stage = await openStage({
    name: 'exchange-online',
    peers: ({ pathname }) => {
      if (pathname.includes('userrealm')) return { status: 200, body: '{"account_type":"Managed"}' }
      const person = scenario?.users.find(({ userPrincipalName }) => userPrincipalName === people.online)
      return { status: 200, body: JSON.stringify({ objectId: person?.entraObjectId }) }
    },
  })
  scenario = stage.scenario
  return stage
}

beforeAll(async () => {
  stages = { online: open.use(await openCloud()), onPremises: open.use(await openOffice()) }
})
afterEach(async () => {
  for (const stage of Object.values(stages)) await stage.reset?.()
})
afterAll(() => open.disposeAsync())

async function run(place: Place, CmdletName: string, Parameters: object): Promise<void> {
  const payload = { CmdletInput: { CmdletName, Parameters } }
  const answer = await stages[place].management.inject({ method: 'POST', url: '/cmdlets', payload })
  expect([CmdletName, answer.statusCode, answer.body.slice(0, 200)]).toEqual([CmdletName, 200, expect.any(String)])
}

/** Where each protocol that has a face over HTTP answers; SMTP is witnessed by the scenario of mail flow. */
const doors: Readonly<Partial<Record<PolicyProtocol, { readonly method: 'GET' | 'POST' | 'OPTIONS'; url: string }>>> = {
  ActiveSync: { method: 'OPTIONS', url: '/Microsoft-Server-ActiveSync' },
  Autodiscover: { method: 'POST', url: '/autodiscover/autodiscover.xml' },
  Mapi: { method: 'POST', url: '/mapi/emsmdb' },
  OfflineAddressBook: { method: 'GET', url: '/oab/oab.xml' },
  OutlookService: { method: 'GET', url: '/outlookservice/' },
  Powershell: { method: 'POST', url: '/powershell-liveid/' },
  ReportingWebServices: { method: 'GET', url: '/ecp/reportingwebservice/reporting.svc' },
  Rpc: { method: 'POST', url: '/rpc/rpcproxy.dll' },
  WebServices: { method: 'POST', url: '/EWS/Exchange.asmx' },
}

async function isLetIn(place: Place, protocol: PolicyProtocol): Promise<boolean> {
  const door = doors[protocol]
  const headers = {
    host: hosts[place],
    authorization: `Basic ${Buffer.from(`${people[place]}:right`).toString('base64')}`,
    'content-type': 'text/xml',
  }
  const answer = await stages[place].app.inject({
    ...door,
    url: door?.url ?? '',
    headers,
    ...(door?.method === 'POST' && { payload: '<a/>' }),
  })
  if (answer.statusCode === 401) expect([protocol, answer.body]).toEqual([protocol, ''])
  return answer.statusCode !== 401
}

const withDoors = (protocols: readonly PolicyProtocol[]) => protocols.filter((each) => doors[each] !== undefined)

test.each([
  ...withDoors(onlineProtocols).map((protocol) => ['online', protocol] as const),
  ...withDoors(onPremisesProtocols).map((protocol) => ['onPremises', protocol] as const),
])('%s, the switch of %s is for that protocol alone, and counts at once', async (place, protocol) => {
  const allows = place === 'online'
  const name = `${allows ? 'AllowBasicAuth' : 'BlockLegacyAuth'}${protocol}`
  expect(await isLetIn(place, protocol)).toBe(true)
  await run(place, 'New-AuthenticationPolicy', { Name: 'One', [name]: true })
  await run(place, 'Set-User', { Identity: people[place], AuthenticationPolicy: 'One' })
  for (const each of withDoors(allows ? onlineProtocols : onPremisesProtocols))
    expect([each, await isLetIn(place, each)]).toEqual([each, (each === protocol) === allows])
  await run(place, 'Set-AuthenticationPolicy', { Identity: 'One', [name]: false })
  expect(await isLetIn(place, protocol)).toBe(!allows)
  await run(place, 'Set-User', { Identity: people[place], AuthenticationPolicy: null })
  expect(await isLetIn(place, protocol)).toBe(true)
})

test.each(['online', 'onPremises'] as const)('%s, the own policy replaces that of the organization', async (place) => {
  const protocols = place === 'online' ? onlineProtocols : onPremisesProtocols
  const prefix = place === 'online' ? 'AllowBasicAuth' : 'BlockLegacyAuth'
  const all = Object.fromEntries(protocols.map((each) => [`${prefix}${each}`, true]))
  const [open, shut] = place === 'online' ? [all, {}] : [{}, all]
  await run(place, 'New-AuthenticationPolicy', { Name: 'Open', ...open })
  await run(place, 'New-AuthenticationPolicy', { Name: 'Shut', ...shut })
  const seen = async () => Promise.all(withDoors(protocols).map((each) => isLetIn(place, each)))
  await run(place, 'Set-OrganizationConfig', { DefaultAuthenticationPolicy: 'Shut' })
  expect(new Set(await seen())).toEqual(new Set([false]))
  await run(place, 'Set-User', { Identity: people[place], AuthenticationPolicy: 'Open' })
  expect(new Set(await seen())).toEqual(new Set([true]))
  await run(place, 'Set-User', { Identity: people[place], AuthenticationPolicy: null })
  expect(new Set(await seen())).toEqual(new Set([false]))
})
