import { X509Certificate } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { receiveRedirect, verifiedRoot } from '#shared/saml/protocol-message.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import type { HttpVisitor } from '#test/actors/http-visitor.ts'
import { formsOf } from '#test/actors/http-visitor.ts'
import { openAuthority, owaRequest, pageConfig, peggy, type TestAuthority } from '../_authority.ts'
import { apps, authorizeUrl, login, tenantId } from '../token/_token-requests.ts'
import { scenarioUser, TestProvider } from './_provider.ts'
import { samlWorld } from './_saml-world.ts'

const scenario = consented(samlWorld(await loadDefaultScenario()))
const alice = scenarioUser(scenario, 'alice@contoso.com')
const webCallback = 'http://localhost:3000/auth/callback'
const provider = new TestProvider()
let authority: TestAuthority

function consented({ entra, ...world }: Scenario): Scenario {
  return {
    ...world,
    entra: { ...entra, applications: entra.applications.map((each) => ({ ...each, adminConsented: true })) },
  }
}

beforeAll(async () => {
  const only = ['directory', 'entra', 'wap', 'gateway-internet']
  authority = await openAuthority({ scenario, only, services: { wap: provider.build } })
})

afterAll(() => authority[Symbol.asyncDispose]())

/** Alice signed in, and then out: where the browser is sent. */
async function leaveAfterSignIn(visitor: HttpVisitor, parameters: Record<string, string>): Promise<string> {
  const [form] = formsOf(await visitor.open(owaRequest({ login_hint: alice.userPrincipalName })))
  const request = Buffer.from(form?.fields.SAMLRequest ?? '', 'base64').toString()
  const answer = await provider.samlResponse(alice, / ID="([^"]+)"/.exec(request)?.[1] ?? '')
  const { RelayState = '' } = form?.fields ?? {}
  let page = await visitor.post(`${login}/login.srf`, { SAMLResponse: answer, RelayState })
  page = await visitor.submit(page, { authMethodId: 'PhoneAppOTP' }, 1)
  page = await visitor.submit(page, { otc: await authority.totpCode(alice.userPrincipalName) })
  await visitor.submit(page, { LoginOptions: '3' })
  const left = await visitor.open(`${login}/common/oauth2/v2.0/logout?${new URLSearchParams(parameters)}`)
  expect(left.html, left.url).toContain('federation service')
  return left.url
}

test('sign-out sends the browser to the provider with a signed LogoutRequest for the person its assertions name; its answer leads to the application', async () => {
  await using visitor = await authority.visitor()
  const address = await leaveAfterSignIn(visitor, { post_logout_redirect_uri: landing, state: 's&t' })
  expect(address).toMatch(/^https:\/\/adfs\.contoso\.com\/adfs\/ls\/\?SAMLRequest=/)
  const message = receiveRedirect(new URL(address).search, 'SAMLRequest')
  const { keys } = (await (await authority.fetch(`${login}/common/discovery/keys`)).json()) as {
    keys: readonly { x5c: readonly string[] }[]
  }
  const certificate = new X509Certificate(Buffer.from(keys[0]?.x5c[0] ?? '', 'base64'))
  expect(verifiedRoot(message, { trustedCertificates: [certificate] }).localName).toBe('LogoutRequest')
  expect(message.xml).toContain('<saml:Issuer>urn:federation:MicrosoftOnline</saml:Issuer>')
  expect(message.xml).toContain(`nameid-format:persistent">${alice.immutableId}</saml:NameID>`)
  const back = await answered(carrying(logoutResponse, message.relayState))
  expect(back.headers.get('location')).toBe(`${landing}?state=s%26t`)
})

const logoutResponse = `<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status></samlp:LogoutResponse>`
const carrying = (xml: string, relayState?: string) =>
  `?${new URLSearchParams({ SAMLResponse: deflateRawSync(xml).toString('base64'), ...(relayState && { RelayState: relayState }) })}`
const landing = 'https://outlook.office.com/owa/'
const answered = (query: string) => authority.fetch(`${login}/login.srf${query}`, { redirect: 'manual' })

test.each([
  { what: 'an answer by WS-Federation', uri: landing, to: landing },
  { what: 'a foreign address', uri: 'https://evil.example/', to: null },
  { what: 'an address of another case', uri: landing.toUpperCase(), to: null },
])('$what is followed to $to', async ({ uri, to }) => {
  const query = `post_logout_redirect_uri=${encodeURIComponent(uri)}`
  expect((await answered(`?${query}`)).headers.get('location')).toBe(to)
  expect((await answered(carrying(logoutResponse, query))).headers.get('location')).toBe(to)
})

test("wsignoutcleanup1.0 from a frame of the provider's page ends the session here, and tells the applications in frames", async () => {
  await using visitor = await authority.visitor()
  const request = { client_id: apps.web, redirect_uri: webCallback, response_mode: 'form_post', scope: 'openid' }
  const page = await visitor.open(authorizeUrl({ ...request, response_type: 'id_token', nonce: 'n' }))
  const asked = await visitor.submit(page, { loginfmt: peggy.upn, passwd: peggy.password })
  const { id_token = '' } = formsOf(await visitor.submit(asked, { LoginOptions: '3' }))[0]?.fields ?? {}
  const left = await visitor.open(`${login}/login.srf?wa=wsignoutcleanup1.0`)
  expect((await authority.lastEvent('/login.srf')).decisions).toEqual(['signOutCleanup'])
  const query = new URLSearchParams({ iss: `${login}/${tenantId}/v2.0`, sid: String(decodeJwt(id_token).sid) })
  expect(left.html).toContain(`src="http://localhost:3000/signout-oidc?${query}"`.replace('&', '&amp;'))
  const cleaned = await answered('?wa=wsignoutcleanup1.0')
  expect(cleaned.headers.get('content-security-policy')).toBe("default-src 'none'")
  const cookies = cleaned.headers.getSetCookie()
  expect(cookies.filter((cookie) => /^ESTSAUTH=;.*Expires=Thu, 01 Jan 1970/i.test(cookie))).toHaveLength(1)
})

test("the provider's answer ends on a page, and its status in the journal", async () => {
  const visitor = await authority.visitor()
  const page = await visitor.open(`${login}/login.srf${carrying(logoutResponse)}`)
  expect(pageConfig(page).pgid).toBe('ConvergedSignOut')
  expect((await authority.lastEvent('/login.srf')).detail).toEqual({
    status: 'urn:oasis:names:tc:SAML:2.0:status:Success',
  })
})

test.each([
  { what: 'nothing', query: '', reason: /SAMLResponse/ },
  { what: 'no base64', query: '?SAMLResponse=%25', reason: /no base64/ },
  { what: 'an assertion by redirect', query: carrying('<Response/>'), reason: /LogoutResponses here, not Response/ },
  { what: 'a document type', query: carrying(`<!DOCTYPE a>${logoutResponse}`), reason: /documentType|DOCTYPE/ },
])('GET /login.srf with $what is refused on the error page', async ({ query, reason }) => {
  const visitor = await authority.visitor()
  expect(pageConfig(await visitor.open(`${login}/login.srf${query}`)).pgid).toBe('ConvergedError')
  expect((await authority.lastEvent('/login.srf')).reasons.join()).toMatch(reason)
})
