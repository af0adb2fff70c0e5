import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openAuthority, peggy, type TestAuthority } from '../../_authority.ts'
import { worldWith } from '../_policies.ts'
import { apps, login, tenantId, tokenRequests } from '../_token-requests.ts'

const noControls = {
  applicationEnforcedRestrictions: null,
  cloudAppSecurity: null,
  persistentBrowser: null,
  disableResilienceDefaults: null,
}
let authority: TestAuthority
let requests: ReturnType<typeof tokenRequests>

beforeAll(async () => {
  authority = await openAuthority()
  requests = tokenRequests(authority)
})

afterAll(() => authority[Symbol.asyncDispose]())

test('a refresh token buys tokens for another resource, and the old one stays valid', async () => {
  const callback = await requests.callbackOf(
    `${login}/common/oauth2/v2.0/authorize?${new URLSearchParams({
      client_id: apps.outlookMobile,
      redirect_uri: 'msauth.com.microsoft.MacDockerApp://auth',
      response_type: 'code',
      scope: 'openid offline_access https://outlook.office365.com/.default',
    })}`,
  )
  const base = {
    client_id: apps.outlookMobile,
    redirect_uri: 'msauth.com.microsoft.MacDockerApp://auth',
    client_info: '1',
  }
  const path = '/common/oauth2/v2.0/token'
  const first = await requests.token(
    { ...base, grant_type: 'authorization_code', code: callback.searchParams.get('code') ?? '' },
    { path },
  )
  expect(first.body).toMatchObject({ token_type: 'Bearer', foci: '1', refresh_token: expect.any(String) })
  expect(first.body.scope).toContain('https://outlook.office365.com/EAS.AccessAsUser.All')
  expect(decodeJwt(first.body.access_token ?? '')).toMatchObject({
    aud: 'https://outlook.office365.com',
    app_displayname: 'Outlook Mobile',
    appidacr: '0',
    idtyp: 'user',
  })
  expect(JSON.parse(Buffer.from(first.body.client_info ?? '', 'base64url').toString())).toMatchObject({
    utid: tenantId,
  })
  for (const scope of ['https://graph.microsoft.com/User.Read', 'https://mail.contoso.com/EAS.AccessAsUser.All']) {
    const more = await requests.token(
      { ...base, grant_type: 'refresh_token', refresh_token: first.body.refresh_token ?? '', scope },
      { path },
    )
    expect(more.body).toMatchObject({ scope: expect.stringContaining(scope), refresh_token: expect.any(String) })
  }
  for (const client_id of [
    'd3590ed6-52b3-4102-aeff-aad2292ab01c', // Microsoft Office
    'e9b154d0-7658-433b-bb25-6b8e0a8a7c59', // Outlook Lite
    '1fec8e78-bce4-4aaf-ab1b-5451cc387264', // Teams
    '4813382a-8fa7-425e-ab75-3b753aab3abb', // Authenticator
  ]) {
    const family = { client_id, grant_type: 'refresh_token', refresh_token: first.body.refresh_token ?? '' }
    const scope = 'https://outlook.office365.com/.default'
    expect((await requests.token({ ...family, scope }, { path })).status, client_id).toBe(200)
  }
  const stranger = await requests.token(
    {
      client_id: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
      grant_type: 'refresh_token',
      refresh_token: first.body.refresh_token ?? '',
    },
    { path },
  )
  expect(stranger.body).toMatchObject({ error: 'invalid_grant', suberror: 'client_mismatch' })
})

test('a refresh token unused for ninety days has expired (AADSTS700082)', async () => {
  const { body } = await requests.redeem(await requests.desktopCode())
  await authority.stack.clock.advance(90 * 24 * 60 * 60 * 1000)
  const refused = await requests.token({
    grant_type: 'refresh_token',
    client_id: apps.desktop,
    refresh_token: body.refresh_token ?? '',
  })
  expect(refused.body).toMatchObject({ error: 'invalid_grant', error_codes: [700082] })
})

test('a refresh token of a sign-in that is too old for a sign-in frequency is refused (AADSTS70043)', async () => {
  const hourly = { isEnabled: true, value: 1, type: 'hours', frequencyInterval: 'timeBased' } as const
  const signInFrequency = { ...hourly, authenticationType: 'primaryAndSecondaryAuthentication' } as const
  const scenario = await worldWith([{ id: 'hourly', grant: null, session: { ...noControls, signInFrequency } }])
  await using world = await openAuthority({ scenario })
  const { redeem, desktopCode, token } = tokenRequests(world)
  const { body } = await redeem(await desktopCode())
  const grant = { grant_type: 'refresh_token', client_id: apps.desktop, refresh_token: body.refresh_token ?? '' }
  await world.stack.clock.advance(50 * 60_000)
  const renewed = await token(grant)
  expect(renewed.body).toMatchObject({ access_token: expect.any(String) })
  await world.stack.clock.advance(11 * 60_000)
  // A new token does not make the sign-in younger.
  for (const old of [body, renewed.body]) {
    const refused = await token({ ...grant, refresh_token: old.refresh_token ?? '' })
    expect(refused.body).toMatchObject({ error: 'invalid_grant', suberror: 'token_expired', error_codes: [70043] })
    expect(refused.body.error_description).toContain('maximum allowed lifetime for this request is 3600.')
  }
})

test('a disabled account gets no further tokens (AADSTS50057)', async () => {
  const { body } = await requests.redeem(await requests.desktopCode())
  const directory = authority.stack.deployments.find(({ plan }) => plan.name === 'directory')
  const manage = (path: string, method: string, json: object) =>
    fetch(`http://127.0.0.1:${directory?.management.port}${path}`, {
      method,
      headers: { 'content-type': 'application/json', 'fauxchange-management': '1' },
      body: JSON.stringify(json),
    })
  const setEnabled = async (enabled: boolean) => {
    await manage(`/users/${peggy.upn}`, 'PATCH', { enabled })
    await manage('/synchronize', 'POST', {})
  }
  onTestFinished(() => setEnabled(true))
  await setEnabled(false)
  const refused = await requests.token({
    grant_type: 'refresh_token',
    client_id: apps.desktop,
    refresh_token: body.refresh_token ?? '',
  })
  expect(refused.body).toMatchObject({ error: 'invalid_grant', error_codes: [50057] })
})
