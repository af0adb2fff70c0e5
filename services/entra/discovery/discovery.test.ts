import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAuthority, type TestAuthority } from '../_authority.ts'

const tenantId = '6babcaad-604b-40ac-a9d7-9fd97c0b779f'
let authority: TestAuthority

beforeAll(async () => {
  authority = await openAuthority()
})

afterAll(() => authority[Symbol.asyncDispose]())

const login = (path: string, init?: RequestInit) => authority.fetch(`https://login.microsoftonline.com${path}`, init)
const json = async (path: string, init?: RequestInit) =>
  (await (await login(path, init)).json()) as Record<string, unknown>

test.each([
  { segment: 'common', issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0', region: null },
  { segment: 'organizations', issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0', region: null },
  { segment: tenantId, issuer: `https://login.microsoftonline.com/${tenantId}/v2.0`, region: 'NA' },
  { segment: 'Contoso.com', issuer: `https://login.microsoftonline.com/${tenantId}/v2.0`, region: 'NA' },
  { segment: 'contoso.onmicrosoft.com', issuer: `https://login.microsoftonline.com/${tenantId}/v2.0`, region: 'NA' },
])('v2 metadata of /$segment has issuer $issuer', async ({ segment, issuer, region }) => {
  const answer = await login(`/${segment}/v2.0/.well-known/openid-configuration`)
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  const metadata = (await answer.json()) as Record<string, unknown>
  const base = `https://login.microsoftonline.com/${segment.toLowerCase()}`
  expect(metadata).toMatchObject({
    issuer,
    tenant_region_scope: region,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    userinfo_endpoint: 'https://graph.microsoft.com/oidc/userinfo',
  })
  expect(metadata).not.toHaveProperty('code_challenge_methods_supported')
})

test('v1 metadata answers at every alias of the authority, with the issuer of v1 tokens', async () => {
  for (const host of ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net']) {
    const metadata = (await (
      await authority.fetch(`https://${host}/contoso.com/.well-known/openid-configuration`)
    ).json()) as Record<string, unknown>
    expect(metadata).toMatchObject({
      issuer: `https://sts.windows.net/${tenantId}/`,
      authorization_endpoint: `https://${host}/contoso.com/oauth2/authorize`,
      jwks_uri: `https://${host}/common/discovery/keys`,
    })
  }
})

test('browsers get the icon that they ask for unasked', async () => {
  const icon = await login('/favicon.ico')
  expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/x-icon'])
  expect([...new Uint8Array(await icon.arrayBuffer())].slice(0, 6)).toEqual([0, 0, 1, 0, 1, 0])
})

test('an unknown tenant is refused as invalid_tenant, AADSTS90002', async () => {
  const answer = await login('/nobody.example/v2.0/.well-known/openid-configuration')
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({
    error: 'invalid_tenant',
    error_codes: [90002],
    error_uri: 'https://login.microsoftonline.com/error?code=90002',
    error_description: expect.stringMatching(
      /^AADSTS90002: Tenant 'nobody\.example' not found\..* Trace ID: \S+ Correlation ID: \S+ Timestamp: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/,
    ),
  })
})

test.each(['/common/discovery/keys', `/${tenantId}/discovery/v2.0/keys`])(
  '%s publishes two keys named by their certificates',
  async (path) => {
    const { keys } = (await json(path)) as unknown as {
      keys: { kid: string; x5t: string; x5c: string[]; n: string; issuer?: string }[]
    }
    expect(keys.length).toBeGreaterThanOrEqual(2)
    for (const key of keys) {
      const certificate = new X509Certificate(Buffer.from(key.x5c[0] ?? '', 'base64'))
      const sha1 = Buffer.from(certificate.fingerprint.replaceAll(':', ''), 'hex').toString('base64url')
      expect(key.kid).toBe(sha1)
      expect(key.x5t).toBe(sha1)
      expect(certificate.publicKey.export({ format: 'jwk' }).n).toBe(key.n)
      expect(key.issuer).toBe(path.includes('v2.0') ? 'https://login.microsoftonline.com/{tenantid}/v2.0' : undefined)
    }
  },
)

test('instance discovery lists the aliases, and refuses a foreign authority (AADSTS50049)', async () => {
  const ask = (endpoint: string) =>
    login(`/common/discovery/instance?api-version=1.1&authorization_endpoint=${encodeURIComponent(endpoint)}`)
  const known = (await (await ask('https://login.windows.net/common/oauth2/v2.0/authorize')).json()) as {
    metadata: { aliases: string[] }[]
  }
  expect(known).toMatchObject({
    tenant_discovery_endpoint: 'https://login.windows.net/common/v2.0/.well-known/openid-configuration',
  })
  expect(known.metadata[0]?.aliases).toContain('sts.windows.net')
  const foreign = await ask('https://login.evil.example/common/oauth2/authorize')
  expect(foreign.status).toBe(400)
  expect(await foreign.json()).toMatchObject({ error: 'invalid_instance', error_codes: [50049] })
})

test.each([
  { login: 'alice@contoso.com', type: 'Federated', space: 'Federated', domainType: 4, preferred: 4, exists: 0 },
  { login: 'nobody@contoso.com', type: 'Federated', space: 'Federated', domainType: 4, preferred: 4, exists: 0 },
  { login: 'peggy@fabrikam.com', type: 'Managed', space: 'Managed', domainType: 3, preferred: 1, exists: 0 },
  { login: 'nobody@fabrikam.com', type: 'Managed', space: 'Managed', domainType: 3, preferred: 1, exists: 1 },
  { login: 'someone@elsewhere.example', type: 'Unknown', space: 'Unknown', domainType: 1, preferred: 1, exists: 1 },
])('realm of $login: $type, credential $preferred', async (row) => {
  const forClients = await json(`/common/userrealm/${row.login}?api-version=1.0`)
  expect(forClients).toMatchObject({
    ver: '1.0',
    account_type: row.type,
    cloud_audience_urn: 'urn:federation:MicrosoftOnline',
  })
  expect(await json(`/common/userrealm/${row.login}?api-version=2.1`)).toMatchObject({
    NameSpaceType: row.space,
    Login: row.login,
  })
  for (const path of ['/common/userrealm', '/common/userrealm/', '/common/UserRealm/']) {
    const asked = await json(`${path}?user=${row.login}&api-version=2.1&checkForMicrosoftAccount=true`)
    expect(asked).toMatchObject({ NameSpaceType: row.space, Login: row.login })
  }
  expect(await json(`/GetUserRealm.srf?login=${row.login}&json=1`)).toMatchObject({ NameSpaceType: row.space })
  const credential = await json('/common/GetCredentialType?mkt=en-US', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ Username: row.login }),
  })
  expect(credential).toMatchObject({
    IfExistsResult: row.exists,
    Credentials: { PrefCredential: row.preferred },
    EstsProperties: { DomainType: row.domainType },
  })
  const redirect = (credential as unknown as { Credentials: { FederationRedirectUrl?: string } }).Credentials
    .FederationRedirectUrl
  expect(redirect?.startsWith('https://adfs.contoso.com/adfs/ls/?') ?? false).toBe(row.type === 'Federated')
})

test('the realm of a federated name leads clients to its WS-Trust end points', async () => {
  expect(await json('/common/UserRealm/alice@contoso.com?api-version=1.0')).toMatchObject({
    domain_name: 'contoso.com',
    federation_protocol: 'WSTrust',
    federation_metadata_url: 'https://adfs.contoso.com/adfs/services/trust/mex',
    federation_active_auth_url: 'https://adfs.contoso.com/adfs/services/trust/2005/usernamemixed',
  })
})
