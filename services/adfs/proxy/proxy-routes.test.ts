import { X509Certificate } from 'node:crypto'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AdfsStage, startAdfs } from '../_stage.ts'

let stage: AdfsStage

beforeAll(async () => {
  stage = await startAdfs()
})

afterAll(() => stage[Symbol.asyncDispose]())

type Sender = 'proxy' | 'anybody'

async function ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, json?: unknown, sender: Sender = 'proxy') {
  const dispatcher = sender === 'proxy' ? await stage.proxy.agent() : stage.agent
  const headers = json === undefined ? {} : { 'content-type': 'application/json' }
  const body = json === undefined ? null : JSON.stringify(json)
  const answer = await request(`https://adfs.contoso.com/adfs/proxy/${path}`, { dispatcher, method, headers, body })
  const text = await answer.body.text()
  return { status: answer.statusCode, headers: answer.headers, json: text === '' ? undefined : JSON.parse(text) }
}

const owa = 'e0000000-0000-4000-8000-000000000002'

describe('relying party trusts ([MS-ADFSPIP] §3.7)', () => {
  test('the proxy reads which there are', async () => {
    const answer = await ask('GET', 'RelyingPartyTrusts?api-version=1')
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json;charset=UTF-8',
      'cache-control': 'no-store',
      pragma: 'no-cache',
    })
    expect(answer.json).toContainEqual({
      objectIdentifier: owa,
      name: 'Outlook on the web',
      publishedThroughProxy: true,
      nonClaimsAware: false,
      enabled: true,
    })
  })

  test('and one of them in full, with what it publishes there', async () => {
    const settings = {
      externalUrl: 'https://mail.contoso.com/published/',
      internalUrl: 'https://inside.contoso.com/published/',
      proxyTrustedEndpoint: 'https://mail.contoso.com/published/',
    }
    const path = `RelyingPartyTrusts/${owa}/PublishedSettings?api-version=1`
    expect((await ask('POST', path, settings)).status).toBe(200)
    expect((await ask('POST', path, settings)).status).toBe(409)
    expect((await ask('GET', `RelyingPartyTrusts/${owa.toUpperCase()}?api-version=1`)).json).toMatchObject({
      identifiers: ['https://mail.contoso.com/owa/'],
      proxyTrustedEndpoints: ['https://mail.contoso.com/owa', 'https://mail.contoso.com/published/'],
      proxyEndpointMappings: [
        { Key: 'https://inside.contoso.com/published/', Value: 'https://mail.contoso.com/published/' },
      ],
    })
    expect((await ask('DELETE', path, settings)).status).toBe(200)
    expect((await ask('DELETE', path, settings)).status).toBe(404)
  })
})

test.each([
  { path: 'RelyingPartyTrusts', status: 500, why: 'no api-version' },
  { path: 'RelyingPartyTrusts?api-version=9', status: 501, why: 'an unknown api-version' },
  { path: 'RelyingPartyTrusts/x?api-version=1', status: 404, why: 'no such trust' },
  { path: 'WebApplicationProxy/Store/absent?api-version=1', status: 404, why: 'no such entry' },
  { path: 'GetConfiguration?api-version=1', status: 500, why: 'a host of its own for certificates' },
  { path: 'GetConfiguration?api-version=3', status: 501, why: 'an unknown api-version' },
])('GET $path is $status: $why', async ({ path, status }) => {
  expect(await ask('GET', path)).toMatchObject({ status, json: undefined })
})

test.each([
  'RelyingPartyTrusts?api-version=1',
  'GetConfiguration?api-version=2',
  'WebApplicationProxy/Store?api-version=1',
])('%s without the certificate of a proxy is 401', async (path) => {
  expect(await ask('GET', path, undefined, 'anybody')).toMatchObject({ status: 401, json: undefined })
})

test('GetConfiguration names the service and what a proxy relays (§2.2.2.4)', async () => {
  const { json } = await ask('GET', 'GetConfiguration?api-version=2')
  expect(json.ServiceConfiguration).toMatchObject({
    ServiceHostName: 'adfs.contoso.com',
    HttpsPortForUserTlsAuth: 49443,
    ProxyTrustCertificateLifetime: 21_600,
    ServiceHostNameForUserTlsAuth: 'certauth.adfs.contoso.com',
  })
  expect(json.EndpointConfiguration.Endpoints).toContainEqual({
    Path: '/adfs/ls/',
    PortType: 1,
    AuthenticationSchemes: 32768,
    ClientCertificateQueryMode: 0,
    CertificateValidation: 2,
    SupportsNtlm: false,
    ServicePath: '/adfs/ls/',
    ServicePortType: 1,
  })
})

test('the store keeps entries, and a change has to name the version that it changes (§3.5)', async () => {
  const path = 'WebApplicationProxy/Store/colour?api-version=1'
  const entry = (version: number, value: string, key = 'colour') => ({ key, version, value })
  expect((await ask('POST', path, entry(0, 'red'))).status).toBe(200)
  expect((await ask('POST', path, entry(0, 'red'))).status).toBe(409)
  expect((await ask('GET', path)).json).toEqual(entry(0, 'red'))
  expect((await ask('PUT', path, entry(0, 'blue'))).status).toBe(200)
  expect((await ask('PUT', path, entry(0, 'green'))).status).toBe(412)
  expect((await ask('PUT', path, entry(1, 'green', 'taste'))).status).toBe(400)
  expect((await ask('GET', 'WebApplicationProxy/Store?api-version=1')).json).toEqual([entry(1, 'blue')])
  expect((await ask('DELETE', path)).status).toBe(200)
  expect((await ask('DELETE', path)).status).toBe(404)
  expect((await ask('PUT', path, entry(1, 'green'))).status).toBe(404)
})

test("the proxy's relying party identifier is set once (§3.4)", async () => {
  const path = 'WebApplicationProxy/trust?api-version=1'
  expect((await ask('GET', path)).status).toBe(404)
  expect((await ask('POST', path, { Identifier: 'urn:AppProxy:com' })).status).toBe(200)
  expect((await ask('POST', path, { Identifier: 'urn:AppProxy:com' })).status).toBe(409)
  expect((await ask('GET', path)).json).toEqual({ Identifier: 'urn:AppProxy:com' })
  expect((await ask('DELETE', path)).status).toBe(200)
  expect((await ask('DELETE', path)).status).toBe(404)
})

describe('EstablishTrust (§3.2.5.1)', () => {
  const basic = (userName: string, password: string) =>
    `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`
  const right = basic('admin@contoso.com', 'Admin-Pass7')

  async function establish(authorization: string | undefined, certificate: string) {
    const { statusCode, headers, body } = await request('https://adfs.contoso.com/adfs/proxy/EstablishTrust', {
      dispatcher: stage.agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      body: JSON.stringify({ SerializedTrustCertificate: certificate }),
    })
    await body.text()
    return { status: statusCode, challenge: headers['www-authenticate'] }
  }

  const certificateOf = async (validAt?: Date) => {
    const pair = await stage.authority.clientCertificateFor({ name: 'x', commonName: 'x', ...(validAt && { validAt }) })
    return new X509Certificate(pair.certificatePem).raw.toString('base64')
  }

  test.each([
    { who: 'nobody', authorization: undefined },
    { who: 'a wrong password', authorization: basic('admin@contoso.com', 'wrong') },
    { who: 'somebody who administers nothing', authorization: basic('alice@contoso.com', 'Alice-Pass1') },
    { who: 'garbage', authorization: 'Basic !!!' },
    { who: 'a bearer token', authorization: 'Bearer abc' },
  ])('$who is 401 with a challenge', async ({ authorization }) => {
    const answer = await establish(authorization, await certificateOf())
    expect(answer).toEqual({ status: 401, challenge: 'Basic realm="adfs.contoso.com"' })
  })

  test('a certificate that is not for clients, is not valid now, or is none, is 400', async () => {
    const key = await stage.authority.signingKeyFor({ name: 'x', subject: 'CN=x' })
    const later = await certificateOf(new Date(stage.clock.now().getTime() + 90 * 86_400_000))
    const answers = await Promise.all(
      [key.certificateDer.toString('base64'), later, 'AAAA', '!'].map((each) => establish(right, each)),
    )
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400])
  })
})

describe('the life of a trust', () => {
  test('a renewed certificate counts, and the old one as well until it ends (§3.2.5.2)', async () => {
    const replacement = await stage.authority.clientCertificateFor({
      ...{ name: 'x', commonName: 'ADFS ProxyTrust - WAP01', validAt: stage.clock.now() },
    })
    const next = stage.agentWith(replacement)
    const serialized = new X509Certificate(replacement.certificatePem).raw.toString('base64')
    const renew = (dispatcher: typeof next) =>
      request('https://adfs.contoso.com/adfs/proxy/RenewTrust', {
        dispatcher,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ SerializedReplacementCertificate: serialized }),
      })
    expect((await renew(next)).statusCode).toBe(400)
    expect((await renew(await stage.proxy.agent())).statusCode).toBe(200)
    const { statusCode } = await request('https://adfs.contoso.com/adfs/proxy/RelyingPartyTrusts?api-version=1', {
      dispatcher: next,
    })
    expect([statusCode, (await ask('GET', 'RelyingPartyTrusts?api-version=1')).status]).toEqual([200, 200])
  })

  test('an expired certificate is no proof', async () => {
    await stage.clock.advance(30 * 86_400_000)
    expect((await ask('GET', 'RelyingPartyTrusts?api-version=1')).status).toBe(401)
    await stage.clock.restart()
    expect((await ask('GET', 'RelyingPartyTrusts?api-version=1')).status).toBe(200)
  })

  test('once revoked, the proxy is refused everything, and what it passes on does not count as inside', async () => {
    const { revoked } = (await stage.manage('/proxy-trusts', { method: 'DELETE' })).json as { revoked: number }
    expect(revoked).toBeGreaterThan(0)
    expect(await ask('GET', 'RelyingPartyTrusts?api-version=1')).toMatchObject({
      status: 401,
      headers: { 'fauxchange-proxy-trust': 'revoked' },
    })
    const page = await stage.browser('outside').open('/adfs/ls/?wa=wsignin1.0&wtrealm=urn:federation:MicrosoftOnline')
    expect([page.status, page.html]).toEqual([401, ''])
    const refused = (await stage.journal()).filter((event) => event.decisions.includes('proxyRefused'))
    expect(refused.at(-1)?.reasons.join()).toContain('is revoked')
  })
})
