import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { fetch as agentFetch } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inputsOf } from '../_browser.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import { alice, api, callback, get, native, secret, server } from './_oauth.ts'

let stage: AdfsStage
let customFetch: client.CustomFetch

beforeAll(async () => {
  stage = await startAdfs()
  customFetch = ((url: string, options: object) =>
    agentFetch(url, { ...options, dispatcher: stage.agent })) as unknown as client.CustomFetch
})

afterAll(() => stage[Symbol.asyncDispose]())

async function configuration(id: string, metadata?: string, auth?: client.ClientAuth) {
  const issuer = new URL('https://adfs.contoso.com/adfs')
  const config = await client.discovery(issuer, id, metadata, auth, { [client.customFetch]: customFetch })
  config[client.customFetch] = customFetch
  return config
}

describe('openid-client', () => {
  test('signs in with code and PKCE, verifies the id_token, refreshes, and finds iss of the tokens different (B17)', async () => {
    const config = await configuration(server, secret)
    const verifier = client.randomPKCECodeVerifier()
    const state = client.randomState()
    const nonce = client.randomNonce()
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: callback,
      scope: 'openid profile',
      resource: api,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    })
    const page = await stage.browser().signIn(url.href, alice.upn, alice.password)
    expect(page.status).toBe(302)
    const tokens = await client.authorizationCodeGrant(config, new URL(String(page.headers.location)), {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
    })
    expect(tokens.claims()).toMatchObject({
      iss: 'https://adfs.contoso.com/adfs',
      aud: server,
      upn: alice.upn,
      unique_name: 'CONTOSO\\alice',
      sid: expect.stringMatching(/^S-1-5-21-/),
      apptype: 'Confidential',
      appid: server,
      authmethod: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
      ver: '1.0',
      scp: 'openid profile',
      nonce,
    })
    const { keys } = (await get(stage, '/adfs/discovery/keys')).body as { keys: { kid: string; alg: string }[] }
    const verified = await jwtVerify(tokens.access_token, createLocalJWKSet({ keys } as never))
    expect(verified.protectedHeader).toEqual({ typ: 'JWT', alg: 'RS256', x5t: keys[0]?.kid, kid: keys[0]?.kid })
    expect(verified.payload).toMatchObject({
      aud: api,
      iss: 'http://adfs.contoso.com/adfs/services/trust',
      upn: alice.upn,
      email: alice.upn,
      given_name: 'Alice',
      auth_time: expect.stringMatching(/^\d{4}-.*Z$/),
      sub: tokens.claims()?.sub,
    })
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 3600, resource: api, scope: 'openid profile' })
    expect(tokens.refresh_token_expires_in).toBeGreaterThan(28700)
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
    expect(refreshed.refresh_token).toBeUndefined()
    expect(refreshed.claims()).toMatchObject({ sub: tokens.claims()?.sub })
  })

  test.each(['code id_token', 'id_token', 'code id_token token', 'id_token token'])(
    'checks the hashes of response_type=%s in a form post',
    async (type) => {
      const config = await configuration(server, secret)
      const nonce = client.randomNonce()
      const state = client.randomState()
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: callback,
        scope: 'openid',
        response_type: type,
        response_mode: 'form_post',
        nonce,
        state,
      })
      const page = await stage.browser().signIn(url.href, alice.upn, alice.password)
      expect(page.html).toContain(`<form method="POST" name="hiddenform" action="${callback}">`)
      const fields = inputsOf(page.html)
      const names = type.split(' ').map((each) => (each === 'token' ? 'access_token' : each))
      expect(Object.keys(fields)).toEqual(expect.arrayContaining([...names, 'state', 'client-request-id']))
      const posted = new URL(`${callback}#${new URLSearchParams(fields)}`)
      if (type === 'id_token') {
        client.useIdTokenResponseType(config)
        const claims = await client.implicitAuthentication(config, posted, nonce, { expectedState: state })
        expect(claims.upn).toBe(alice.upn)
      } else if (type === 'code id_token') {
        client.useCodeIdTokenResponseType(config)
        const tokens = await client.authorizationCodeGrant(config, posted, {
          expectedNonce: nonce,
          expectedState: state,
        })
        expect(tokens.claims()?.upn).toBe(alice.upn)
      } else {
        expect(decodeJwt(fields.id_token ?? '')).toMatchObject({ nonce, at_hash: expect.any(String) })
        expect(decodeJwt(fields.access_token ?? '')).toMatchObject({ aud: 'urn:microsoft:userinfo' })
      }
    },
  )

  test('asks userinfo, which says sub alone', async () => {
    const config = await configuration(server, secret)
    const url = client.buildAuthorizationUrl(config, { redirect_uri: callback, scope: 'openid', state: 'x' })
    const page = await stage.browser().signIn(url.href, alice.upn, alice.password)
    const tokens = await client.authorizationCodeGrant(config, new URL(String(page.headers.location)), {
      expectedState: 'x',
    })
    const sub = tokens.claims()?.sub ?? ''
    expect(await client.fetchUserInfo(config, tokens.access_token, sub)).toEqual({ sub })
  })

  test('as a device: code, user code page, polling (RFC 8628)', async () => {
    const config = await configuration(native, undefined, client.None())
    const begun = await client.initiateDeviceAuthorization(config, { scope: 'openid', resource: api })
    expect(begun).toMatchObject({ expires_in: 900, interval: 5, user_code: expect.stringMatching(/^[A-Z0-9]{9}$/) })
    const browser = stage.browser()
    const form = await browser.open(String(begun.verification_uri))
    const confirmed = await browser.submit(form, { user_code: begun.user_code.toLowerCase() }, 'deviceForm')
    expect(confirmed.status).toBe(302)
    const done = await browser.signIn(String(confirmed.headers.location), alice.upn, alice.password)
    expect(done.html).toContain('You have signed in to Sample Native App on your device.')
    const tokens = await client.pollDeviceAuthorizationGrant(config, { ...begun, interval: 0.01 })
    expect(tokens.claims()).toMatchObject({ upn: alice.upn, aud: native })
    expect(decodeProtectedHeader(tokens.access_token).alg).toBe('RS256')
  })

  test('as a server application for itself', async () => {
    const config = await configuration(server, secret)
    const tokens = await client.clientCredentialsGrant(config, { resource: api })
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      aud: api,
      appid: server,
      apptype: 'Confidential',
      ver: '1.0',
    })
    expect(tokens.refresh_token).toBeUndefined()
  })
})
