import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SigningKey } from '#certs/authority.ts'
import { metadataOf, openStage, type Peers, type Stage, testKeys } from '../_stage.ts'

const tenantId = '6babcaad-604b-40ac-a9d7-9fd97c0b779f'
const online = 'outlook.office365.com'
let keys: Awaited<ReturnType<typeof testKeys>>
let entra: SigningKey
let foreign: SigningKey
let metadata: string

beforeAll(async () => {
  keys = await testKeys()
  entra = await keys.key('Entra')
  foreign = await keys.key('Foreign')
  metadata = await metadataOf(entra)
})
afterAll(() => keys.remove())

const now = Date.parse('2026-03-02T12:00:00Z') / 1000
const good = {
  aud: `https://${online}`,
  iss: `https://sts.windows.net/${tenantId}/`,
  iat: now - 300,
  nbf: now - 300,
  exp: now + 3600,
  oid: 'd9d1e0f4-0000-4000-8000-000000000001',
  tid: tenantId,
  upn: 'alice@contoso.com',
  scp: 'EWS.AccessAsUser.All',
}

const signed = (claims: object, key = entra, alg = 'RS256') =>
  new SignJWT({ ...good, ...claims })
    .setProtectedHeader({ alg, kid: key.publicJwk.kid ?? '', x5t: key.x5t })
    .sign(key.privateKey)

/** Entra ID as the server sees it: keys, and what it says of a token. */
const peersSaying =
  (judgement: object): Peers =>
  (url) =>
    url.pathname.endsWith('/federationmetadata.xml')
      ? { status: 200, body: metadata }
      : { status: 200, body: JSON.stringify(judgement) }

const openOnline = (judgement: object = { outcome: 'accept', reason: 'nothingHappened' }) =>
  openStage({ name: 'exchange-online', peers: peersSaying(judgement) })

const call = (stage: Stage, token: string, host = online) =>
  stage.browser(host).post('/EWS/Exchange.asmx', {}, { authorization: `Bearer ${token}` })

test.each([
  { what: 'a slash at the end of the audience', claims: { aud: `https://${online}/` } },
  { what: 'the appId as audience', claims: { aud: '00000002-0000-0ff1-ce00-000000000000' } },
  { what: 'a clock within five minutes', claims: { exp: now - 299 } },
])('a good token with $what reaches the protocol, which finds no envelope', async ({ claims }) => {
  await using stage = await openOnline()
  expect((await call(stage, await signed(claims))).statusCode).toBe(500)
  expect(stage.asked, 'nobody asks about a client that cannot be told').toHaveLength(1)
})

test.each([
  { what: 'text', token: () => 'text', diagnostics: /^2000001;reason="OAuth token submitted/ },
  { what: 'an expired token', token: () => signed({ exp: now - 301 }), diagnostics: /^2000001;reason="The token is/ },
  { what: 'a token of the future', token: () => signed({ nbf: now + 301 }), diagnostics: /^2000001;/ },
  { what: 'a token by another key', token: () => signed({}, foreign), diagnostics: /^2000001;/ },
  { what: 'an unsigned token', token: unsigned, diagnostics: /^2000001;/ },
  { what: 'a token without a person', token: () => signed({ oid: undefined }), diagnostics: /^2000001;/ },
  {
    what: 'a token for another server',
    token: () => signed({ aud: 'https://mail.contoso.com' }),
    diagnostics: /^2000003;reason="The hostname component .* Expected 'https:\/\/outlook\.office365\.com'\. Actual/,
  },
  {
    what: 'a token for Graph',
    token: () => signed({ aud: 'graph"\r\nx: y' }),
    diagnostics: /^2000003;reason="The audience claim value is invalid 'graph\?\?\?x: y'/,
  },
  {
    what: 'a token of another tenant',
    token: () => signed({ iss: 'https://sts.windows.net/contoso.com/' }),
    diagnostics: /^2000004;reason="The tenant for tenant guid 'contoso\.com' does not exist/,
  },
  {
    what: 'a token of version 2',
    token: () => signed({ iss: `https://login.microsoftonline.com/${tenantId}/v2.0` }),
    diagnostics: /^2000009;/,
  },
  {
    what: 'a token for reading files',
    token: () => signed({ scp: 'Files.ReadWrite' }),
    diagnostics: /^2000008;.*'Files\.ReadWrite'/,
  },
  { what: 'a token for nobody here', token: () => signed({ upn: 'nobody@contoso.com' }), diagnostics: /^2000005;/ },
  {
    what: 'an app-only token',
    token: () => signed({ scp: undefined, roles: ['Mail.Read'] }),
    diagnostics: /^2000008;/,
  },
])('$what is refused: $diagnostics', async ({ token, diagnostics }) => {
  await using stage = await openOnline()
  const { statusCode, headers, body } = await call(stage, await token())
  expect([statusCode, body]).toEqual([401, ''])
  expect(headers['x-ms-diagnostics']).toMatch(diagnostics)
  expect(headers['www-authenticate']).toEqual([
    'Bearer client_id="00000002-0000-0ff1-ce00-000000000000", trusted_issuers="00000001-0000-0000-c000-000000000000@*", token_types="app_asserted_user_v1 service_asserted_app_v1", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="invalid_token"',
    'Basic Realm=""',
  ])
  expect(stage.events().at(-1)?.reasons).toHaveLength(1)
})

function unsigned(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(good)}.`
}

test('Entra ID takes the token of a capable client back: 401 with the claims of its challenge', async () => {
  const claims = { access_token: { nbf: { essential: true, value: String(now) } } }
  await using stage = await openOnline({
    outcome: 'challenge',
    reason: 'accountDisabled',
    claims,
    text: 'Continuous access…',
  })
  const { statusCode, headers } = await call(stage, await signed({ xms_cc: ['CP1'] }))
  expect(statusCode).toBe(401)
  const challenge = String(headers['www-authenticate'])
  expect(challenge).toContain('error="insufficient_claims"')
  const encoded = /claims="([^"]+)"/.exec(challenge)?.[1] ?? ''
  expect(JSON.parse(Buffer.from(encoded, 'base64').toString())).toEqual(claims)
  expect(stage.events().at(-1)).toMatchObject({ decisions: ['insufficient_claims'], reasons: ['accountDisabled'] })
})

test('while Entra ID cannot be asked, a good token goes on, and the journal says so', async () => {
  const answers = peersSaying({})
  const peers: Peers = (url, request) =>
    url.pathname.startsWith('/evaluation/') ? { status: 503, body: '' } : answers(url, request)
  await using stage = await openStage({ name: 'exchange-online', peers })
  expect((await call(stage, await signed({ xms_cc: ['CP1'] }))).statusCode).toBe(500)
  expect(stage.events().at(-1)?.decisions).toContain('evaluationUnavailable')
})

test('on-premises nobody asks, and Windows authentication and Basic are offered beside', async () => {
  await using stage = await openStage({ name: 'exchange-onprem', peers: peersSaying({}) })
  const forHere = { aud: 'https://mail.contoso.com', xms_cc: ['CP1'] }
  expect((await call(stage, await signed(forHere), 'mail.contoso.com')).statusCode).toBe(500)
  expect(stage.asked).toEqual([
    'https://login.windows.net/contoso.onmicrosoft.com/federationmetadata/2007-06/federationmetadata.xml',
  ])
  const { headers } = await call(stage, await signed({}), 'mail.contoso.com')
  expect(headers['www-authenticate']).toEqual([
    `Bearer client_id="00000002-0000-0ff1-ce00-000000000000", trusted_issuers="00000001-0000-0000-c000-000000000000@${tenantId}", authorization_uri="https://login.windows.net/common/oauth2/authorize", issuer_kind="AzureAD", error="invalid_token"`,
    'Negotiate',
    'NTLM',
    'Basic realm="mail.contoso.com"',
  ])
})
