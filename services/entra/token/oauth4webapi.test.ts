import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formsOf } from '#test/actors/http-visitor.ts'
import { openAuthority, peggy, type TestAuthority } from '../_authority.ts'
import { signInAt } from '../clients/_microsoft-clients.ts'
import { apps, login, tenantId, tokenRequests } from './_token-requests.ts'

const client: oauth.Client = { client_id: apps.web }
const redirectUri = 'http://localhost:3000/auth/callback'
const secret = oauth.ClientSecretPost(apps.webSecret)
let authority: TestAuthority
let server: oauth.AuthorizationServer
let options: { [oauth.customFetch]: typeof fetch }

beforeAll(async () => {
  authority = await openAuthority()
  options = { [oauth.customFetch]: authority.fetch }
  const issuer = new URL(`${login}/${tenantId}/v2.0`)
  server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options as never))
})

afterAll(() => authority[Symbol.asyncDispose]())

interface Attempt {
  readonly nonce: string
  readonly state: string
  readonly verifier: string
  readonly answer: URLSearchParams
}

/** A hybrid sign-in of Peggy's, up to what is posted to the application. */
async function hybridAnswer(): Promise<Attempt> {
  const [nonce, state, verifier] = [oauth.generateRandomNonce(), oauth.generateRandomState(), 'v'.repeat(43)]
  const query = new URLSearchParams({
    client_id: apps.web,
    redirect_uri: redirectUri,
    response_type: 'code id_token',
    response_mode: 'form_post',
    scope: 'openid profile offline_access',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    nonce,
    state,
  })
  const page = await signInAt(authority, `${server.authorization_endpoint}?${query}`)
  return { nonce, state, verifier, answer: new URLSearchParams(formsOf(page)[0]?.fields) }
}

function validated({ answer, nonce, state }: Attempt, changes: Readonly<Record<string, string>> = {}) {
  const posted = new URLSearchParams({ ...Object.fromEntries(answer), ...changes })
  const request = new Request(redirectUri, { method: 'POST', body: posted })
  return oauth.validateCodeIdTokenResponse(server, client, request, nonce, state, undefined, options as never)
}

test('hybrid flow: the posted id_token vouches for its code; code, UserInfo and refresh agree with it', async () => {
  const attempt = await hybridAnswer()
  const callback = await validated(attempt)
  const { verifier } = attempt
  const redeem = oauth.authorizationCodeGrantRequest
  const answer = await redeem(server, client, secret, callback, redirectUri, verifier, options as never)
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, {
    expectedNonce: attempt.nonce,
    requireIdToken: true,
  })
  const claims = oauth.getValidatedIdTokenClaims(tokens)
  expect(claims).toMatchObject({ aud: apps.web, tid: tenantId, preferred_username: peggy.upn })
  const about = await oauth.userInfoRequest(server, client, tokens.access_token, options as never)
  const info = await oauth.processUserInfoResponse(server, client, claims?.sub ?? '', about)
  expect(info).toMatchObject({ email: peggy.upn })
  const renewal = await oauth.refreshTokenGrantRequest(
    server,
    client,
    secret,
    tokens.refresh_token ?? '',
    options as never,
  )
  const renewed = await oauth.processRefreshTokenResponse(server, client, renewal)
  expect(oauth.getValidatedIdTokenClaims(renewed)?.sub).toBe(claims?.sub)
})

test('a code of another sign-in does not fit the id_token (c_hash)', async () => {
  const [mine, other] = [await hybridAnswer(), await hybridAnswer()]
  await expect(validated(mine, { code: other.answer.get('code') ?? '' })).rejects.toThrow(/c_hash/)
  await expect(validated({ ...mine, state: other.state })).rejects.toThrow(/state/)
})

test('a redeemed code is refused with the error that the library expects of RFC 6749', async () => {
  const { answer, verifier } = await hybridAnswer()
  const { token } = tokenRequests(authority)
  const form = {
    grant_type: 'authorization_code',
    client_id: apps.web,
    client_secret: apps.webSecret,
    redirect_uri: redirectUri,
    code: answer.get('code') ?? '',
    code_verifier: verifier,
  }
  expect((await token(form)).status).toBe(200)
  const response = await authority.fetch(String(server.token_endpoint), {
    method: 'POST',
    body: new URLSearchParams(form),
  })
  const refused = oauth.processAuthorizationCodeResponse(server, client, response)
  await expect(refused).rejects.toMatchObject({ error: 'invalid_grant', status: 400 })
})
