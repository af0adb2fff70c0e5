import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, bob, peggy } from '../actors/people.ts'
import { requestThrough } from '../actors/request-through.ts'
import { worldOf } from '../actors/world.ts'

const detectUrl = 'https://prod-autodetect.outlookmobile.com/detect?services=office365,outlook&protocols=rest-cloud,eas'
const onPremisesEas = 'https://mail.contoso.com/Microsoft-Server-ActiveSync'
const onlineEas = 'https://outlook.office365.com/Microsoft-Server-ActiveSync'
const open = new AsyncDisposableStack()
let stack: Stack
let lab: Lab

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
})
beforeEach(() => lab.reset())
afterAll(() => open.disposeAsync())

async function detect(address: string, there = stack) {
  const { status, text } = await requestThrough(there, 'internet', detectUrl, { headers: { 'X-Email': address } })
  return { status, body: text === '' ? undefined : JSON.parse(text) }
}

function discover(host: string, query: string) {
  return requestThrough(stack, 'internet', `https://${host}/autodiscover/autodiscover.json${query}`)
}

async function hops() {
  const events = await lab.journal()
  return events.map(({ deployment, method, host, status, steps }) => ({ deployment, method, host, status, steps }))
}

test('MOBILE-ONLINE-1…5 AutoDetect finds Exchange Online and the authorization endpoint of Entra ID', async () => {
  expect(await detect(alice.upn)).toEqual({
    status: 200,
    body: {
      email: alice.upn,
      services: [
        {
          service: 'office365',
          protocol: 'rest',
          hostname: 'outlook.office.com',
          aad: 'https://login.microsoftonline.com/common/oauth2/authorize',
        },
      ],
      protocols: [],
    },
  })
  expect(await hops()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        deployment: 'exchange-online',
        method: 'GET',
        status: 200,
        steps: ['MOBILE-ONLINE-2'],
      }),
      expect.objectContaining({
        deployment: 'exchange-online',
        method: 'OPTIONS',
        status: 401,
        steps: ['MOBILE-ONLINE-3', 'MOBILE-ONLINE-4'],
      }),
      expect.objectContaining({ deployment: 'autodetect', status: 200, steps: ['MOBILE-ONLINE-1', 'MOBILE-ONLINE-5'] }),
    ]),
  )
})

test('MOBILE-ONPREM-1…6 AutoDetect is sent on-premises, and ActiveSync there leads to Entra ID', async () => {
  const { body } = await detect(bob.upn)
  expect(body.services).toEqual([
    {
      service: 'office365',
      protocol: 'rest',
      hostname: 'outlook.office.com',
      aad: 'https://login.windows.net/common/oauth2/authorize',
      onprem: onPremisesEas,
    },
  ])
  expect(await hops()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        deployment: 'exchange-online',
        status: 302,
        steps: ['MOBILE-ONPREM-2', 'MOBILE-ONPREM-3'],
      }),
      expect.objectContaining({ deployment: 'exchange-onprem', status: 200, steps: ['MOBILE-ONPREM-4'] }),
      expect.objectContaining({ deployment: 'exchange-onprem', status: 401, steps: ['MOBILE-ONPREM-5'] }),
      expect.objectContaining({ deployment: 'autodetect', status: 200, steps: ['MOBILE-ONPREM-1', 'MOBILE-ONPREM-6'] }),
    ]),
  )
})

test('MOBILE-ONLINE-2 the redirect that some documents describe is understood, too', async () => {
  const scenario = await loadDefaultScenario()
  const online = { ...scenario.exchange.online, autodiscoverV2: 'seedLiteral' as const }
  await using literal = await startStack({ scenario: { ...scenario, exchange: { ...scenario.exchange, online } } })
  const url = `https://outlook.office365.com/autodiscover/autodiscover.json?Email=${alice.upn}&Protocol=ActiveSync`
  const answer = await requestThrough(literal, 'internet', url)
  expect([answer.status, answer.headers.location]).toEqual([302, onlineEas])
  expect((await detect(alice.upn, literal)).body.services).toHaveLength(1)
})

test('without modern authentication the app is told to use ActiveSync with a password', async () => {
  const cmdlet = { CmdletName: 'Set-OrganizationConfig', Parameters: { OAuth2ClientProfileEnabled: false } }
  await lab.call('POST', '/api/exchange/cmdlets', { deployment: 'exchange-onprem', ...cmdlet })
  expect((await detect(bob.upn)).body).toMatchObject({
    services: [],
    protocols: [{ protocol: 'eas', hostname: 'mail.contoso.com', port: 443, encryption: 'ssl' }],
  })
})

test('a broken AutoDiscover and an unknown domain find nothing; no address is a bad request', async () => {
  const faults = [{ match: { path: '/autodiscover' }, status: 503 }]
  await lab.call('PUT', '/api/faults/exchange-onprem', { faults })
  expect(await detect(bob.upn)).toEqual({ status: 204, body: undefined })
  const [event] = (await lab.journal()).filter(({ deployment }) => deployment === 'autodetect')
  expect(event?.reasons).toEqual([expect.stringContaining('autodiscover.contoso.com answered 503')])
  expect((await detect('user@elsewhere.example')).status).toBe(204)
  expect((await requestThrough(stack, 'internet', detectUrl)).status).toBe(400)
})

test.each([
  { who: bob.upn, host: 'outlook.office365.com', count: 3, location: 'https://autodiscover.contoso.com/', next: '4' },
  {
    who: 'nobody@contoso.com',
    host: 'outlook.office365.com',
    count: 0,
    location: 'https://autodiscover.contoso.com/',
    next: '1',
  },
  {
    who: 'nobody@fabrikam.com',
    host: 'outlook.office365.com',
    count: 0,
    location: 'https://outlook.office365.com/',
    next: '1',
  },
  { who: alice.upn, host: 'autodiscover.contoso.com', count: 0, location: 'https://outlook.office365.com/', next: '1' },
])('$host sends $who on, and counts', async ({ who, host, count, location, next }) => {
  const answer = await discover(host, `?email=${encodeURIComponent(who)}&PROTOCOL=activesync&redirectCount=${count}`)
  expect(answer.status).toBe(302)
  const target = new URL(String(answer.headers.location))
  expect(`${target.origin}/`).toBe(location)
  expect(Object.fromEntries(target.searchParams)).toEqual({ Email: who, Protocol: 'activesync', RedirectCount: next })
})

test.each([
  { host: 'outlook.office365.com', query: '', status: 400, code: 'MandatoryParameterMissing' },
  { host: 'outlook.office365.com', query: `?Email=${alice.upn}`, status: 400, code: 'MissingProtocol' },
  {
    host: 'outlook.office365.com',
    query: `?Email=${alice.upn}&Protocol=Weve`,
    status: 400,
    code: 'ProtocolNotSupported',
  },
  { host: 'autodiscover.contoso.com', query: `?Email=${bob.upn}&Protocol=Weve`, status: 400, code: 'InvalidProtocol' },
  {
    host: 'autodiscover.contoso.com',
    query: '?Email=nobody@contoso.com&Protocol=Ews',
    status: 404,
    code: 'UserNotFound',
  },
  {
    host: 'outlook.office365.com',
    query: '?Email=a@elsewhere.example&Protocol=Ews',
    status: 404,
    code: 'UserNotFound',
  },
  {
    host: 'outlook.office365.com',
    query: `?Email=${bob.upn}&Protocol=Ews&RedirectCount=10`,
    status: 404,
    code: 'UserNotFound',
  },
])('$host$query: $code', async ({ host, query, status, code }) => {
  const answer = await discover(host, query)
  expect(answer.status).toBe(status)
  expect(JSON.parse(answer.text).ErrorCode).toBe(code)
  expect(answer.text).not.toContain("'")
  expect(answer.headers).toMatchObject({ server: 'Microsoft-IIS/10.0', 'x-aspnet-version': '4.0.30319' })
  expect(answer.headers['request-id']).toMatch(/^[\da-f]{8}-/)
})

test('the path form repeats the spelling of the protocol', async () => {
  const answer = await discover(
    'autodiscover.contoso.com',
    `/v1.0/${encodeURIComponent(bob.upn)}?Protocol=autoDiscoverV1`,
  )
  expect(JSON.parse(answer.text)).toEqual({
    Protocol: 'autoDiscoverV1',
    Url: 'https://autodiscover.contoso.com/autodiscover/autodiscover.xml',
  })
})

test.each([
  {
    host: 'autodiscover.fabrikam.com',
    zone: 'internet',
    status: 302,
    location: 'https://autodiscover-s.outlook.com/autodiscover/autodiscover.xml',
  },
  {
    host: 'autodiscover.contoso.com',
    zone: 'internet',
    status: 307,
    location: 'https://autodiscover.contoso.com/autodiscover/autodiscover.xml',
  },
] as const)(
  'port 80 of $host redirects unauthenticated clients to a host with TLS',
  async ({ host, zone, ...want }) => {
    const answer = await requestThrough(stack, zone, `http://${host}/autodiscover/autodiscover.xml`)
    expect({ status: answer.status, location: answer.headers.location }).toEqual(want)
  },
)

const mobile = 'http://schemas.microsoft.com/exchange/autodiscover/mobilesync'
const outlook = 'http://schemas.microsoft.com/exchange/autodiscover/outlook'

function pox(
  host: string,
  who: { upn: string; password: string },
  address: string,
  schema = `${mobile}/responseschema/2006`,
) {
  const body = `<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="${schema.replace(/responseschema.*/, 'requestschema/2006')}"><Request><EMailAddress>${address}</EMailAddress><AcceptableResponseSchema>${schema}</AcceptableResponseSchema></Request></Autodiscover>`
  return post(`https://${host}/autodiscover/autodiscover.xml`, who, body)
}

function post(url: string, { upn, password }: { upn: string; password: string }, body: string) {
  const authorization = `Basic ${Buffer.from(`${upn}:${password}`).toString('base64')}`
  const headers = { authorization, 'content-type': 'text/xml; charset=utf-8' }
  return requestThrough(stack, 'internet', url, { method: 'POST', headers, body })
}

test('POX: settings for ActiveSync and for Outlook, the other place, another address, an unknown schema', async () => {
  expect((await pox('autodiscover.contoso.com', bob, bob.upn)).text).toContain(`<Url>${onPremisesEas}</Url>`)
  const settings = await pox('autodiscover.contoso.com', bob, bob.upn, `${outlook}/responseschema/2006a`)
  for (const type of ['EXPR', 'EXHTTP'])
    expect(settings.text).toMatch(
      new RegExp(
        `<Type>${type}</Type>.*?<ServerVersion>73C2[89A]...</ServerVersion>.*?<EwsUrl>https://mail.contoso.com/`,
      ),
    )
  expect((await pox('autodiscover-s.outlook.com', peggy, peggy.upn)).text).toContain(`<Url>${onlineEas}</Url>`)
  expect((await pox('autodiscover-s.outlook.com', bob, bob.upn)).text).toContain('<DebugData>MailUser</DebugData>')
  const other = await pox('autodiscover-s.outlook.com', bob, bob.upn, `${outlook}/responseschema/2006a`)
  expect(other.text).toContain(
    '<RedirectUrl>https://autodiscover.contoso.com/autodiscover/autodiscover.xml</RedirectUrl>',
  )
  // Whoever opens another's mailbox asks for it with the own password.
  expect((await pox('autodiscover.contoso.com', bob, 'dave@contoso.com')).text).toContain(`<Url>${onPremisesEas}</Url>`)
  expect((await pox('autodiscover.contoso.com', bob, 'no@contoso.com')).text).toContain('<ErrorCode>500</ErrorCode>')
  expect((await pox('autodiscover.contoso.com', bob, bob.upn, `${outlook}/responseschema/2007`)).text).toContain(
    '<ErrorCode>601</ErrorCode>',
  )
  const broken = await post(
    'https://autodiscover.contoso.com/autodiscover/autodiscover.xml',
    bob,
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
  )
  expect([broken.status, broken.text.includes('<ErrorCode>600</ErrorCode>')]).toEqual([200, true])
})

test('the address of a mailbox that moved leads to where it answers, in POX and in SOAP', async () => {
  const there = 'alice@contoso.mail.onmicrosoft.com'
  expect((await pox('autodiscover.contoso.com', alice, alice.upn)).text).toContain(`<Redirect>${there}</Redirect>`)
  const moved = await pox('autodiscover.contoso.com', alice, alice.upn, `${outlook}/responseschema/2006a`)
  expect(moved.text).toContain(`<Action>redirectAddr</Action><RedirectAddr>${there}</RedirectAddr>`)
  const host = `autodiscover.${there.split('@')[1]}`
  const plain = await requestThrough(stack, 'internet', `http://${host}/autodiscover/autodiscover.xml`)
  expect(plain.headers.location).toBe('https://autodiscover-s.outlook.com/autodiscover/autodiscover.xml')
  for (const each of [host, 'autodiscover-s.outlook.com']) {
    const settings = await pox(each, alice, there, `${outlook}/responseschema/2006a`)
    expect(settings.text).toContain('<EwsUrl>https://outlook.office365.com/EWS/Exchange.asmx</EwsUrl>')
    expect(settings.text).toContain(`<AutoDiscoverSMTPAddress>${alice.upn}</AutoDiscoverSMTPAddress>`)
  }
})

test('POX asks who calls, and says what it speaks', async () => {
  const answer = await requestThrough(
    stack,
    'internet',
    'https://autodiscover.contoso.com/autodiscover/autodiscover.xml',
  )
  expect([answer.status, answer.headers['www-authenticate'], answer.headers['x-soap-enabled']]).toEqual([
    401,
    ['Negotiate', 'NTLM', 'Basic realm="autodiscover.contoso.com"'],
    'True',
  ])
})

test('SOAP GetUserSettings: values, what is not available, and the other place', async () => {
  const soap = (mailbox: string) =>
    `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:a="http://schemas.microsoft.com/exchange/2010/Autodiscover"><soap:Body><a:GetUserSettingsRequestMessage><a:Request><a:Users><a:User><a:Mailbox>${mailbox}</a:Mailbox></a:User></a:Users><a:RequestedSettings><a:Setting>ExternalEwsUrl</a:Setting><a:Setting>MailboxDN</a:Setting><a:Setting>GroupingInformation</a:Setting></a:RequestedSettings></a:Request></a:GetUserSettingsRequestMessage></soap:Body></soap:Envelope>`
  const url = 'https://autodiscover.contoso.com/autodiscover/autodiscover.svc'
  const found = (await post(url, bob, soap(bob.upn))).text
  expect(found).toContain('<Name>ExternalEwsUrl</Name><Value>https://mail.contoso.com/EWS/Exchange.asmx</Value>')
  expect(found.match(/<ErrorCode>SettingIsNotAvailable<.ErrorCode>/g)).toHaveLength(1)
  expect(found).toMatch(/<Name>MailboxDN<.Name><Value>[^<]*@contoso.com.cn=Microsoft Private MDB</)
  expect((await post(url, alice, soap(alice.upn))).text).toMatch(
    /<ErrorCode>RedirectAddress<.*<RedirectTarget>alice@contoso.mail.onmicrosoft.com</,
  )
  const online = 'https://autodiscover-s.outlook.com/autodiscover/autodiscover.svc'
  expect((await post(online, bob, soap(bob.upn))).text).toContain('<ErrorCode>RedirectUrl</ErrorCode>')
  expect((await post(url, bob, soap('no@contoso.com'))).text).toContain('<ErrorCode>InvalidUser</ErrorCode>')
  expect((await post(url, bob, '<a/>')).text).toContain('<ErrorCode>InvalidRequest</ErrorCode>')
})
