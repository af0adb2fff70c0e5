import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAuthority, type TestAuthority } from '../_authority.ts'
import { apps, authorizeUrl, login, plainVerifier, tokenRequests } from './_token-requests.ts'

let authority: TestAuthority
let requests: ReturnType<typeof tokenRequests>

beforeAll(async () => {
  authority = await openAuthority()
  requests = tokenRequests(authority)
})

afterAll(() => authority[Symbol.asyncDispose]())

test.each<{ grant: Record<string, string>; status: number; code: number; error: string }>([
  {
    grant: { grant_type: 'refresh_token', client_id: apps.desktop, refresh_token: 'garbage' },
    status: 400,
    code: 9002313,
    error: 'invalid_grant',
  },
  {
    grant: { grant_type: 'authorization_code', client_id: apps.desktop, code: 'garbage', redirect_uri: 'x' },
    status: 400,
    code: 9002313,
    error: 'invalid_grant',
  },
  {
    grant: { grant_type: 'authorization_code', client_id: apps.desktop },
    status: 400,
    code: 900144,
    error: 'invalid_request',
  },
  { grant: { client_id: apps.desktop }, status: 400, code: 900144, error: 'invalid_request' },
  {
    grant: { grant_type: 'magic', client_id: apps.desktop },
    status: 400,
    code: 70003,
    error: 'unsupported_grant_type',
  },
  {
    grant: { grant_type: 'client_credentials', client_id: 'nobody', scope: 'x/.default' },
    status: 400,
    code: 700016,
    error: 'unauthorized_client',
  },
  {
    grant: {
      grant_type: 'client_credentials',
      client_id: apps.tasks,
      client_secret: 'wrong',
      scope: 'https://graph.microsoft.com/.default',
    },
    status: 401,
    code: 7000215,
    error: 'invalid_client',
  },
  {
    grant: { grant_type: 'client_credentials', client_id: apps.tasks, scope: 'https://graph.microsoft.com/.default' },
    status: 401,
    code: 7000218,
    error: 'invalid_client',
  },
  {
    grant: {
      grant_type: 'client_credentials',
      client_id: apps.tasks,
      client_secret: apps.tasksSecret,
      scope: 'https://graph.microsoft.com/User.Read',
    },
    status: 400,
    code: 1002012,
    error: 'invalid_scope',
  },
  {
    grant: {
      grant_type: 'client_credentials',
      client_id: apps.desktop,
      client_secret: 'x',
      scope: 'https://graph.microsoft.com/.default',
    },
    status: 401,
    code: 700025,
    error: 'invalid_client',
  },
])('$grant is refused with $status and AADSTS$code', async ({ grant, status, code, error }) => {
  const refused = await requests.token(grant)
  expect(refused).toMatchObject({ status, body: { error, error_codes: [code] } })
})

test('client credentials: a secret in the body or in Basic buys an app-only token', async () => {
  const scope = 'https://graph.microsoft.com/.default'
  const inBody = await requests.token({
    grant_type: 'client_credentials',
    client_id: apps.tasks,
    client_secret: apps.tasksSecret,
    scope,
  })
  const basic = Buffer.from(`${apps.tasks}:${apps.tasksSecret}`).toString('base64')
  const inHeader = await requests.token(
    { grant_type: 'client_credentials', scope },
    { headers: { authorization: `Basic ${basic}` } },
  )
  for (const { body } of [inBody, inHeader]) {
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'ext_expires_in', 'token_type'])
    const claims = decodeJwt(body.access_token ?? '')
    expect(claims).toMatchObject({
      aud: 'https://graph.microsoft.com',
      appid: apps.tasks,
      idtyp: 'app',
      sub: claims.oid,
    })
    expect(claims).not.toHaveProperty('scp')
  }
  const nowhere = await requests.token(
    { grant_type: 'client_credentials', client_id: apps.tasks, client_secret: apps.tasksSecret, scope },
    { path: '/common/oauth2/v2.0/token' },
  )
  expect(nowhere.body).toMatchObject({ error_codes: [9001023] })
})

test('a single-page application redeems from its own origin only, with a proof key, for a day', async () => {
  const request = {
    client_id: apps.spa,
    redirect_uri: 'http://localhost:5173/',
    scope: 'openid offline_access User.Read',
  }
  const refused = await authority.fetch(authorizeUrl(request), { redirect: 'manual' })
  expect(refused.headers.get('location')).toContain('code%3D9002325')
  const code = async () =>
    (await requests.callbackOf(authorizeUrl({ ...request, code_challenge: plainVerifier }))).searchParams.get('code') ??
    ''
  const mine = { client_id: apps.spa, redirect_uri: request.redirect_uri }
  expect((await requests.redeem(await code(), mine)).body).toMatchObject({ error_codes: [9002327] })
  const answer = await requests.redeem(await code(), mine, { headers: { origin: 'http://localhost:5173' } })
  expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:5173')
  expect(answer.body).toMatchObject({ refresh_token_expires_in: 86400 })
  expect(
    (await requests.redeem(await requests.desktopCode(), {}, { headers: { origin: 'http://localhost:51234' } })).body,
  ).toMatchObject({ error_codes: [9002326] })
})

test('GET is refused (AADSTS900561); a grant that the mock lacks says so', async () => {
  const get = await authority.fetch(`${login}/common/oauth2/token`)
  expect(await get.json()).toMatchObject({ error_codes: [900561] })
  const gap = await requests.token({ grant_type: 'srv_challenge', client_id: apps.desktop })
  expect(gap).toMatchObject({
    status: 501,
    body: { error: 'not_implemented', error_description: expect.stringContaining('grant_type=srv_challenge') },
  })
})

test('Graph answers what it does not do as a gap, and refuses foreign tokens', async () => {
  const gap = await authority.fetch('https://graph.microsoft.com/v1.0/nothing-of-that-name')
  expect([401, 404, 501]).toContain(gap.status)
  const foreign = await authority.fetch('https://graph.microsoft.com/oidc/userinfo', {
    headers: { authorization: 'Bearer x.y.z' },
  })
  expect(foreign.status).toBe(401)
  expect(await foreign.json()).toMatchObject({ error: { code: 'InvalidAuthenticationToken' } })
})
