import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inputsOf } from '../../_browser.ts'
import { defaultMethods, code as mfaCode } from '../../_doubles.ts'
import { type AdfsStage, startAdfs } from '../../_stage.ts'
import { alice, answerIn, authorizeUrl, callback, native, secret, server, tokenRequest } from '../_oauth.ts'

const longText = 'x'.repeat(9000)
let stage: AdfsStage

beforeAll(async () => {
  stage = await startAdfs()
  stage.mfa.methods = defaultMethods()
})

afterAll(() => stage[Symbol.asyncDispose]())

async function reasons(): Promise<string> {
  return (await stage.journal())
    .slice(-2)
    .flatMap((event) => event.reasons)
    .join('\n')
}

describe('a request whose client or address is wrong ends on the error page (B17)', () => {
  test.each([
    { changes: { client_id: undefined }, code: 'MSIS9221' },
    { changes: { client_id: 'nobody' }, code: 'MSIS9223' },
    { changes: { redirect_uri: 'https://evil.example/' }, code: 'MSIS9224' },
    { changes: { redirect_uri: `${callback}/` }, code: 'MSIS9224' },
    { changes: { redirect_uri: 'http://localhost.evil.example/' }, code: 'MSIS9224' },
    { changes: { redirect_uri: 'http://LOCALHOST:3000/auth/CALLBACK' }, code: 'MSIS9224' },
    { changes: { client_id: server, redirect_uri: 'http://localhost:4000/auth/callback' }, code: 'MSIS9224' },
    { changes: { redirect_uri: undefined }, code: 'MSIS9221' },
    { changes: { client_id: longText }, code: 'MSIS9221' },
  ])('$changes: $code', async ({ changes, code }) => {
    const page = await stage.browser().open(authorizeUrl(changes))
    expect(page.status).toBe(200)
    expect(page.html).toContain('id="errorArea"')
    expect(page.html).toContain(code)
    expect(page.headers.location).toBeUndefined()
  })

  test.each(['client_id', 'redirect_uri'])('%s twice', async (name) => {
    const page = await stage.browser().open(`${authorizeUrl()}&${name}=again`)
    expect(page.html).toContain('MSIS9221')
  })

  test('a native client may listen on any port of loopback (RFC 8252 §7.3)', async () => {
    const page = await stage.browser().open(authorizeUrl({ redirect_uri: 'http://localhost:4711' }))
    expect(page.html).toContain('id="loginForm"')
  })
})

describe('other mistakes go to the client', () => {
  test.each([
    { changes: { response_type: undefined }, error: 'invalid_request', reason: 'response_type is missing' },
    { changes: { response_type: 'hope' }, error: 'unsupported_response_type', reason: '"hope" is none of' },
    { changes: { response_mode: 'smoke' }, error: 'invalid_request', reason: 'response_mode "smoke"' },
    {
      changes: { response_type: 'id_token', response_mode: 'query', nonce: 'n' },
      error: 'invalid_request',
      reason: 'response_mode "query"',
    },
    { changes: { response_type: 'id_token' }, error: 'invalid_request', reason: 'needs a nonce' },
    {
      changes: { response_type: 'id_token', scope: 'profile', nonce: 'n' },
      error: 'invalid_request',
      reason: 'needs the scope openid',
    },
    { changes: { resource: 'urn:nothing' }, error: 'invalid_resource', reason: '"urn:nothing" is none of' },
    {
      changes: { resource: undefined, scope: 'https://else.where/openid' },
      error: 'invalid_resource',
      reason: 'the identifier of no Web API',
    },
    { changes: { scope: 'aza' }, error: 'access_denied', reason: 'none of the scopes' },
    { changes: { resource_params: 'garbage' }, error: 'invalid_request', reason: 'resource_params does not decode' },
    {
      changes: { acr_values: 'urn:unknown' },
      error: 'invalid_request',
      reason: 'no authentication method "urn:unknown"',
    },
    { changes: { max_age: '-1' }, error: 'invalid_request', reason: 'max_age="-1"' },
    { changes: { mfa_max_age: 'soon' }, error: 'invalid_request', reason: 'mfa_max_age="soon"' },
    { changes: { code_challenge: 'short' }, error: 'invalid_request', reason: '43 to 128' },
    {
      changes: { code_challenge: 'v'.repeat(43), code_challenge_method: 'S512' },
      error: 'invalid_request',
      reason: '"S512"',
    },
    { changes: { prompt: 'none login' }, error: 'invalid_request', reason: 'none and login at once' },
    { changes: { prompt: 'none' }, error: 'login_required', reason: 'login_required' },
    { changes: { id_token_hint: 'a.b.c' }, error: 'invalid_request', reason: 'id_token_hint is no id_token' },
    { changes: { nonce: longText }, error: 'invalid_request', reason: 'nonce came more than once, or is too long' },
  ])('$changes: $error', async ({ changes, error, reason }) => {
    const page = await stage.browser().open(authorizeUrl(changes))
    expect(page.status).toBe(302)
    const location = String(page.headers.location)
    expect(location).toMatch(/^http:\/\/localhost:3000\/auth\/callback[?#]/)
    const answer = answerIn(page)
    expect(answer.get('error')).toBe(error)
    expect(answer.get('error_description')).toMatch(/^MSIS\d{4}: /)
    expect(answer.get('state')).toBe('s t&e')
    expect(answer.get('client-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(await reasons()).toContain(reason)
  })

  test.each(['response_type', 'scope', 'state', 'nonce', 'resource', 'prompt', 'code_challenge'])(
    '%s twice',
    async (name) => {
      const page = await stage
        .browser()
        .open(`${authorizeUrl({ nonce: 'n', prompt: 'login', code_challenge: 'v'.repeat(43) })}&${name}=x`)
      expect(answerIn(page).get('error')).toBe('invalid_request')
    },
  )
})

describe('the session', () => {
  test('of WS-Federation serves OAuth too; prompt=none, prompt=login and max_age', async () => {
    const browser = stage.browser()
    await browser.signIn('/adfs/ls/?wa=wsignin1.0&wtrealm=urn:sample:wsfed', alice.upn, alice.password)
    expect(answerIn(await browser.open(authorizeUrl({ prompt: 'none' }))).get('code')).toBeTruthy()
    expect((await browser.open(authorizeUrl({ prompt: 'login' }))).html).toContain('id="loginForm"')
    expect((await browser.open(authorizeUrl({ max_age: '0' }))).html).toContain('id="loginForm"')
    expect(answerIn(await browser.open(authorizeUrl({ max_age: '600' }))).get('code')).toBeTruthy()
    const { state } = stage.clock
    await stage.clock.set({ ...state, offset: state.offset + 601_000 })
    const old = await browser.open(authorizeUrl({ max_age: '600' }))
    expect(old.html).toContain('credentials are 10 minutes old, max_age=600')
    await stage.clock.set(state)
    const fresh = await stage.browser().signIn(authorizeUrl({ prompt: 'login' }), alice.upn, alice.password)
    expect(answerIn(fresh).get('code')).toBeTruthy()
  })

  test('has to be that of id_token_hint', async () => {
    const browser = stage.browser()
    const page = await browser.signIn(authorizeUrl(), alice.upn, alice.password)
    const redeemed = await tokenRequest(stage, {
      grant_type: 'authorization_code',
      client_id: native,
      redirect_uri: callback,
      code: answerIn(page).get('code') ?? '',
    })
    const hint = { id_token_hint: redeemed.body.id_token, prompt: 'none' }
    expect(answerIn(await browser.open(authorizeUrl(hint))).get('code')).toBeTruthy()
    const other = stage.browser()
    await other.signIn(authorizeUrl(), 'bob@contoso.com', 'Bob-Pass2')
    expect(answerIn(await other.open(authorizeUrl(hint))).get('error')).toBe('login_required')
  })

  test.each([
    { acr_values: 'http://schemas.microsoft.com/claims/multipleauthn' },
    { amr_values: 'ngcmfa' },
    { mfa_max_age: '300' },
    {
      resource_params: Buffer.from(
        '{"Properties":[{"Key":"acr","Value":"http://schemas.microsoft.com/claims/multipleauthn"}]}',
      ).toString('base64url'),
    },
  ])('gets a second factor for %o, and the tokens say so', async (changes) => {
    const browser = stage.browser()
    const asked = await browser.signIn(authorizeUrl(changes), alice.upn, alice.password)
    expect(asked.html).toContain('verificationCodeInput')
    const done = await browser.follow(await browser.submit(asked, { VerificationCode: mfaCode }))
    const redeemed = await tokenRequest(stage, {
      grant_type: 'authorization_code',
      client_id: native,
      redirect_uri: callback,
      code: answerIn(done).get('code') ?? '',
    })
    expect(decodeJwt(redeemed.body.id_token)).toMatchObject({
      mfa_auth_time: expect.any(Number),
      authmethod: expect.arrayContaining(['http://schemas.microsoft.com/claims/multipleauthn']),
    })
    expect(answerIn(await browser.open(authorizeUrl({ ...changes, prompt: 'none' }))).get('code')).toBeTruthy()
    const without = stage.browser()
    await without.signIn(authorizeUrl(), alice.upn, alice.password)
    const silent = await without.open(authorizeUrl({ ...changes, prompt: 'none' }))
    expect(answerIn(silent).get('error')).toBe('interaction_required')
  })

  test('allatclaims puts the claims of the access token into the id_token', async () => {
    const browser = stage.browser()
    const url = authorizeUrl({
      response_type: 'id_token',
      response_mode: 'form_post',
      scope: 'openid allatclaims',
      nonce: 'n',
    })
    const { id_token: idToken = '' } = inputsOf((await browser.signIn(url, alice.upn, alice.password)).html)
    expect(decodeJwt(idToken)).toMatchObject({ given_name: 'Alice', family_name: 'Adams', aud: native })
  })
})

describe('sign-out (OpenID Connect front-channel logout)', () => {
  async function signedIn() {
    const browser = stage.browser()
    const page = await browser.signIn(authorizeUrl({ client_id: server }), alice.upn, alice.password)
    const fields = {
      grant_type: 'authorization_code',
      client_id: server,
      client_secret: secret,
      redirect_uri: callback,
    }
    const answer = await tokenRequest(stage, { ...fields, code: answerIn(page).get('code') ?? '' })
    return { browser, idToken: answer.body.id_token as string }
  }

  test('tells every client that was visited, then goes to its address with state', async () => {
    const { browser, idToken } = await signedIn()
    const parameters = new URLSearchParams({ id_token_hint: idToken, post_logout_redirect_uri: callback, state: 'a b' })
    const page = await browser.open(`/adfs/oauth2/logout?${parameters}`)
    const { sid } = decodeJwt(idToken)
    expect(page.html).toContain(
      `http://localhost:3000/auth/logout?iss=https%3A%2F%2Fadfs.contoso.com%2Fadfs&amp;sid=${sid}`,
    )
    expect(page.html).toContain(`href="${callback}?state=a%20b"`)
    expect((await browser.open(authorizeUrl({ prompt: 'none' }))).headers.location).toContain('login_required')
  })

  test('wsignout1.0 tells them too', async () => {
    const { browser, idToken } = await signedIn()
    const page = await browser.open('/adfs/ls/?wa=wsignout1.0')
    expect(page.html).toContain(
      `http://localhost:3000/auth/logout?iss=https%3A%2F%2Fadfs.contoso.com%2Fadfs&amp;sid=${decodeJwt(idToken).sid}`,
    )
  })

  test.each([
    { hint: false, uri: callback, why: 'id_token_hint is missing' },
    { hint: true, uri: 'https://evil.example/', why: 'is none of' },
  ])('sends nobody on when $why', async ({ hint, uri, why }) => {
    const { browser, idToken } = await signedIn()
    const parameters = new URLSearchParams({ ...(hint && { id_token_hint: idToken }), post_logout_redirect_uri: uri })
    const page = await browser.open(`/adfs/oauth2/logout?${parameters}`)
    expect(page.status).toBe(200)
    expect(page.html).not.toContain('continueLink')
    expect(await reasons()).toContain(why)
  })
})
