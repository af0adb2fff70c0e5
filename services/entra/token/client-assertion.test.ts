import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { decodeJwt, type JWTHeaderParameters, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SigningKey } from '#certs/authority.ts'
import { openAuthority, type TestAuthority } from '../_authority.ts'
import { appToken, graphClient } from '../graph/_graph.ts'
import { clientKeys, worldWithCertificate } from './_client-certificate.ts'
import { apps, login, tenantId, tokenRequests } from './_token-requests.ts'

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const open = new AsyncDisposableStack()
let authority: TestAuthority
let requests: ReturnType<typeof tokenRequests>
let mine: SigningKey
let foreign: SigningKey
let now: number

beforeAll(async () => {
  ;[mine, foreign] = await clientKeys('assertions', 'foreign-assertions')
  authority = open.use(await openAuthority({ scenario: await worldWithCertificate(mine) }))
  await authority.stack.clock.freeze()
  now = authority.stack.clock.now().getTime() / 1000
  requests = tokenRequests(authority)
})

afterAll(() => open.disposeAsync())

const endpoint = `${login}/${tenantId}/oauth2/v2.0/token`

interface Forgery {
  readonly header?: Partial<JWTHeaderParameters> | undefined
  readonly claims?: JWTPayload | undefined
  readonly key?: 'mine' | 'foreign' | undefined
  readonly path?: string | undefined
}

function thumbprint256(): string {
  return Buffer.from(new X509Certificate(mine.certificatePem).fingerprint256.replaceAll(':', ''), 'hex').toString(
    'base64url',
  )
}

async function assertion({ header = {}, claims = {}, key = 'mine' }: Forgery = {}): Promise<string> {
  const seconds = Math.floor(now)
  const payload = {
    aud: endpoint,
    iss: apps.tasks,
    sub: apps.tasks,
    jti: 'once',
    nbf: seconds,
    exp: seconds + 600,
    ...claims,
  }
  const { privateKey } = key === 'mine' ? mine : foreign
  return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', x5t: mine.x5t, ...header }).sign(privateKey, {
    crit: { x: false },
  })
}

const credentials = async (forgery: Forgery = {}) => ({
  client_assertion: await assertion(forgery),
  client_assertion_type: jwtBearer,
})

const request = {
  grant_type: 'client_credentials',
  client_id: apps.tasks,
  scope: 'https://graph.microsoft.com/.default',
}

const segment = { v1: `${login}/${tenantId}/oauth2/token`, domain: `${login}/contoso.com/oauth2/v2.0/token` }

test.each<Forgery & { what: string }>([
  { what: 'RS256 and x5t' },
  { what: 'PS256 and x5t#S256', header: { alg: 'PS256', x5t: undefined } },
  { what: 'x5t with padding, as MSAL for Python writes it', header: { x5t: 'padded' } },
  { what: 'a hexadecimal kid', header: { x5t: undefined, kid: 'thumbprint' } },
  { what: 'the v1 token endpoint as audience', claims: { aud: segment.v1 } },
  { what: 'the v1 token endpoint, called itself', claims: { aud: segment.v1 }, path: `/${tenantId}/oauth2/token` },
  { what: 'the endpoint of a domain', claims: { aud: segment.domain } },
  { what: 'the endpoint at an alias', claims: { aud: `https://login.windows.net/${tenantId}/oauth2/token` } },
  { what: 'the v2 issuer as audience', claims: { aud: `${login}/${tenantId}/v2.0` } },
  { what: 'the v1 issuer as audience', claims: { aud: `https://sts.windows.net/${tenantId}/` } },
  { what: 'a clock that is four minutes ahead', claims: { nbf: Number.NaN } },
])('$what: the assertion is taken for a certificate (appidacr 2)', async ({ what, header, claims, path }) => {
  const named = header?.kid === undefined ? {} : { kid: mine.thumbprint }
  const padded = header?.x5t === 'padded' ? { x5t: `${mine.x5t}=` } : {}
  const wide = header?.alg === 'PS256' ? { 'x5t#S256': thumbprint256() } : {}
  const early = what.includes('clock') ? { nbf: Math.floor(now) + 240 } : {}
  const parts = await credentials({
    header: { ...header, ...named, ...padded, ...wide },
    claims: { ...claims, ...early },
  })
  const { scope: _, ...v1 } = request
  const body = path === undefined ? request : { ...v1, resource: 'https://graph.microsoft.com' }
  const answer = await requests.token({ ...body, ...parts }, path === undefined ? {} : { path })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  expect(decodeJwt(answer.body.access_token ?? '')).toMatchObject({ appid: apps.tasks, appidacr: '2' })
})

test('an assertion may come again until it ends, as MSAL sends it', async () => {
  const parts = await credentials()
  for (const _ of [1, 2]) expect((await requests.token({ ...request, ...parts })).status).toBe(200)
})

test.each<Forgery & { what: string; code: number; because: RegExp }>([
  {
    what: 'a foreign key under our thumbprint',
    key: 'foreign',
    code: 700027,
    because: /signature verification failed/,
  },
  { what: 'an unknown thumbprint', header: { x5t: 'AAAA' }, code: 700027, because: /none with thumbprint AAAA/ },
  { what: 'no thumbprint', header: { x5t: undefined }, code: 700027, because: /none with thumbprint undefined/ },
  { what: 'another algorithm of RSA', header: { alg: 'RS384' }, code: 5002738, because: /alg "RS384"/ },
  { what: 'an unknown critical header', header: { crit: ['x'], x: 1 }, code: 50027, because: /"x" is not recognized/ },
  {
    what: 'a foreign issuer',
    claims: { iss: 'https://idp.example' },
    code: 700211,
    because: /iss of the client assertion/,
  },
  { what: 'another subject', claims: { sub: apps.web }, code: 700021, because: /sub of the client assertion/ },
  { what: 'no issuer', claims: { iss: undefined }, code: 50027, because: /iss or sub .* missing/ },
  { what: 'no end', claims: { exp: undefined }, code: 50027, because: /"exp"/ },
  { what: 'an end that is no number', claims: { exp: 'soon' as never }, code: 50027, because: /"exp"/ },
  {
    what: 'a foreign audience',
    claims: { aud: 'https://login.example/token' },
    code: 700023,
    because: /aud .*login\.example/,
  },
  {
    what: 'another tenant',
    claims: { aud: endpoint.replace(tenantId, apps.web) },
    code: 700023,
    because: /expected the token/,
  },
  {
    what: 'several audiences',
    claims: { aud: [endpoint, 'https://x.example'] },
    code: 700023,
    because: /expected the token/,
  },
  { what: 'no audience', claims: { aud: undefined }, code: 700023, because: /expected the token/ },
])('$what is refused with AADSTS$code', async ({ header, claims, key, code, because }) => {
  const refused = await requests.token({ ...request, ...(await credentials({ header, claims, key })) })
  expect(refused.body).toMatchObject({ error_codes: [code] })
  expect([refused.status, refused.body.error]).toEqual(
    code < 700000 || code === 5002738 ? [400, 'invalid_request'] : [401, 'invalid_client'],
  )
  const { reasons } = await authority.lastEvent(`/${tenantId}/oauth2/v2.0/token`)
  expect(reasons.join()).toMatch(because)
})

test.each([
  { what: 'expired ten minutes ago', shift: -1200 },
  { what: 'begins in ten minutes', shift: 600 },
])('an assertion that $what is refused with AADSTS700024', async ({ shift }) => {
  const claims = { nbf: Math.floor(now) + shift, exp: Math.floor(now) + shift + 600 }
  const refused = await requests.token({ ...request, ...(await credentials({ claims })) })
  expect(refused).toMatchObject({ status: 401, body: { error: 'invalid_client', error_codes: [700024] } })
  expect(refused.body.error_description).toContain(new Date(claims.exp * 1000).toISOString())
})

test('algorithm confusion: unsigned, and HS256 with the public key as secret, are refused (AADSTS5002738)', async () => {
  const claims = { aud: endpoint, iss: apps.tasks, sub: apps.tasks, exp: now + 600 }
  const unsigned = new UnsecuredJWT(claims).encode()
  const secret = Buffer.from(new X509Certificate(mine.certificatePem).publicKey.export({ type: 'spki', format: 'pem' }))
  const confused = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', x5t: mine.x5t }).sign(secret)
  for (const client_assertion of [unsigned, confused]) {
    const refused = await requests.token({ ...request, client_assertion, client_assertion_type: jwtBearer })
    expect(refused).toMatchObject({ status: 400, body: { error_codes: [5002738] } })
  }
})

test('a key that the assertion brings along proves nothing', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = publicKey.export({ format: 'jwk' }) as never
  const claims = { aud: endpoint, iss: apps.tasks, sub: apps.tasks, exp: Math.floor(now) + 600 }
  const header = { alg: 'RS256', x5t: mine.x5t, jwk, x5c: [foreign.certificateDer.toString('base64')] }
  const client_assertion = await new SignJWT(claims).setProtectedHeader(header).sign(privateKey)
  const refused = await requests.token({ ...request, client_assertion, client_assertion_type: jwtBearer })
  expect(refused.body).toMatchObject({ error_codes: [700027] })
})

test.each<{ what: string; change: Record<string, string>; code: number }>([
  { what: 'garbage', change: { client_assertion: 'garbage' }, code: 50027 },
  { what: 'no type', change: { client_assertion_type: '' }, code: 900144 },
  { what: 'no assertion', change: { client_assertion: '' }, code: 900144 },
  {
    what: 'the type of SAML',
    change: { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' },
    code: 9002313,
  },
  { what: 'a secret beside it', change: { client_secret: 'secret' }, code: 9002313 },
  { what: 'a public client', change: { client_id: apps.desktop }, code: 700025 },
  { what: 'an oversized assertion', change: { client_assertion: 'x'.repeat(300_000) }, code: 90015 },
])('$what is refused with AADSTS$code', async ({ change, code }) => {
  const refused = await requests.token({ ...request, ...(await credentials()), ...change })
  expect(refused.body).toMatchObject({ error_codes: [code] })
})

test('a certificate that Microsoft Graph registers counts at once, until it ends', async () => {
  const graph = graphClient(authority, await appToken(authority))
  const name = 'assertions of a new application'
  const keyCredentials = [
    { type: 'AsymmetricX509Cert', usage: 'Verify', key: foreign.certificateDer.toString('base64') },
  ]
  const { body: application } = await graph('POST', '/v1.0/applications', { displayName: name, keyCredentials })
  await graph('POST', '/v1.0/servicePrincipals', { appId: application.appId })
  const claims = { iss: application.appId, sub: application.appId }
  const signed = async (more: JWTPayload = {}) => ({
    ...request,
    ...(await credentials({ key: 'foreign', header: { x5t: foreign.x5t }, claims: { ...claims, ...more } })),
    client_id: application.appId,
  })
  expect((await requests.token(await signed())).status).toBe(200)
  await authority.stack.clock.advance(6 * 365 * 24 * 60 * 60 * 1000)
  const later = authority.stack.clock.now().getTime() / 1000
  const refused = await requests.token(await signed({ nbf: Math.floor(later), exp: Math.floor(later) + 600 }))
  expect(refused.body.error_description).toContain('The key used is expired.')
})
