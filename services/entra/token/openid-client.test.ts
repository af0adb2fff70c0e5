import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAuthority, peggy, type TestAuthority } from '../_authority.ts'
import { signInAt } from '../clients/_microsoft-clients.ts'
import { clientKeys, worldWithCertificate } from './_client-certificate.ts'
import { apps, login, tenantId, tokenRequests } from './_token-requests.ts'

let authority: TestAuthority
let requests: ReturnType<typeof tokenRequests>

beforeAll(async () => {
  authority = await openAuthority()
  requests = tokenRequests(authority)
})

afterAll(() => authority[Symbol.asyncDispose]())

test('openid-client signs a PHS user in with code and PKCE, verifies the id_token, and refreshes', async () => {
  const config = await client.discovery(new URL(`${login}/${tenantId}/v2.0`), apps.web, apps.webSecret, undefined, {
    [client.customFetch]: authority.fetch as client.CustomFetch,
  })
  config[client.customFetch] = authority.fetch as client.CustomFetch
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: 'http://localhost:3000/auth/callback',
    scope: 'openid profile email offline_access https://graph.microsoft.com/User.Read',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  })
  const callback = await requests.callbackOf(url.href)
  const tokens = await client.authorizationCodeGrant(config, callback, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
  })
  expect(tokens.claims()).toMatchObject({
    iss: `${login}/${tenantId}/v2.0`,
    aud: apps.web,
    tid: tenantId,
    ver: '2.0',
    preferred_username: peggy.upn,
    nonce,
  })
  const keys = await (await authority.fetch(`${login}/${tenantId}/discovery/v2.0/keys`)).json()
  const verified = await jwtVerify(tokens.id_token ?? '', createLocalJWKSet(keys as never), {
    currentDate: authority.stack.clock.now(),
  })
  expect(verified.protectedHeader).toEqual({ typ: 'JWT', alg: 'RS256', kid: verified.protectedHeader.kid })
  expect(decodeJwt(tokens.access_token)).toMatchObject({
    aud: 'https://graph.microsoft.com',
    appid: apps.web,
    appidacr: '1',
    scp: 'User.Read',
    upn: peggy.upn,
    ver: '1.0',
  })
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
  expect(refreshed.refresh_token).not.toBe(tokens.refresh_token)
  const info = await client.fetchUserInfo(config, refreshed.access_token, tokens.claims()?.sub ?? '')
  expect(info).toMatchObject({ name: 'Peggy Patel', family_name: 'Patel' })
})

async function discovered(clientId: string, metadata?: Partial<client.ClientMetadata>, proof?: client.ClientAuth) {
  const options = { [client.customFetch]: authority.fetch as client.CustomFetch }
  const config = await client.discovery(new URL(`${login}/${tenantId}/v2.0`), clientId, metadata, proof, options)
  config[client.customFetch] = authority.fetch as client.CustomFetch
  return config
}

test('openid-client runs the device authorization grant', async () => {
  const config = await discovered('04b07795-8ddb-461a-bbee-02f9e1bf7b46', undefined, client.None())
  const scope = 'openid profile offline_access https://graph.microsoft.com/User.Read'
  const device = await client.initiateDeviceAuthorization(config, { scope })
  expect(device).toMatchObject({ verification_uri: 'https://microsoft.com/devicelogin', interval: 5, expires_in: 900 })
  await signInAt(authority, device.verification_uri, { otc: device.user_code })
  // Its first poll comes after the interval, which need not be waited for.
  const tokens = await client.pollDeviceAuthorizationGrant(config, { ...device, interval: 0 })
  expect(tokens.claims()).toMatchObject({ preferred_username: peggy.upn, iss: `${login}/${tenantId}/v2.0` })
})

test.each(['RS256', 'PS256'])('openid-client authenticates with private_key_jwt (%s)', async (algorithm) => {
  const [key] = await clientKeys('openid-client')
  await using own = await openAuthority({ scenario: await worldWithCertificate(key) })
  const der = key.privateKey.export({ type: 'pkcs8', format: 'der' })
  const hash = { name: algorithm === 'PS256' ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const privateKey = await crypto.subtle.importKey('pkcs8', new Uint8Array(der), hash, false, ['sign'])
  const proof = client.PrivateKeyJwt(privateKey, {
    [client.modifyAssertion]: (header) => {
      header.x5t = key.x5t
    },
  })
  const options = { [client.customFetch]: own.fetch as client.CustomFetch }
  const config = await client.discovery(new URL(`${login}/${tenantId}/v2.0`), apps.tasks, undefined, proof, options)
  config[client.customFetch] = own.fetch as client.CustomFetch
  const tokens = await client.clientCredentialsGrant(config, { scope: 'https://graph.microsoft.com/.default' })
  expect(decodeJwt(tokens.access_token)).toMatchObject({ appid: apps.tasks, appidacr: '2', idtyp: 'app' })
})

test('openid-client builds the address that ends the session, and errors come as its classes', async () => {
  const config = await discovered(apps.web, undefined, client.ClientSecretBasic('wrong'))
  const url = client.buildEndSessionUrl(config, {
    post_logout_redirect_uri: 'http://localhost:3000/auth/callback',
    state: 's',
  })
  const left = await authority.fetch(url, { redirect: 'manual' })
  expect(left.headers.get('location')).toBe('http://localhost:3000/auth/callback?state=s')
  const refused = client.clientCredentialsGrant(config, { scope: 'https://graph.microsoft.com/.default' })
  await expect(refused).rejects.toMatchObject({ error: 'invalid_client', status: 401 })
})
