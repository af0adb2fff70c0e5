import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAuthority, peggy, type TestAuthority } from '../_authority.ts'
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
