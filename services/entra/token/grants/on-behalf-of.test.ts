import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAuthority, peggy, type TestAuthority } from '../../_authority.ts'
import { worldWith } from '../_policies.ts'
import { apps, tokenRequests } from '../_token-requests.ts'

const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const tasksApi = `api://${apps.tasks}`
const policyId = 'c0000000-0000-4000-8000-000000000001'
let authority: TestAuthority
let requests: ReturnType<typeof tokenRequests>

beforeAll(async () => {
  const world = await worldWith([
    { id: policyId, applications: { includeApplications: ['00000002-0000-0ff1-ce00-000000000000'] } },
  ])
  const { entra } = world
  const applications = entra.applications.map((app) =>
    app.appId === apps.tasks ? { ...app, adminConsented: true } : app,
  )
  authority = await openAuthority({ scenario: { ...world, entra: { ...entra, applications } } })
  requests = tokenRequests(authority)
})

afterAll(() => authority[Symbol.asyncDispose]())

/** A token of Peggy's for the API in the middle. */
async function firstToken(scope = `${tasksApi}/Tasks.Read openid`) {
  const { body } = await requests.token({
    grant_type: 'password',
    client_id: azureCli,
    username: peggy.upn,
    password: peggy.password,
    scope,
  })
  return body
}

const onBehalf = (assertion: string | undefined, more: Readonly<Record<string, string>> = {}, path?: string) =>
  requests.token(
    {
      grant_type: jwtBearer,
      client_id: apps.tasks,
      client_secret: apps.tasksSecret,
      assertion: assertion ?? '',
      scope: 'https://graph.microsoft.com/User.Read offline_access',
      requested_token_use: 'on_behalf_of',
      ...more,
    },
    path === undefined ? {} : { path },
  )

test('the API in the middle gets a token of the same person and session, and renews it', async () => {
  const first = await firstToken()
  const { status, body } = await onBehalf(first.access_token)
  expect(status).toBe(200)
  const [incoming, claims] = [decodeJwt(first.access_token ?? ''), decodeJwt(body.access_token ?? '')]
  expect(claims).toMatchObject({
    aud: 'https://graph.microsoft.com',
    appid: apps.tasks,
    appidacr: '1',
    oid: incoming.oid,
    sid: incoming.sid,
    scp: 'User.Read',
    amr: ['pwd'],
    upn: peggy.upn,
  })
  const renewed = await requests.token({
    grant_type: 'refresh_token',
    client_id: apps.tasks,
    client_secret: apps.tasksSecret,
    refresh_token: body.refresh_token ?? '',
  })
  expect(decodeJwt(renewed.body.access_token ?? '')).toMatchObject({ appid: apps.tasks, oid: incoming.oid })
  const alone = await requests.token({
    grant_type: 'refresh_token',
    client_id: apps.tasks,
    refresh_token: body.refresh_token ?? '',
  })
  expect(alone.body).toMatchObject({ error_codes: [7000218] })
})

test('without offline_access there is no refresh token', async () => {
  const { access_token } = await firstToken()
  const { body } = await onBehalf(access_token, { scope: 'https://graph.microsoft.com/User.Read' })
  expect(body).not.toHaveProperty('refresh_token')
})

test('a policy of the API behind: invalid_grant in v2, interaction_required in v1, with claims for the client', async () => {
  const { access_token } = await firstToken()
  const { scope: _, ...asked } = { scope: 'https://outlook.office365.com/Mail.Read' }
  const claims = JSON.stringify({ access_token: { capolids: { essential: true, values: [policyId] } } })
  const consent = { scope: 'https://outlook.office365.com/.default', ...asked }
  expect((await onBehalf(access_token, consent)).body).toMatchObject({
    error: 'invalid_grant',
    suberror: 'basic_action',
    error_codes: [50076],
    claims,
  })
  const versionOne = { scope: '', resource: 'https://outlook.office365.com' }
  expect((await onBehalf(access_token, versionOne, '/contoso.com/oauth2/token')).body).toMatchObject({
    error: 'interaction_required',
    suberror: 'basic_action',
    error_codes: [50076],
    claims,
  })
})

const tampered = (token: string | undefined) => `${token?.split('.').slice(0, 2).join('.')}.${'A'.repeat(342)}`
const unsigned = (token: string | undefined) =>
  `${Buffer.from('{"typ":"JWT","alg":"none"}').toString('base64url')}.${token?.split('.')[1]}.`

test.each<{
  case: string
  more?: Record<string, string>
  make: (first: Record<string, string>) => string | undefined
  code: number
}>([
  { case: 'an id_token', make: (first) => first.id_token, code: 50013 },
  { case: 'a tampered token', make: (first) => tampered(first.access_token), code: 50013 },
  { case: 'a token with alg none', make: (first) => unsigned(first.access_token), code: 50013 },
  { case: 'no JWT', make: () => 'garbage', code: 50013 },
  { case: 'nothing', make: () => undefined, code: 900144 },
  {
    case: 'no requested_token_use',
    make: (first) => first.access_token,
    more: { requested_token_use: '' },
    code: 900144,
  },
  {
    case: 'another requested_token_use',
    make: (first) => first.access_token,
    more: { requested_token_use: 'x' },
    code: 9002313,
  },
  { case: 'no secret', make: (first) => first.access_token, more: { client_secret: '' }, code: 7000218 },
  {
    case: 'an unknown resource',
    make: (first) => first.access_token,
    more: { scope: 'https://nobody.example/x' },
    code: 500011,
  },
  {
    case: 'permissions nobody consented to',
    make: (first) => first.access_token,
    more: { scope: 'https://graph.microsoft.com/Mail.Read' },
    code: 65001,
  },
])('$case is refused with AADSTS$code', async ({ make, more = {}, code }) => {
  const refused = await onBehalf(make(await firstToken()), more)
  expect(refused.body).toMatchObject({ error_codes: [code] })
})

test('a token for another API is refused (AADSTS500131), so is an app-only one (AADSTS7000114)', async () => {
  const { access_token: graphToken } = await firstToken('https://graph.microsoft.com/User.Read')
  expect((await onBehalf(graphToken)).body).toMatchObject({ error: 'invalid_grant', error_codes: [500131] })
  const { body } = await requests.token({
    grant_type: 'client_credentials',
    client_id: apps.web,
    client_secret: apps.webSecret,
    scope: `${tasksApi}/.default`,
  })
  expect((await onBehalf(body.access_token)).body).toMatchObject({
    error: 'unauthorized_client',
    error_codes: [7000114],
  })
})

test('an expired token is refused (AADSTS500133), and one of a revoked session (AADSTS50173)', async () => {
  const { access_token: old } = await firstToken()
  await authority.stack.clock.advance(2 * 60 * 60 * 1000)
  expect((await onBehalf(old)).body).toMatchObject({ error: 'invalid_grant', error_codes: [500133] })
  const { access_token } = await firstToken()
  await authority.manage(`/users/${peggy.upn}/revoke-sessions`, {}).catch(() => undefined)
  expect((await onBehalf(access_token)).body).toMatchObject({ suberror: 'bad_token', error_codes: [50173] })
})
