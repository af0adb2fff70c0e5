import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nameIdentifierClaim } from '#shared/saml/token-claims.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { openAuthority, type TestAuthority } from '../../_authority.ts'
import { type AssertionChanges, scenarioUser, TestProvider } from '../../federation/_provider.ts'
import { claimTypes } from '../../federation/assertion-claims.ts'
import { apps, tokenRequests } from '../_token-requests.ts'

const scenario = await loadDefaultScenario()
const alice = scenarioUser(scenario, 'alice@contoso.com')
const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
const provider = new TestProvider()
let authority: TestAuthority
let requests: ReturnType<typeof tokenRequests>

beforeAll(async () => {
  const only = ['directory', 'entra', 'wap', 'gateway-internet']
  authority = await openAuthority({ scenario, only, services: { wap: provider.build } })
  requests = tokenRequests(authority)
})

afterAll(() => authority[Symbol.asyncDispose]())

async function saml11(changes: AssertionChanges = {}): Promise<string> {
  const assertion = /<saml:Assertion.*<\/saml:Assertion>/s.exec(await provider.wresult(alice, changes))?.[0]
  if (!assertion) throw new Error('the response has no assertion')
  return assertion
}

interface Saml20Changes {
  readonly recipient?: string
  readonly audience?: string
  readonly age?: number
}

async function saml20({ recipient, ...changes }: Saml20Changes = {}): Promise<string> {
  const response = await provider.samlResponse(alice, '_request', {
    ...changes,
    issuer: 'http://contoso.com/adfs/services/trust/',
    destination: recipient ?? `https://login.microsoftonline.com/${scenario.tenant.id}/oauth2/v2.0/token`,
    claims: [
      { type: claimTypes.upn, value: alice.userPrincipalName },
      { type: claimTypes.immutableId, value: alice.immutableId ?? '' },
      { type: nameIdentifierClaim, value: alice.immutableId ?? '' },
    ],
  })
  const assertion = /<(?:saml:)?Assertion.*<\/(?:saml:)?Assertion>/s.exec(
    Buffer.from(response, 'base64').toString(),
  )?.[0]
  if (!assertion) throw new Error('the response has no assertion')
  return assertion
}

const redeem = (assertion: string, version: '1_1' | '2', more: Readonly<Record<string, string>> = {}) =>
  requests.token(
    {
      grant_type: `urn:ietf:params:oauth:grant-type:saml${version}-bearer`,
      client_id: azureCli,
      assertion: Buffer.from(assertion).toString(version === '2' ? 'base64url' : 'base64'),
      scope: 'openid offline_access https://graph.microsoft.com/User.Read',
      ...more,
    },
    { path: '/organizations/oauth2/v2.0/token' },
  )

test.each(['1_1', '2'] as const)('an assertion of SAML %s buys tokens, once', async (version) => {
  const assertion = version === '2' ? await saml20() : await saml11()
  const { status, body } = await redeem(assertion, version)
  expect([status, body.error_description]).toEqual([200, undefined])
  expect(decodeJwt(body.access_token ?? '')).toMatchObject({ upn: 'alice@contoso.com', amr: ['pwd'], appid: azureCli })
  expect(body).toMatchObject({ refresh_token: expect.any(String), id_token: expect.any(String) })
  const replayed = await redeem(assertion, version)
  expect(replayed.body).toMatchObject({ error: 'invalid_grant', error_codes: [50008] })
})

const hour = 60 * 60 * 1000

test.each<{ case: string; changes: AssertionChanges; code: number }>([
  { case: 'another audience', changes: { audience: 'urn:somebody:else' }, code: 50008 },
  { case: 'an old one', changes: { age: 3 * hour }, code: 50008 },
  { case: 'of the future', changes: { age: -hour }, code: 50008 },
  { case: 'an unknown issuer', changes: { issuer: 'http://nobody.example/adfs/services/trust/' }, code: 50107 },
  { case: 'without ImmutableID', changes: { claims: { immutableId: undefined } }, code: 90020 },
  { case: 'of somebody unknown', changes: { claims: { immutableId: 'AAAAAAAAAAAAAAAAAAAAAA==' } }, code: 51004 },
  { case: 'with the name of somebody else', changes: { claims: { upn: 'bob@contoso.com' } }, code: 51004 },
  { case: 'of a domain that is not its own', changes: { claims: { upn: 'peggy@fabrikam.com' } }, code: 50008 },
])('SAML 1.1, $case: AADSTS$code', async ({ changes, code }) => {
  expect((await redeem(await saml11(changes), '1_1')).body).toMatchObject({ error_codes: [code] })
})

test.each([
  { case: 'another recipient', changes: { recipient: 'https://login.microsoftonline.com/login.srf' } },
  { case: 'another audience', changes: { audience: 'urn:somebody:else' } },
  { case: 'an old one', changes: { age: 3 * hour } },
])('SAML 2.0, $case: AADSTS50008', async ({ changes }) => {
  expect((await redeem(await saml20(changes), '2')).body).toMatchObject({ error_codes: [50008] })
})

test('forged assertions are refused: another key, changed content, no signature', async () => {
  const forged = await saml11({ key: await provider.key(7) })
  const good = await saml11()
  const changed = good.replaceAll('alice@contoso.com', 'bobby@contoso.com')
  const unsigned = good.replace(/<ds:Signature.*<\/ds:Signature>/s, '')
  for (const assertion of [forged, changed, unsigned]) {
    expect((await redeem(assertion, '1_1')).body).toMatchObject({ error: 'invalid_grant', error_codes: [50008] })
  }
})

test('garbage, /common/ and clients that may not are refused', async () => {
  expect((await redeem('garbage', '1_1')).body).toMatchObject({ error_codes: [50008] })
  expect((await redeem(await saml11(), '1_1', { client_id: apps.web })).body).toMatchObject({ error_codes: [7000218] })
  const path = '/common/oauth2/v2.0/token'
  const grant = {
    grant_type: 'urn:ietf:params:oauth:grant-type:saml2-bearer',
    client_id: azureCli,
    assertion: 'PHg-',
    scope: 'openid',
  }
  expect((await requests.token(grant, { path })).body).toMatchObject({ error_codes: [9001023] })
})
