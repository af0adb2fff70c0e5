import { decodeJwt, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AdfsStage, startAdfs } from '../../_stage.ts'
import { alice, api, callback, codeFor, native, post, secret, server, tokenRequest } from '../_oauth.ts'

const bearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const longText = 'x'.repeat(17_000)
const financeApi = 'https://finance.contoso.com'
let stage: AdfsStage

beforeAll(async () => {
  stage = await startAdfs((scenario) => ({
    ...scenario,
    adfs: {
      ...scenario.adfs,
      applicationGroups: scenario.adfs.applicationGroups.map((group) => ({
        ...group,
        webApis: [
          ...group.webApis,
          webApi('Finance', [financeApi], { name: 'Permit specific group', parameters: { groups: ['Finance'] } }),
          webApi('Guarded', ['urn:guarded'], { name: 'Permit everyone and require MFA', parameters: {} }),
          { ...webApi('Off', ['urn:off'], { name: 'Permit everyone', parameters: {} }), enabled: false },
          { ...webApi('Stranger', ['urn:stranger'], { name: 'Permit everyone', parameters: {} }), permissions: [] },
          {
            ...webApi('Fixed', ['urn:fixed'], { name: 'Permit everyone', parameters: {} }),
            issueOAuthRefreshTokensTo: 'NoDevice' as const,
          },
        ],
      })),
    },
  }))
})

afterAll(() => stage[Symbol.asyncDispose]())

function webApi(
  name: string,
  identifiers: readonly string[],
  accessControlPolicy: { name: string; parameters: { groups?: readonly string[] } },
) {
  return {
    name,
    identifiers,
    enabled: true,
    permissions: [native, server].map((client) => ({ client, scopes: ['openid', 'user_impersonation'] })),
    issueOAuthRefreshTokensTo: 'AllDevices' as const,
    tokenLifetimeMinutes: 10,
    notBeforeSkewMinutes: 0,
    alwaysRequireAuthentication: false,
    accessControlPolicy,
    issuanceTransformRules: '',
    additionalAuthenticationRules: '',
  }
}

async function reasons(): Promise<string> {
  return (await stage.journal())
    .slice(-2)
    .flatMap((event) => event.reasons)
    .join('\n')
}

const redeem = { grant_type: 'authorization_code', client_id: native, redirect_uri: callback }
const asPerson = {
  grant_type: 'password',
  client_id: native,
  resource: api,
  username: alice.upn,
  password: alice.password,
}

describe('every refusal is JSON with 400, no-store, an MSIS code and a reason in the journal', () => {
  test.each([
    { fields: {}, error: 'invalid_request', code: 'MSIS9610', reason: 'grant_type is missing' },
    { fields: { grant_type: 'hope' }, error: 'unsupported_grant_type', code: 'MSIS9611', reason: '"hope" is none of' },
    { fields: { grant_type: longText }, error: 'invalid_request', code: 'MSIS9610', reason: 'grant_type is too long' },
    { fields: { grant_type: 'password' }, error: 'invalid_request', code: 'MSIS9610', reason: 'client_id is missing' },
    {
      fields: { ...redeem, client_id: 'nobody' },
      error: 'invalid_client',
      code: 'MSIS9607',
      reason: '"nobody" is none of',
    },
    { fields: redeem, error: 'invalid_request', code: 'MSIS9610', reason: 'code is missing' },
    { fields: { ...redeem, code: 'a.b.c' }, error: 'invalid_grant', code: 'MSIS9612', reason: 'the code is unknown' },
    {
      fields: { ...redeem, code: 'a', redirect_uri: 'https://evil.example/' },
      error: 'invalid_request',
      code: 'MSIS9609',
      reason: 'is none of',
    },
    {
      fields: { ...redeem, code: 'a', redirect_uri: '' },
      error: 'invalid_request',
      code: 'MSIS9610',
      reason: 'redirect_uri is missing',
    },
    {
      fields: { ...redeem, client_id: server, code: 'a' },
      error: 'invalid_client',
      code: 'MSIS9622',
      reason: 'sent no credential',
    },
    {
      fields: { ...redeem, client_id: server, client_secret: 'x' },
      error: 'invalid_client',
      code: 'MSIS9622',
      reason: 'the secret is not that of',
    },
    {
      fields: { ...redeem, client_secret: 'x' },
      error: 'invalid_client',
      code: 'MSIS9622',
      reason: 'is a native application',
    },
    {
      fields: { ...redeem, client_id: server, client_assertion: 'x' },
      error: 'invalid_client',
      code: 'MSIS9622',
      reason: 'client_assertion_type',
    },
    {
      fields: { grant_type: 'refresh_token', client_id: native },
      error: 'invalid_request',
      code: 'MSIS9610',
      reason: 'refresh_token is missing',
    },
    {
      fields: { grant_type: 'refresh_token', client_id: native, refresh_token: 'x' },
      error: 'invalid_grant',
      code: 'MSIS9614',
      reason: 'unknown or was revoked',
    },
    {
      fields: { grant_type: 'client_credentials', client_id: native, resource: api },
      error: 'unauthorized_client',
      code: 'MSIS9605',
      reason: 'is a native application',
    },
    {
      fields: { ...asPerson, username: '' },
      error: 'invalid_request',
      code: 'MSIS9610',
      reason: 'username is missing',
    },
    {
      fields: { ...asPerson, password: '' },
      error: 'invalid_request',
      code: 'MSIS9610',
      reason: 'password is missing',
    },
    {
      fields: { ...asPerson, password: 'wrong' },
      error: 'invalid_grant',
      code: 'MSIS9659',
      reason: 'STATUS_WRONG_PASSWORD',
    },
    {
      fields: { ...asPerson, username: 'nobody@contoso.com' },
      error: 'invalid_grant',
      code: 'MSIS9659',
      reason: 'STATUS_NO_SUCH_USER',
    },
    { fields: { ...asPerson, username: 'alice' }, error: 'invalid_grant', code: 'MSIS9659', reason: 'no known form' },
    {
      fields: { ...asPerson, resource: 'urn:nothing' },
      error: 'invalid_resource',
      code: 'MSIS9602',
      reason: '"urn:nothing" is none of',
    },
    {
      fields: { ...asPerson, resource: 'urn:off' },
      error: 'invalid_resource',
      code: 'MSIS9602',
      reason: 'is not enabled',
    },
    {
      fields: { ...asPerson, resource: 'urn:stranger' },
      error: 'access_denied',
      code: 'MSIS9605',
      reason: 'has no permission',
    },
    {
      fields: { ...asPerson, scope: 'logon_cert' },
      error: 'access_denied',
      code: 'MSIS9605',
      reason: 'none of the scopes',
    },
    {
      fields: { ...asPerson, scope: 'urn:guarded/openid' },
      error: 'invalid_resource',
      code: 'MSIS9602',
      reason: 'several resources',
    },
    {
      fields: { ...asPerson, resource: financeApi },
      error: 'access_denied',
      code: 'MSIS9605',
      reason: 'no rule of "Permit specific group"',
    },
    {
      fields: { ...asPerson, resource: 'urn:guarded' },
      error: 'invalid_grant',
      code: 'MSIS9621',
      reason: 'require multifactor authentication',
    },
    {
      fields: { grant_type: 'device_code', client_id: native },
      error: 'invalid_request',
      code: 'MSIS9610',
      reason: 'device_code is missing',
    },
    {
      fields: { grant_type: 'device_code', client_id: native, device_code: 'x' },
      error: 'invalid_grant',
      code: 'MSIS9683',
      reason: 'the device code is unknown',
    },
    {
      fields: { grant_type: bearer, client_id: server, client_secret: secret },
      error: 'invalid_request',
      code: 'MSIS9610',
      reason: 'requested_token_use is missing',
    },
    {
      fields: { grant_type: bearer, client_id: server, client_secret: secret, requested_token_use: 'x' },
      error: 'invalid_request',
      code: 'MSIS9610',
      reason: 'neither on_behalf_of',
    },
    {
      fields: { grant_type: bearer, client_id: native, requested_token_use: 'on_behalf_of', assertion: 'x' },
      error: 'unauthorized_client',
      code: 'MSIS9605',
      reason: 'is a native application',
    },
    {
      fields: {
        grant_type: bearer,
        client_id: server,
        client_secret: secret,
        requested_token_use: 'on_behalf_of',
        assertion: 'a.b.c',
      },
      error: 'invalid_grant',
      code: 'MSIS9660',
      reason: 'no key of this AD FS',
    },
  ])('$code $error: $reason', async ({ fields, error, code, reason }) => {
    const answer = await tokenRequest(stage, fields as unknown as Record<string, string>)
    expect(answer.status).toBe(400)
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.body).toEqual({ error, error_description: expect.stringContaining(`${code}: `) })
    expect(await reasons()).toContain(reason)
  })

  test.each(['grant_type', 'client_id', 'code', 'redirect_uri', 'code_verifier', 'scope', 'resource'])(
    '%s twice',
    async (name) => {
      const fields = new URLSearchParams({ ...redeem, code: 'a', code_verifier: 'b', scope: 'openid', resource: api })
      fields.append(name, 'again')
      const answer = await post(stage, '/adfs/oauth2/token', fields.toString())
      expect(answer.body).toMatchObject({ error: 'invalid_request' })
      expect(await reasons()).toContain(`${name} came more than once`)
    },
  )

  test('a client that wants Windows authentication, and srv_challenge, are gaps', async () => {
    const windows = await tokenRequest(stage, {
      ...redeem,
      client_id: server,
      use_windows_client_authentication: 'true',
    })
    expect(windows.status).toBe(501)
    expect((await tokenRequest(stage, { grant_type: 'srv_challenge' })).status).toBe(501)
    const certificate = {
      grant_type: bearer,
      client_id: server,
      client_secret: secret,
      requested_token_use: 'logon_cert',
    }
    expect((await tokenRequest(stage, certificate)).status).toBe(501)
  })

  test('a directory that is down is server_error, with 400 ([MS-OAPX] §3.2.5.2)', async () => {
    stage.directory.broken = true
    const answer = await tokenRequest(stage, asPerson)
    stage.directory.broken = false
    expect(answer).toMatchObject({ status: 400, body: { error: 'server_error' } })
    expect(answer.body.error_description).toContain('MSIS9604')
  })
})

describe('codes', () => {
  test('work once', async () => {
    const code = await codeFor(stage)
    expect((await tokenRequest(stage, { ...redeem, code })).status).toBe(200)
    const again = await tokenRequest(stage, { ...redeem, code })
    expect(again.body).toMatchObject({ error: 'invalid_grant', error_description: expect.stringContaining('MSIS9612') })
  })

  test('work for ten minutes', async () => {
    const code = await codeFor(stage)
    await using _later = await laterBy(stage, 10 * 60)
    expect((await tokenRequest(stage, { ...redeem, code })).body.error).toBe('invalid_grant')
  })

  test('are for the client and the address that asked', async () => {
    const stolen = { ...redeem, client_id: server, client_secret: secret, code: await codeFor(stage) }
    expect((await tokenRequest(stage, stolen)).body.error_description).toContain('MSIS9612')
    const elsewhere = { ...redeem, redirect_uri: 'http://localhost', code: await codeFor(stage) }
    expect((await tokenRequest(stage, elsewhere)).body.error_description).toContain('MSIS9612')
    expect(await reasons()).toContain('the code was sent to')
  })

  const verifier = 'v'.repeat(43)
  test.each([
    { asked: { code_challenge: verifier, code_challenge_method: 'plain' }, given: verifier, good: true },
    { asked: { code_challenge: verifier }, given: 'w'.repeat(43), good: false },
    { asked: { code_challenge: verifier }, given: undefined, good: false },
    { asked: {}, given: verifier, good: false },
    { asked: { code_challenge: verifier, code_challenge_method: 'S256' }, given: verifier, good: false },
  ])('proof key $asked with $given is good: $good (RFC 7636, no downgrade)', async ({ asked, given, good }) => {
    const code = await codeFor(stage, asked)
    const answer = await tokenRequest(stage, { ...redeem, code, ...(given && { code_verifier: given }) })
    expect(answer.body.error).toBe(good ? undefined : 'invalid_grant')
  })
})

describe('refresh tokens', () => {
  async function refreshToken(fields: Record<string, string> = {}): Promise<string> {
    return (await tokenRequest(stage, { ...asPerson, scope: 'openid', ...fields })).body.refresh_token
  }
  const refresh = { grant_type: 'refresh_token', client_id: native }

  test('last as long as single sign-on, and stay good; AD FS gives no new one', async () => {
    const refresh_token = await refreshToken()
    const first = await tokenRequest(stage, { ...refresh, refresh_token })
    expect(first.body).toMatchObject({ token_type: 'bearer', expires_in: 3600, id_token: expect.any(String) })
    expect(first.body.refresh_token).toBeUndefined()
    expect((await tokenRequest(stage, { ...refresh, refresh_token })).status).toBe(200)
    await using _later = await laterBy(stage, 480 * 60)
    const late = await tokenRequest(stage, { ...refresh, refresh_token })
    expect(late.body).toMatchObject({ error: 'invalid_grant', error_description: expect.stringContaining('MSIS9615') })
  })

  test('serve other Web APIs, under the policies of those', async () => {
    const refresh_token = await refreshToken()
    const other = await tokenRequest(stage, { ...refresh, refresh_token, resource: 'urn:fixed' })
    expect(decodeJwt(other.body.access_token)).toMatchObject({ aud: 'urn:fixed' })
    expect(other.body.expires_in).toBe(600)
    const denied = await tokenRequest(stage, { ...refresh, refresh_token, resource: financeApi })
    expect(denied.body.error).toBe('access_denied')
    const guarded = await tokenRequest(stage, { ...refresh, refresh_token, scope: 'urn:guarded/openid' })
    expect(guarded.body.error).toBe('invalid_grant')
  })

  test('are not issued to NoDevice, not for another client, and end with the account', async () => {
    expect(await refreshToken({ resource: 'urn:fixed' })).toBeUndefined()
    const refresh_token = await refreshToken()
    const foreign = await tokenRequest(stage, { ...refresh, client_id: server, client_secret: secret, refresh_token })
    expect(foreign.body.error_description).toContain('MSIS9614')
    const account = stage.directory.users.get(alice.upn)
    if (!account) throw new Error('alice is missing')
    stage.directory.users.set(alice.upn, { ...account, enabled: false })
    const disabled = await tokenRequest(stage, { ...refresh, refresh_token })
    stage.directory.users.set(alice.upn, account)
    expect(disabled.body.error_description).toContain('MSIS9614')
    expect(await reasons()).toContain('is disabled')
  })
})

describe('on behalf of somebody', () => {
  const exchange = { grant_type: bearer, client_id: server, client_secret: secret, requested_token_use: 'on_behalf_of' }
  const assertionWith = async (scope: string) =>
    (await tokenRequest(stage, { ...asPerson, scope })).body.access_token as string

  test('a Web API has a token for the next one, about the same person', async () => {
    const assertion = await assertionWith('openid user_impersonation')
    const answer = await tokenRequest(stage, { ...exchange, assertion, resource: 'urn:fixed', scope: 'openid' })
    expect(decodeJwt(answer.body.access_token)).toMatchObject({ aud: 'urn:fixed', appid: server, scp: 'openid' })
    expect(decodeJwt(answer.body.id_token)).toMatchObject({ upn: alice.upn, aud: server })
  })

  test('not without user_impersonation, not later, not with an id_token, not under a policy that denies', async () => {
    const plain = await tokenRequest(stage, { ...exchange, assertion: await assertionWith('openid'), resource: api })
    expect(plain.body.error_description).toContain('MSIS9660')
    expect(await reasons()).toContain('user_impersonation')
    const { id_token: idToken } = (await tokenRequest(stage, { ...asPerson, scope: 'openid user_impersonation' })).body
    expect((await tokenRequest(stage, { ...exchange, assertion: idToken })).body.error).toBe('invalid_grant')
    const assertion = await assertionWith('user_impersonation')
    const denied = await tokenRequest(stage, { ...exchange, assertion, resource: financeApi })
    expect(denied.body.error).toBe('access_denied')
    await using _later = await laterBy(stage, 3600)
    const late = await tokenRequest(stage, { ...exchange, assertion, resource: api })
    expect(late.body.error).toBe('invalid_grant')
    expect(await reasons()).toContain('has expired')
  })
})

test('secrets also travel in Basic, form-encoded (RFC 6749 §2.3.1), and not twice', async () => {
  const authorization = `Basic ${Buffer.from(`${server}:${encodeURIComponent(secret)}`).toString('base64')}`
  const fields = { grant_type: 'client_credentials', resource: api }
  expect((await tokenRequest(stage, fields, { authorization })).status).toBe(200)
  const twice = await tokenRequest(stage, { ...fields, client_secret: secret }, { authorization })
  expect(twice.body.error_description).toContain('MSIS9622')
  const odd = await tokenRequest(stage, fields, { authorization: 'Basic bm9jb2xvbg==' })
  expect(odd.body.error_description).toContain('MSIS9622')
})

test('tokens that others signed open nothing', async () => {
  const { privateKey } = await (await import('jose')).generateKeyPair('RS256')
  const forged = await new SignJWT({
    sub: 'x',
    aud: 'urn:microsoft:userinfo',
    iss: 'http://adfs.contoso.com/adfs/services/trust',
  })
    .setProtectedHeader({ alg: 'RS256', kid: 'x' })
    .setExpirationTime('1h')
    .sign(privateKey)
  for (const token of [forged, `${forged.split('.').slice(0, 2).join('.')}.`, 'garbage']) {
    const answer = await post(stage, '/adfs/userinfo', '', { authorization: `Bearer ${token}` })
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_token' } })
    expect(answer.headers['www-authenticate']).toContain('Bearer error="invalid_token"')
  }
})

async function laterBy({ clock }: AdfsStage, seconds: number): Promise<AsyncDisposable> {
  const { state } = clock
  await clock.set({ ...state, offset: state.offset + seconds * 1000 })
  return { [Symbol.asyncDispose]: () => clock.set(state) }
}
