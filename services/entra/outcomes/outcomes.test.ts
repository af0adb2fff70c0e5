import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openAuthority, owaRequest, pageConfig, peggy, type TestAuthority } from '../_authority.ts'
import { apps, desktopRequest, tokenRequests } from '../token/_token-requests.ts'
import { managementOf } from './_management.ts'

let authority: TestAuthority
let manage: ReturnType<typeof managementOf>
let requests: ReturnType<typeof tokenRequests>

beforeAll(async () => {
  authority = await openAuthority()
  manage = managementOf(authority, 'entra')
  requests = tokenRequests(authority)
})

afterAll(() => authority[Symbol.asyncDispose]())

afterEach(async () => {
  await manage('DELETE', '/outcomes')
})

const force = (...outcomes: readonly object[]) => manage('PUT', '/outcomes', { outcomes })

async function signIn() {
  const visitor = await authority.visitor()
  const page = await visitor.open(owaRequest({ login_hint: peggy.upn }))
  return { visitor, config: pageConfig(await visitor.submit(page, { passwd: peggy.password })) }
}

async function refreshToken(): Promise<string> {
  const { body } = await requests.redeem(await requests.desktopCode())
  return body.refresh_token ?? ''
}

const refresh = async (token: string) =>
  requests.token({ grant_type: 'refresh_token', client_id: desktopRequest.client_id, refresh_token: token })

test('the next two sign-ins of one person end with the chosen error, and are journalled as forced', async () => {
  const { json } = await force({
    user: 'Peggy@fabrikam.com',
    where: 'signIn',
    times: 2,
    outcome: { effect: 'error', aadsts: 53003 },
  })
  expect(json).toMatchObject({ outcomes: [{ user: peggy.upn, times: 2 }] })
  const first = await signIn()
  expect(first.config).toMatchObject({ pgid: 'ConvergedError', sErrorCode: '53003' })
  expect(first.visitor.cookie('ESTSAUTH')).toBeUndefined()
  const event = await authority.lastEvent('/common/login')
  expect(event.decisions).toContain('forced: error')
  expect((await authority.signIns(peggy.upn))[0]?.status.errorCode).toBe(53003)
  expect((await manage('GET', '/outcomes')).json).toMatchObject({ outcomes: [{ times: 1 }] })
  expect((await signIn()).config).toMatchObject({ sErrorCode: '53003' })
  expect((await manage('GET', '/outcomes')).json).toEqual({ outcomes: [] })
  expect((await signIn()).config.pgid).toBe('ConvergedTFA')
})

test('an outcome of another person or application is left alone', async () => {
  await force(
    { user: 'alice@contoso.com', where: 'signIn', outcome: { effect: 'error', aadsts: 53003 } },
    { appId: apps.desktop, where: 'signIn', outcome: { effect: 'error', aadsts: 53003 } },
    { where: 'token', outcome: { effect: 'error', aadsts: 53003 } },
  )
  expect((await signIn()).config.pgid).toBe('ConvergedTFA')
  expect((await manage('GET', '/outcomes')).json.outcomes).toHaveLength(3)
})

test('a forced registration asks for a method although there is one', async () => {
  await force({ user: peggy.upn, where: 'signIn', outcome: { effect: 'registration' } })
  const { config } = await signIn()
  expect(config.pgid).not.toBe('ConvergedTFA')
  expect(JSON.stringify(config)).toMatch(/proofup|SecurityInfo|registration/i)
})

test('forced consent is asked although it was given, and a sign-in ends after it', async () => {
  await requests.desktopCode()
  await force({ user: peggy.upn, appId: apps.desktop, where: 'signIn', outcome: { effect: 'consent' } })
  const code = await requests.desktopCode()
  expect(code).not.toBe('')
  const event = await authority.lastEvent('/common/Consent/Set')
  expect(event.user).toBe(peggy.upn)
  expect((await manage('GET', '/outcomes')).json).toEqual({ outcomes: [] })
})

test.each([
  { outcome: { effect: 'error', aadsts: 70043 }, error: 'invalid_grant', code: 70043, suberror: 'token_expired' },
  { outcome: { effect: 'consent' }, error: 'invalid_grant', code: 65001, suberror: 'consent_required' },
  { outcome: { effect: 'registration' }, error: 'invalid_grant', code: 50079, suberror: 'basic_action' },
  { outcome: { effect: 'claimsChallenge' }, error: 'invalid_grant', code: 50076, suberror: 'basic_action' },
])('a token request that is to meet $outcome.effect: $code, once', async ({ outcome, error, code, suberror }) => {
  const token = await refreshToken()
  await force({ user: peggy.upn, where: 'token', outcome })
  const refused = await refresh(token)
  expect(refused.body).toMatchObject({ error, error_codes: [code], suberror })
  if (outcome.effect === 'claimsChallenge') {
    expect(JSON.parse(refused.body.claims ?? '')).toMatchObject({ access_token: { nbf: { essential: true } } })
  }
  expect((await refresh(token)).status).toBe(200)
})

test('an application that acts for itself is forced by its appId, and not by a person', async () => {
  const ask = () =>
    requests.token({
      grant_type: 'client_credentials',
      client_id: apps.tasks,
      client_secret: apps.tasksSecret,
      scope: 'https://graph.microsoft.com/.default',
    })
  await force(
    { user: peggy.upn, where: 'token', outcome: { effect: 'error', aadsts: 53003 } },
    { appId: apps.tasks.toUpperCase(), where: 'token', outcome: { effect: 'error', aadsts: 50057 } },
  )
  expect((await ask()).body).toMatchObject({ error_codes: [50057] })
  expect((await ask()).status).toBe(200)
})

test('of many requests at once exactly as many fail as were to', async () => {
  const token = await refreshToken()
  await force({ where: 'token', times: 3, outcome: { effect: 'error', aadsts: 50057 } })
  const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(token)))
  expect(answers.filter(({ status }) => status !== 200)).toHaveLength(3)
})

test.each([
  { where: 'signIn', outcome: { effect: 'error', aadsts: 1 } },
  { where: 'signIn', outcome: { effect: 'claimsChallenge' } },
  { where: 'token', outcome: { effect: 'claimsChallenge', claims: 'no json' } },
  { where: 'token', times: 0, outcome: { effect: 'consent' } },
  { where: 'elsewhere', outcome: { effect: 'consent' } },
])('PUT /outcomes %j is refused', async (outcome) => {
  expect((await force(outcome)).status).toBe(400)
  expect((await manage('GET', '/outcomes')).json).toEqual({ outcomes: [] })
})
