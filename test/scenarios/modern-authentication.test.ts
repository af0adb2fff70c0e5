import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { openHttpVisitor } from '../actors/http-visitor.ts'
import { requestThrough } from '../actors/request-through.ts'
import { worldOf } from '../actors/world.ts'

const open = new AsyncDisposableStack()
const online = 'https://outlook.office365.com/Microsoft-Server-ActiveSync'
const onPremises = 'https://mail.contoso.com/Microsoft-Server-ActiveSync'
let stack: Stack
let withAdfs: Stack

beforeAll(async () => {
  stack = open.use(await startStack())
  const scenario = await loadDefaultScenario()
  const settings = { ...scenario.exchange.onPremises, defaultAuthorizationEndpoint: 'ADFS' as const }
  const exchange = {
    ...scenario.exchange,
    onPremises: settings,
    online: { ...scenario.exchange.online, anonymousActiveSync: 'challenge' as const },
  }
  withAdfs = open.use(await startStack({ scenario: { ...scenario, exchange } }))
})

afterAll(() => open.disposeAsync())

async function probe(there: Stack, url: string, headers: Record<string, string> = {}, method = 'OPTIONS' as const) {
  const answer = await requestThrough(there, 'internet', url, { method, headers })
  const lines = [answer.headers['www-authenticate'] ?? []].flat()
  return { status: answer.status, lines, headers: answer.headers, text: answer.text }
}

const empty = { authorization: 'Bearer' }

describe('MOBILE-ONPREM-5 the challenge of Exchange Server, through the proxy', () => {
  test.each(['Bearer', 'Bearer ', 'bearer', 'BEARER'])(
    '"%s" without a token asks where to sign in',
    async (authorization) => {
      const { status, lines, text } = await probe(stack, onPremises, { authorization })
      expect([status, text]).toEqual([401, ''])
      expect(lines).toEqual([
        expect.stringMatching(
          /^Bearer client_id="00000002-0000-0ff1-ce00-000000000000", trusted_issuers="00000001-0000-0000-c000-000000000000@[0-9a-f-]{36}", token_types="app_asserted_user_v1 service_asserted_app_v1", authorization_uri="https:\/\/login\.windows\.net\/common\/oauth2\/authorize", issuer_kind="AzureAD"$/,
        ),
        'Basic realm="mail.contoso.com"',
      ])
    },
  )

  test.each(['Microsoft-Server-ActiveSync', 'EWS/Exchange.asmx', 'mapi/emsmdb/', 'autodiscover/autodiscover.xml'])(
    '/%s: nothing sent, nothing said of bearer tokens; an empty one is answered',
    async (path) => {
      const url = `https://mail.contoso.com/${path}`
      const get = (headers: Record<string, string>) => requestThrough(stack, 'internet', url, { headers })
      const lines = (answer: Awaited<ReturnType<typeof get>>) => [answer.headers['www-authenticate'] ?? []].flat()
      const [nothing, bearer] = [await get({}), await get(empty)]
      expect([nothing.status, bearer.status]).toEqual([401, 401])
      expect(lines(nothing).some((line) => line.startsWith('Bearer'))).toBe(false)
      expect(lines(bearer)[0]).toMatch(/^Bearer .*authorization_uri="https:/)
    },
  )

  test('no session and no cookie come of it', async () => {
    expect((await probe(stack, onPremises, empty)).headers['set-cookie']).toBeUndefined()
  })
})

describe('AD FS as the default end point', () => {
  test('a client that names its user is sent to AD FS (K1, B3)', async () => {
    const { lines } = await probe(withAdfs, onPremises, { ...empty, 'x-user-identity': 'bob@contoso.com' })
    expect(lines).toEqual([
      'Basic realm="mail.contoso.com"',
      'Bearer client_id="00000002-0000-0ff1-ce00-000000000000", token_types="app_asserted_user_v1 service_asserted_app_v1", authorization_uri="https://adfs.contoso.com/adfs/oauth2/authorize", issuer_kind="ADFS"',
    ])
  })

  test('one that does not is told nothing, with a diagnosis that is no fault', async () => {
    const { lines, headers } = await probe(withAdfs, onPremises, empty)
    expect(lines.join()).not.toContain('authorization_uri')
    expect(headers['x-ms-diagnostics']).toBe(
      `4000000;reason="Flighting is not enabled for domain 'mail.contoso.com'.";error_category="oauth_not_available"`,
    )
  })
})

describe('MOBILE-ONLINE-3, -4 ActiveSync of Exchange Online', () => {
  test('OPTIONS without Authorization is sent to the end point for certificates', async () => {
    const { status, lines, headers } = await probe(stack, online)
    expect([status, lines, headers['x-ms-location']]).toEqual([
      451,
      [],
      'https://outlook-cba.office365.com/Microsoft-Server-ActiveSync',
    ])
  })

  test('or challenged, where the scenario says so', async () => {
    expect((await probe(withAdfs, online)).status).toBe(401)
  })

  test('the empty bearer leads to Entra ID', async () => {
    const { status, lines } = await probe(stack, online, empty)
    expect(status).toBe(401)
    expect(lines[0]).toMatch(
      /^Bearer client_id="[^"]+", trusted_issuers="00000001-0000-0000-c000-000000000000@\*", token_types="[^"]+", authorization_uri="https:\/\/login\.microsoftonline\.com\/common\/oauth2\/authorize"/,
    )
  })
})

test('MOBILE-ONLINE-6, MOBILE-ONPREM-7 the authorization end point that AutoDetect names takes the address on to AD FS', async () => {
  const detect = 'https://prod-autodetect.outlookmobile.com/detect'
  const { text } = await requestThrough(stack, 'internet', detect, { headers: { 'X-Email': 'bob@contoso.com' } })
  const [service] = (JSON.parse(text) as { services: readonly { aad: string }[] }).services
  const authorize = new URL(service?.aad ?? '')
  authorize.search = new URLSearchParams({
    response_type: 'code',
    client_id: '27922004-5251-4030-b22d-91ecd9a37ea4',
    resource: 'https://outlook.office365.com/',
    redirect_uri: 'urn:ietf:wg:oauth:2.0:oob',
    login_hint: 'bob@contoso.com',
  }).toString()
  await using visitor = await openHttpVisitor(worldOf(stack), 'internet')
  const page = new URL((await visitor.open(authorize.href)).url)
  expect([page.host, page.searchParams.get('username')]).toEqual(['adfs.contoso.com', 'bob@contoso.com'])
})
