import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAuthority, peggy, type TestAuthority } from '../../_authority.ts'
import { worldWith } from '../_policies.ts'
import { apps, tokenRequests } from '../_token-requests.ts'

const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
const graph = 'https://graph.microsoft.com/User.Read'
let authority: TestAuthority
let requests: ReturnType<typeof tokenRequests>

beforeAll(async () => {
  authority = await openAuthority()
  requests = tokenRequests(authority)
})

afterAll(() => authority[Symbol.asyncDispose]())

const login = {
  grant_type: 'password',
  client_id: azureCli,
  username: peggy.upn,
  password: peggy.password,
  scope: `openid offline_access ${graph}`,
}

test('a managed user gets tokens, a refresh token that works, and a row in the sign-in log', async () => {
  const { status, body } = await requests.token(
    { ...login, client_info: '1' },
    { path: '/organizations/oauth2/v2.0/token' },
  )
  expect(status).toBe(200)
  expect(decodeJwt(body.access_token ?? '')).toMatchObject({
    upn: peggy.upn,
    amr: ['pwd'],
    appid: azureCli,
    scp: 'User.Read',
  })
  expect(body).toMatchObject({ id_token: expect.any(String), client_info: expect.any(String) })
  const again = { grant_type: 'refresh_token', client_id: azureCli, refresh_token: body.refresh_token ?? '' }
  expect((await requests.token(again)).status).toBe(200)
  expect((await authority.signIns(peggy.upn))[0]).toMatchObject({ isInteractive: false, status: { errorCode: 0 } })
})

test.each<{ case: string; more: Record<string, string>; path?: string; code: number; error: string }>([
  { case: 'a wrong password', more: { password: 'wrong' }, code: 50126, error: 'invalid_grant' },
  { case: 'an unknown account', more: { username: 'nobody@fabrikam.com' }, code: 50034, error: 'invalid_grant' },
  { case: 'a foreign domain', more: { username: 'peggy@example.org' }, code: 50034, error: 'invalid_grant' },
  {
    case: 'a federated account',
    more: { username: 'alice@contoso.com', password: 'Alice-Pass1' },
    code: 50126,
    error: 'invalid_grant',
  },
  { case: '/common/', more: {}, path: '/common/oauth2/v2.0/token', code: 9001023, error: 'invalid_request' },
  { case: 'no username', more: { username: '' }, code: 900144, error: 'invalid_request' },
  { case: 'no password', more: { password: '' }, code: 900144, error: 'invalid_request' },
  { case: 'no scope', more: { scope: '' }, code: 900144, error: 'invalid_request' },
  { case: 'a web app without its secret', more: { client_id: apps.web }, code: 7000218, error: 'invalid_client' },
  { case: 'a single-page app', more: { client_id: apps.spa }, code: 7000218, error: 'invalid_client' },
  { case: 'permissions nobody consented to', more: { client_id: apps.desktop }, code: 65001, error: 'invalid_grant' },
])('$case is refused with AADSTS$code', async ({ more, path, code, error }) => {
  const answer = await requests.token({ ...login, ...more }, path === undefined ? {} : { path })
  expect(answer.body).toMatchObject({ error, error_codes: [code] })
})

test('a policy that needs a second factor: AADSTS50076, invalid_grant in v2, interaction_required in v1, with claims', async () => {
  const policyId = 'c0000000-0000-4000-8000-000000000001'
  await using strict = await openAuthority({ scenario: await worldWith([{ id: policyId }]) })
  const { token } = tokenRequests(strict)
  const v2 = await token(login)
  expect(v2.body).toMatchObject({ error: 'invalid_grant', suberror: 'basic_action', error_codes: [50076] })
  expect(JSON.parse(v2.body.claims ?? '')).toEqual({
    access_token: { capolids: { essential: true, values: [policyId] } },
  })
  const { scope: _, ...versionOne } = { ...login, resource: 'https://graph.microsoft.com' }
  const v1 = await token(versionOne, { path: '/contoso.com/oauth2/token' })
  expect(v1.body).toMatchObject({ error: 'interaction_required', suberror: 'basic_action', error_codes: [50076] })
  expect((await strict.signIns(peggy.upn))[0]).toMatchObject({
    status: { errorCode: 50076 },
    conditionalAccessStatus: 'failure',
  })
})
