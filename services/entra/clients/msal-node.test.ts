import { createHash } from 'node:crypto'
import {
  ConfidentialClientApplication,
  CryptoProvider,
  InteractionRequiredAuthError,
  PublicClientApplication,
  ServerError,
} from '@azure/msal-node'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SigningKey } from '#certs/authority.ts'
import { openAuthority, peggy, type TestAuthority } from '../_authority.ts'
import { clientKeys } from '../token/_client-certificate.ts'
import { worldWith } from '../token/_policies.ts'
import { apps, login, tenantId } from '../token/_token-requests.ts'
import { azureCli, consentedWorld, nativeLanding, signInAt, throughProxy } from './_microsoft-clients.ts'

const open = new AsyncDisposableStack()
const authorityUrl = `${login}/${tenantId}`
const graphScope = 'https://graph.microsoft.com/User.Read'
const exchangeScope = 'https://outlook.office365.com/EWS.AccessAsUser.All'
const tasksScope = `api://${apps.tasks}/Tasks.Read`
let authority: TestAuthority
let key: SigningKey
/** Registered for the Sample Web App too, which has a certificate beside its secret. */
const redirectUri = nativeLanding

beforeAll(async () => {
  ;[key] = await clientKeys('msal-node')
  const world = await worldWith([
    {
      id: 'c0000000-0000-4000-8000-000000000009',
      applications: { includeApplications: ['00000002-0000-0ff1-ce00-000000000000'] },
    },
  ])
  const scenario = await consentedWorld(world)
  const certificates = [{ displayName: 'MSAL', certificate: key.certificatePem }]
  const applications = scenario.entra.applications.map((each) =>
    each.appId === apps.web
      ? { ...each, certificates, redirectUris: { ...each.redirectUris, web: [...each.redirectUris.web, redirectUri] } }
      : each,
  )
  authority = open.use(await openAuthority({ scenario: { ...scenario, entra: { ...scenario.entra, applications } } }))
})

afterAll(() => open.disposeAsync())

const confidential = (credential: object = { clientSecret: apps.webSecret }, clientId: string = apps.web) =>
  new ConfidentialClientApplication({
    auth: { clientId, authority: authorityUrl, ...credential },
    system: { networkClient: throughProxy(authority) },
  })

const publicClient = (clientId = azureCli, authorityOf = authorityUrl) =>
  new PublicClientApplication({
    auth: { clientId, authority: authorityOf },
    system: { networkClient: throughProxy(authority) },
  })

/** Authorization code with PKCE, in a browser of her own. */
async function byCode(
  client: ConfidentialClientApplication | PublicClientApplication,
  scopes: string[],
  claims?: string,
) {
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes()
  const asked = { scopes, redirectUri, ...(claims !== undefined && { claims }) }
  const url = await client.getAuthCodeUrl({
    ...asked,
    codeChallenge: challenge,
    codeChallengeMethod: 'S256',
    state: 's t&a',
  })
  const landed = new URL((await signInAt(authority, url)).url)
  expect(landed.searchParams.get('state')).toBe('s t&a')
  return client.acquireTokenByCode({ ...asked, code: landed.searchParams.get('code') ?? '', codeVerifier: verifier })
}

const privateKey = () => key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const thumbprintSha256 = () => createHash('sha256').update(key.certificateDer).digest('hex')

test('authorization code with PKCE and a secret: account, silent renewal from the cache and by refresh token', async () => {
  const client = confidential()
  const first = await byCode(client, [graphScope])
  expect(first.account).toMatchObject({ username: peggy.upn, tenantId, environment: 'login.windows.net' })
  expect(first.scopes).toContain(graphScope)
  const { account } = first
  if (!account) throw new Error('no account')
  const cached = await client.acquireTokenSilent({ account, scopes: [graphScope] })
  expect([cached.fromCache, cached.accessToken]).toEqual([true, first.accessToken])
  const renewed = await client.acquireTokenSilent({ account, scopes: [graphScope], forceRefresh: true })
  expect([renewed.fromCache, renewed.accessToken === first.accessToken]).toEqual([false, false])
  const other = await client.acquireTokenSilent({ account, scopes: [tasksScope] })
  expect(decodeJwt(other.accessToken)).toMatchObject({ aud: apps.tasks, scp: 'Tasks.Read' })
})

test.each([
  { what: 'a secret', credential: () => ({ clientSecret: apps.webSecret }), proof: '1' },
  {
    what: 'a certificate (PS256, x5t#S256)',
    credential: () => ({ clientCertificate: { thumbprintSha256: thumbprintSha256(), privateKey: privateKey() } }),
    proof: '2',
  },
  {
    what: 'a certificate by its SHA-1 thumbprint (RS256, x5t)',
    credential: () => ({ clientCertificate: { thumbprint: key.thumbprint, privateKey: privateKey() } }),
    proof: '2',
  },
])('client credentials by $what; again with the same assertion', async ({ credential, proof }) => {
  const client = confidential(credential())
  for (const resource of ['https://graph.microsoft.com', 'https://outlook.office365.com']) {
    const token = await client.acquireTokenByClientCredential({ scopes: [`${resource}/.default`], skipCache: true })
    expect(decodeJwt(token?.accessToken ?? '')).toMatchObject({
      aud: resource,
      appid: apps.web,
      appidacr: proof,
      idtyp: 'app',
    })
  }
})

test('a wrong secret and a foreign certificate: ServerError with the code of AADSTS', async () => {
  const [foreign] = await clientKeys('msal-node-foreign')
  const key = foreign.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  for (const { credential, code } of [
    { credential: { clientSecret: 'wrong' }, code: 7000215 },
    { credential: { clientCertificate: { thumbprintSha256: thumbprintSha256(), privateKey: key } }, code: 700027 },
  ]) {
    const refused = confidential(credential).acquireTokenByClientCredential({
      scopes: ['https://graph.microsoft.com/.default'],
    })
    await expect(refused).rejects.toMatchObject({ errorCode: 'invalid_client', errorNo: code })
  }
})

test('device code: MSAL polls until somebody has signed in elsewhere', async () => {
  let signedIn: Promise<unknown> = Promise.resolve()
  const polls: string[] = []
  const networkClient = throughProxy(authority, async (url, body) => {
    if (!url.includes('/token')) return
    polls.push(new URLSearchParams(body).get('grant_type') ?? '')
    await signedIn
  })
  const client = new PublicClientApplication({
    auth: { clientId: azureCli, authority: authorityUrl },
    system: { networkClient },
  })
  const result = await client.acquireTokenByDeviceCode({
    scopes: [graphScope],
    deviceCodeCallback: ({ userCode, verificationUri }) => {
      signedIn = signInAt(authority, verificationUri, { otc: userCode })
    },
  })
  expect(polls).toEqual(['device_code'])
  expect(result?.account?.username).toBe(peggy.upn)
  expect(decodeJwt(result?.accessToken ?? '')).toMatchObject({ upn: peggy.upn, appid: azureCli })
})

test('on behalf of: the API in the middle exchanges the token that it was called with', async () => {
  const first = await byCode(confidential(), [tasksScope])
  const middle = confidential({ clientSecret: apps.tasksSecret }, apps.tasks)
  const result = await middle.acquireTokenOnBehalfOf({ oboAssertion: first.accessToken, scopes: [graphScope] })
  expect(decodeJwt(result?.accessToken ?? '')).toMatchObject({ appid: apps.tasks, upn: peggy.upn, scp: 'User.Read' })
  const again = await middle.acquireTokenOnBehalfOf({ oboAssertion: first.accessToken, scopes: [graphScope] })
  expect(again?.fromCache).toBe(true)
  const refused = middle.acquireTokenOnBehalfOf({ oboAssertion: first.idToken, scopes: [graphScope] })
  await expect(refused).rejects.toBeInstanceOf(ServerError)
})

test('user name and password; a wrong one is no reason to interact', async () => {
  const client = publicClient(azureCli, `${login}/organizations`)
  const request = { scopes: [graphScope], username: peggy.upn, password: peggy.password }
  const result = await client.acquireTokenByUsernamePassword(request)
  expect(result?.account?.username).toBe(peggy.upn)
  const wrong = client.acquireTokenByUsernamePassword({ ...request, password: 'wrong' })
  await expect(wrong).rejects.toMatchObject({ name: 'ServerError', errorCode: 'invalid_grant', errorNo: 50126 })
})

test('a policy that the session does not meet: InteractionRequiredAuthError with claims, which the next sign-in meets', async () => {
  const client = publicClient()
  const { account } = await byCode(client, [graphScope])
  if (!account) throw new Error('no account')
  const refused = await client.acquireTokenSilent({ account, scopes: [exchangeScope] }).catch((error: unknown) => error)
  if (!(refused instanceof InteractionRequiredAuthError)) throw refused
  expect(refused).toMatchObject({ errorCode: 'invalid_grant', subError: 'basic_action', errorNo: 50076 })
  expect(JSON.parse(refused.claims)).toEqual({
    access_token: { capolids: { essential: true, values: ['c0000000-0000-4000-8000-000000000009'] } },
  })
  const second = await byCode(client, [exchangeScope], refused.claims)
  expect(decodeJwt(second.accessToken)).toMatchObject({ aud: 'https://outlook.office365.com', amr: ['pwd', 'mfa'] })
  const silent = await client.acquireTokenSilent({ account, scopes: [exchangeScope], forceRefresh: true })
  expect(silent.fromCache).toBe(false)
})

test('a policy met by the password grant alone is none: MSAL is told to interact', async () => {
  const request = { scopes: [exchangeScope], username: peggy.upn, password: peggy.password }
  const refused = publicClient().acquireTokenByUsernamePassword(request)
  await expect(refused).rejects.toMatchObject({ name: 'InteractionRequiredAuthError', subError: 'basic_action' })
})

test('logout: the account is forgotten, and the browser sent to the end session endpoint of the discovery document', async () => {
  const client = confidential()
  const { account, idToken } = await byCode(client, [graphScope])
  if (!account) throw new Error('no account')
  const metadata = await authority.fetch(`${authorityUrl}/v2.0/.well-known/openid-configuration`)
  const { end_session_endpoint: endpoint } = (await metadata.json()) as { end_session_endpoint: string }
  await client.getTokenCache().removeAccount(account)
  const parameters = new URLSearchParams({ id_token_hint: idToken, post_logout_redirect_uri: redirectUri, state: 's' })
  const left = await authority.fetch(`${endpoint}?${parameters}`, { redirect: 'manual' })
  expect(left.headers.get('location')).toBe(`${redirectUri}?state=s`)
  await expect(client.acquireTokenSilent({ account, scopes: [graphScope] })).rejects.toMatchObject({
    errorCode: 'no_tokens_found',
  })
})

test.each(['contoso.com', 'organizations', 'common'])('the authority may be named /%s', async (segment) => {
  const result = await byCode(publicClient(azureCli, `${login}/${segment}`), [graphScope])
  expect(result.tenantId).toBe(tenantId)
})
