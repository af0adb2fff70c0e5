import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HttpVisitor, Visit } from '#test/actors/http-visitor.ts'
import { openAuthority, pageConfig, pageId, peggy, type TestAuthority } from '../_authority.ts'
import { appToken, graphClient } from '../graph/_graph.ts'
import { worldWith } from '../token/_policies.ts'
import { apps, login, tenantId, tokenRequests } from '../token/_token-requests.ts'

const minute = 60 * 1000
const open = new AsyncDisposableStack()
let authority: TestAuthority
let requests: ReturnType<typeof tokenRequests>

beforeAll(async () => {
  authority = open.use(await openAuthority())
  await authority.stack.clock.freeze()
  requests = tokenRequests(authority)
})

afterAll(() => open.disposeAsync())

const scope = 'openid profile offline_access User.Read'

interface DeviceAnswer {
  readonly user_code: string
  readonly device_code: string
  readonly verification_uri: string
  readonly verification_url: string
  readonly expires_in: number | string
  readonly interval: number | string
  readonly message: string
}

async function begin(more: Record<string, string> = {}, path = `/${tenantId}/oauth2/v2.0/devicecode`, at = authority) {
  const body = new URLSearchParams({ client_id: apps.desktop, scope, ...more })
  const answer = await at.fetch(`${login}${path}`, { method: 'POST', body })
  return (await answer.json()) as DeviceAnswer & { readonly error_codes?: readonly number[] }
}

const poll = (device_code: string, more: Record<string, string> = {}) =>
  requests.token({ grant_type: 'device_code', client_id: apps.desktop, device_code, ...more })

/** Opens the address that the device shows, types the code, and signs in as far as the last question. */
async function signIn(visitor: HttpVisitor, code: string): Promise<Visit> {
  const typed = await visitor.submit(await visitor.open('https://microsoft.com/devicelogin'), { otc: code })
  let page = await visitor.submit(typed, { loginfmt: peggy.upn, passwd: peggy.password })
  if (pageId(page) === 'ConvergedConsent') page = await visitor.submit(page, { acceptConsent: 'true' })
  return page
}

test('a code is typed, somebody signs in and confirms; the device gets tokens, once', async () => {
  const device = await begin()
  expect(device).toEqual({
    user_code: expect.stringMatching(/^[A-HJ-NP-Z2-9]{9}$/),
    device_code: expect.any(String),
    verification_uri: 'https://microsoft.com/devicelogin',
    expires_in: 900,
    interval: 5,
    message: expect.stringContaining(
      `open the page https://microsoft.com/devicelogin and enter the code ${device.user_code}`,
    ),
  })
  expect(await poll(device.device_code)).toMatchObject({
    status: 400,
    body: { error: 'authorization_pending', error_codes: [70016] },
  })
  await using visitor = await authority.visitor()
  const start = await visitor.open('https://microsoft.com/devicelogin')
  expect([start.url, pageId(start)]).toEqual([`${login}/common/oauth2/deviceauth`, 'ConvergedRemoteConnect'])
  const name = await visitor.submit(start, {
    otc: ` ${device.user_code.toLowerCase().slice(0, 5)}-${device.user_code.slice(5)}`,
  })
  expect(name.html).toContain("You're signing in to <strong>Sample Desktop App</strong> on another device.")
  const consent = await visitor.submit(name, { loginfmt: peggy.upn, passwd: peggy.password })
  expect(pageId(consent)).toBe('ConvergedConsent')
  const confirm = await visitor.submit(consent, { acceptConsent: 'true' })
  expect(pageId(confirm)).toBe('CmsiInterrupt')
  expect(confirm.html).toContain('Are you trying to sign in to Sample Desktop App?')
  expect((await poll(device.device_code)).body.error).toBe('authorization_pending')
  const done = await visitor.submit(confirm, { ContinueAuth: 'true' })
  expect(done.html).toContain('You have signed in to the Sample Desktop App application on your device.')
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', client_info: '1' }
  const { status, body } = await poll(device.device_code, grant)
  expect(status).toBe(200)
  expect(decodeJwt(body.access_token ?? '')).toMatchObject({ upn: peggy.upn, scp: 'User.Read', appidacr: '0' })
  expect(decodeJwt(body.id_token ?? '')).toMatchObject({ preferred_username: peggy.upn, aud: apps.desktop })
  const renewal = { grant_type: 'refresh_token', client_id: apps.desktop, refresh_token: body.refresh_token ?? '' }
  expect((await requests.token(renewal)).status).toBe(200)
  expect((await poll(device.device_code)).body).toMatchObject({ error: 'invalid_grant', error_codes: [54005] })
  const again = await visitor.submit(await visitor.open('https://microsoft.com/devicelogin'), { otc: device.user_code })
  expect(again.html).toContain('That code didn&#39;t work')
})

test('the sign-in log says that the sign-in was for another device', async () => {
  const device = await begin()
  await using visitor = await authority.visitor()
  await visitor.submit(await signIn(visitor, device.user_code), { ContinueAuth: 'true' })
  const graph = graphClient(authority, await appToken(authority))
  const path = `/beta/auditLogs/signIns?$filter=userPrincipalName eq '${peggy.upn}'&$top=1`
  expect((await graph('GET', path)).body.value[0]).toMatchObject({
    appDisplayName: 'Sample Desktop App',
    authenticationProtocol: 'deviceCode',
    originalTransferMethod: 'deviceCodeFlow',
    clientAppUsed: 'Mobile Apps and Desktop clients',
  })
})

test('a policy that wants a compliant device is never met by the browser that typed the code', async () => {
  const scenario = await worldWith([{ id: 'compliant', grant: { builtInControls: ['compliantDevice'] } }])
  await using strict = await openAuthority({ scenario })
  const device = await begin({}, undefined, strict)
  await using visitor = await strict.visitor()
  const typed = await visitor.submit(await visitor.open('https://microsoft.com/devicelogin'), { otc: device.user_code })
  const refused = await visitor.submit(typed, { loginfmt: peggy.upn, passwd: peggy.password })
  expect(pageId(refused)).toBe('ConvergedError')
  expect([53000, 530003]).toContain(pageConfig(refused).iErrorCode)
})

test('v1: strings, verification_url, the code as `code`; not under /common (AADSTS90133)', async () => {
  const resource = 'https://graph.microsoft.com'
  const device = await begin({ scope: '', resource }, '/organizations/oauth2/devicecode')
  expect(device).toMatchObject({ error_codes: [50194] })
  const mine = await begin({ scope: '', resource }, `/${tenantId}/oauth2/devicecode`)
  expect(mine).toMatchObject({
    verification_url: 'https://microsoft.com/devicelogin',
    expires_in: '900',
    interval: '5',
  })
  await using visitor = await authority.visitor()
  await visitor.submit(await signIn(visitor, mine.user_code), { ContinueAuth: 'true' })
  const token = { grant_type: 'device_code', client_id: apps.desktop, code: mine.device_code, resource }
  const { body } = await requests.token(token, { path: `/${tenantId}/oauth2/token` })
  expect(body).toMatchObject({ resource, expires_in: expect.any(String), refresh_token: expect.any(String) })
  expect(await begin({ scope: '', resource }, '/common/oauth2/devicecode')).toMatchObject({ error_codes: [90133] })
})

test.each<{ where: string; answer: Record<string, string> }>([
  { where: 'the confirmation', answer: { ContinueAuth: 'false' } },
  { where: 'an answer that is neither', answer: {} },
])('Cancel at $where is told to the device as authorization_declined', async ({ answer }) => {
  const device = await begin()
  await using visitor = await authority.visitor()
  const end = await visitor.submit(await signIn(visitor, device.user_code), answer)
  expect(end.html).toContain('You cancelled the sign-in.')
  expect(await poll(device.device_code)).toMatchObject({
    status: 400,
    body: { error: 'authorization_declined', error_codes: [65004] },
  })
  expect((await authority.lastEvent('/appverify')).reasons).toEqual(['Cancel was chosen'])
})

test('a code ends after fifteen minutes: expired_token, on v1 code_expired, and on the page', async () => {
  const device = await begin()
  const late = await begin()
  await using visitor = await authority.visitor()
  const confirm = await signIn(visitor, late.user_code)
  await authority.stack.clock.advance(15 * minute)
  expect((await poll(device.device_code)).body).toMatchObject({ error: 'expired_token', error_codes: [70020] })
  const v1 = { grant_type: 'device_code', client_id: apps.desktop, code: device.device_code }
  const { body } = await requests.token(v1, { path: `/${tenantId}/oauth2/token` })
  expect(body).toMatchObject({ error: 'code_expired', error_codes: [70019] })
  const typed = await visitor.submit(await visitor.open('https://microsoft.com/devicelogin'), { otc: device.user_code })
  expect(typed.html).toContain('That code has expired.')
  expect(pageConfig(await visitor.submit(confirm, { ContinueAuth: 'true' })).iErrorCode).toBe(70020)
  expect((await poll(late.device_code)).body.error).toBe('expired_token')
})

test.each<{ what: string; change: Record<string, string>; code: number; error: string }>([
  { what: 'an unknown device code', change: { device_code: 'garbage' }, code: 70018, error: 'bad_verification_code' },
  { what: 'no device code', change: { device_code: '' }, code: 900144, error: 'invalid_request' },
  { what: 'another client', change: { client_id: apps.spa }, code: 7000218, error: 'invalid_client' },
  {
    what: "another public client's code",
    change: { client_id: '04b07795-8ddb-461a-bbee-02f9e1bf7b46' },
    code: 70000,
    error: 'invalid_grant',
  },
  {
    what: 'a confidential client without its secret',
    change: { client_id: apps.tasks },
    code: 7000218,
    error: 'invalid_client',
  },
])('polling with $what is refused with AADSTS$code', async ({ change, code, error }) => {
  const { device_code } = await begin()
  expect((await poll(device_code, change)).body).toMatchObject({ error, error_codes: [code] })
})

test.each<{ what: string; body: Record<string, string>; code: number }>([
  { what: 'no client', body: { client_id: '' }, code: 900144 },
  { what: 'an unknown client', body: { client_id: 'nobody' }, code: 700016 },
  { what: 'no scope', body: { scope: '' }, code: 900144 },
  {
    what: 'scopes of two resources',
    body: { scope: 'User.Read https://outlook.office.com/EWS.AccessAsUser.All' },
    code: 700022,
  },
  { what: 'an unknown resource', body: { scope: 'https://nobody.example/x' }, code: 500011 },
  { what: 'a resource on v2', body: { resource: 'https://graph.microsoft.com' }, code: 901002 },
  { what: 'claims that are no JSON', body: { claims: '{' }, code: 9002313 },
  { what: 'an oversized scope', body: { scope: 'x'.repeat(20_000) }, code: 90015 },
])('a device request with $what is refused with AADSTS$code', async ({ body, code }) => {
  expect(await begin(body)).toMatchObject({
    error_codes: [code],
    error_description: expect.stringContaining(`AADSTS${code}: `),
  })
})

test('the page says that a code is wrong, and takes no form of a foreign page (AADSTS50089)', async () => {
  const device = await begin()
  await using visitor = await authority.visitor()
  const start = await visitor.open('https://microsoft.com/devicelogin')
  const wrong = await visitor.submit(start, { otc: 'WRONGCODE' })
  expect(wrong.html).toContain('That code didn&#39;t work. Check the code and try again. (AADSTS70018)')
  const empty = await visitor.submit(start, { otc: '<script>' })
  expect(empty.html).not.toContain('<script>"')
  const foreign = await visitor.post(start.url, { otc: device.user_code }, 'https://evil.example/page')
  expect(pageConfig(foreign).iErrorCode).toBe(50089)
})

test('somebody who is signed in picks the account and confirms; the session alone approves nothing', async () => {
  const device = await begin()
  await using visitor = await authority.visitor()
  await visitor.submit(await signIn(visitor, device.user_code), { ContinueAuth: 'true' })
  const second = await begin()
  const picker = await visitor.submit(await visitor.open('https://microsoft.com/devicelogin'), {
    otc: second.user_code,
  })
  expect(picker.html).toContain('Pick an account')
  const confirm = await visitor.submit(picker, { account: peggy.upn })
  expect(pageId(confirm)).toBe('CmsiInterrupt')
  expect((await poll(second.device_code)).body.error).toBe('authorization_pending')
})

test('a policy about device code flow blocks on the page (AADSTS53003), at the token endpoint, and later renewals', async () => {
  const flows = { transferMethods: 'deviceCodeFlow' }
  const scenario = await worldWith([
    { id: 'no-device-code', conditions: { authenticationFlows: flows }, grant: { builtInControls: ['block'] } },
  ])
  await using strict = await openAuthority({ scenario })
  const device = await begin({}, undefined, strict)
  await using visitor = await strict.visitor()
  const typed = await visitor.submit(await visitor.open('https://microsoft.com/devicelogin'), { otc: device.user_code })
  const blocked = await visitor.submit(typed, { loginfmt: peggy.upn, passwd: peggy.password })
  expect([pageId(blocked), pageConfig(blocked).iErrorCode]).toEqual(['ConvergedError', 53003])
  const { body } = await tokenRequests(strict).token({
    grant_type: 'device_code',
    client_id: apps.desktop,
    device_code: device.device_code,
  })
  expect(body.error).toBe('authorization_pending')
  const signIns = await strict.signIns(peggy.upn)
  expect(signIns[0]).toMatchObject({ status: { errorCode: 53003 }, conditionalAccessStatus: 'failure' })
  // The same person at the same application is let in where no other device is involved.
  expect((await tokenRequests(strict).redeem(await tokenRequests(strict).desktopCode())).status).toBe(200)
})

test('a renewal remembers that the sign-in came by device code ("protocol tracking")', async () => {
  const flows = { transferMethods: 'deviceCodeFlow' }
  const scenario = await worldWith([
    {
      id: 'no-exchange-by-device-code',
      applications: { includeApplications: ['00000002-0000-0ff1-ce00-000000000000'] },
      conditions: { authenticationFlows: flows },
      grant: { builtInControls: ['block'] },
    },
  ])
  await using strict = await openAuthority({ scenario })
  const client_id = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
  const device = await begin({ client_id }, '/organizations/oauth2/v2.0/devicecode', strict)
  await using visitor = await strict.visitor()
  const confirm = await signIn(visitor, device.user_code)
  expect((await visitor.submit(confirm, { ContinueAuth: 'true' })).html).toContain('You have signed in')
  const { token } = tokenRequests(strict)
  const first = await token({ grant_type: 'device_code', client_id, device_code: device.device_code })
  expect(first.status).toBe(200)
  const renewal = { grant_type: 'refresh_token', client_id, refresh_token: first.body.refresh_token ?? '' }
  const exchange = 'https://outlook.office365.com/EWS.AccessAsUser.All'
  expect((await token({ ...renewal, scope: exchange })).body).toMatchObject({
    error_codes: [53003],
    suberror: 'message_only',
  })
  expect((await token({ ...renewal, scope: 'User.Read' })).status).toBe(200)
})
