import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAuthority, type TestAuthority } from '../../_authority.ts'
import { apps, desktopRequest, plainVerifier, tenantId, tokenRequests } from '../_token-requests.ts'

let authority: TestAuthority
let requests: ReturnType<typeof tokenRequests>

beforeAll(async () => {
  authority = await openAuthority()
  requests = tokenRequests(authority)
})

afterAll(() => authority[Symbol.asyncDispose]())

test('v1 bodies have strings, and a resource', async () => {
  const code = await requests.desktopCode({ scope: 'openid User.Read' })
  const { code_verifier, ...v1 } = {
    code_verifier: plainVerifier,
    grant_type: 'authorization_code',
    client_id: apps.desktop,
    redirect_uri: desktopRequest.redirect_uri,
    code,
  }
  const answer = await requests.token({ ...v1, code_verifier }, { path: `/${tenantId}/oauth2/token` })
  expect(answer.body).toMatchObject({
    expires_in: expect.stringMatching(/^\d+$/),
    expires_on: expect.stringMatching(/^\d+$/),
    resource: expect.any(String),
    id_token: expect.any(String),
  })
})

test.each<{ case: string; again: boolean; more: Record<string, string>; code: number; error: string }>([
  { case: 'a second time', again: true, more: {}, code: 54005, error: 'invalid_grant' },
  {
    case: 'with another verifier',
    again: false,
    more: { code_verifier: 'q'.repeat(43) },
    code: 501481,
    error: 'invalid_grant',
  },
  { case: 'without the verifier', again: false, more: { code_verifier: '' }, code: 50148, error: 'invalid_grant' },
  {
    case: 'with another redirect URI',
    again: false,
    more: { redirect_uri: 'http://localhost:51235/' },
    code: 500112,
    error: 'invalid_grant',
  },
  {
    case: 'by another client',
    again: false,
    more: { client_id: apps.outlookMobile },
    code: 70000,
    error: 'invalid_grant',
  },
  {
    case: 'for another resource',
    again: false,
    more: { scope: 'https://outlook.office.com/Mail.Read' },
    code: 70011,
    error: 'invalid_scope',
  },
])('a code redeemed $case is refused with AADSTS$code', async ({ again, more, code: aadsts, error }) => {
  const code = await requests.desktopCode()
  if (again) expect((await requests.redeem(code)).status).toBe(200)
  const refused = await requests.redeem(code, more)
  expect(refused.status).toBe(400)
  expect(refused.body).toMatchObject({
    error,
    error_codes: [aadsts],
    trace_id: expect.any(String),
    correlation_id: expect.any(String),
  })
  expect(refused.body.error_description).toMatch(new RegExp(`^AADSTS${aadsts}: `))
  expect((await authority.lastEvent(`/${tenantId}/oauth2/v2.0/token`)).reasons.join()).not.toBe('')
})

test('a code is good for ten minutes', async () => {
  const code = await requests.desktopCode()
  await authority.stack.clock.advance(10 * 60 * 1000)
  expect((await requests.redeem(code)).body).toMatchObject({ error: 'invalid_grant', error_codes: [70008] })
})

test('two redemptions at once: one wins', async () => {
  const code = await requests.desktopCode()
  const answers = await Promise.all([requests.redeem(code), requests.redeem(code), requests.redeem(code)])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400])
})
