import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAuthority, peggy, type TestAuthority } from '../_authority.ts'
import { appToken, graphClient, userToken } from '../graph/_graph.ts'
import { apps, authorizeUrl, desktopRequest, login, tokenRequests } from '../token/_token-requests.ts'

let authority: TestAuthority
let requests: ReturnType<typeof tokenRequests>

beforeAll(async () => {
  authority = await openAuthority()
  await authority.stack.clock.freeze()
  requests = tokenRequests(authority)
})

afterAll(() => authority[Symbol.asyncDispose]())

const webRequest = {
  client_id: apps.web,
  redirect_uri: 'http://localhost:3000/signin-oidc',
  scope: 'openid offline_access https://graph.microsoft.com/User.Read',
}

async function webTokens() {
  const { scope: _, ...client } = { ...webRequest, client_secret: apps.webSecret }
  const url = `${login}/common/oauth2/v2.0/authorize?${new URLSearchParams({ response_type: 'code', ...webRequest })}`
  const code = (await requests.callbackOf(url.replace('/common/', '/contoso.com/'))).searchParams.get('code') ?? ''
  return requests.token({ ...client, grant_type: 'authorization_code', code })
}

const desktopTokens = async () => requests.redeem(await requests.desktopCode())
const refresh = (token: string | undefined, client: Readonly<Record<string, string>> = { client_id: apps.desktop }) =>
  requests.token({ ...client, grant_type: 'refresh_token', refresh_token: token ?? '' })

async function inDirectory(path: string, method: string, json: object): Promise<void> {
  const directory = authority.stack.deployments.find(({ plan }) => plan.name === 'directory')
  const answer = await fetch(`http://127.0.0.1:${directory?.management.port}${path}`, {
    method,
    headers: { 'content-type': 'application/json', 'fauxchange-management': '1' },
    body: JSON.stringify(json),
  })
  expect(answer.status).toBeLessThan(300)
}

const manage = async (path: string) => {
  const entra = authority.stack.deployments.find(({ plan }) => plan.name === 'entra')
  const headers = { 'fauxchange-management': '1' }
  return (await fetch(`http://127.0.0.1:${entra?.management.port}${path}`, { method: 'POST', headers })).status
}

test('revoked sessions: refresh tokens of before are refused (AADSTS50173 bad_token), a new sign-in is good', async () => {
  const { body: before } = await desktopTokens()
  const pending = await requests.desktopCode()
  expect(await manage(`/users/${peggy.upn}/revoke-sessions`)).toBe(204)
  const refused = await refresh(before.refresh_token)
  expect(refused).toMatchObject({
    status: 400,
    body: { error: 'invalid_grant', suberror: 'bad_token', error_codes: [50173] },
  })
  expect((await requests.redeem(pending)).body).toMatchObject({ error_codes: [50173] })
  const { body: after } = await desktopTokens()
  expect((await refresh(after.refresh_token)).status).toBe(200)
})

/** An application revokes through Graph, with a permission of its own. */
async function revokeByGraph(): Promise<number> {
  const revoke = graphClient(authority, await appToken(authority))
  return (await revoke('POST', `/v1.0/users/${peggy.upn}/revokeSignInSessions`)).status
}

/** The person's own sign-ins; reading oneself is not enough. */
async function revokeOwn(permission = 'User.ReadWrite'): Promise<number> {
  const scope = `https://graph.microsoft.com/${permission}`
  const revoke = graphClient(authority, await userToken(authority, peggy, scope))
  return (await revoke('POST', '/v1.0/me/revokeSignInSessions')).status
}

test.each([
  { by: 'an administrator', revoke: () => manage(`/users/${peggy.upn}/revoke-sessions`), status: 204 },
  { by: 'an application through Graph', revoke: revokeByGraph, status: 200 },
  { by: 'the person, through Graph', revoke: () => revokeOwn(), status: 200 },
])('sessions revoked by $by: the browser must sign in again', async ({ revoke, status }) => {
  await using visitor = await authority.visitor()
  const silent = authorizeUrl({ ...desktopRequest, prompt: 'none' })
  const page = await visitor.open(silent.replace('prompt=none', 'prompt=login'))
  const kmsi = await visitor.submit(page, { loginfmt: peggy.upn, passwd: peggy.password })
  // The application that it leads to does not run.
  await visitor.submit(kmsi, { LoginOptions: '1' }).catch(() => undefined)
  const location = async () => {
    const cookie = visitor.cookieNames().map((name) => `${name}=${visitor.cookie(name)}`)
    const answer = await authority.fetch(silent, { redirect: 'manual', headers: { cookie: cookie.join('; ') } })
    return new URL(answer.headers.get('location') ?? '').searchParams
  }
  expect((await location()).get('code')).not.toBeNull()
  expect(await revoke()).toBe(status)
  expect((await location()).get('error')).toBe('login_required')
})

test('a token for reading oneself revokes nothing', async () => {
  const { body } = await desktopTokens()
  expect(await revokeOwn('User.Read')).toBe(403)
  expect((await refresh(body.refresh_token)).status).toBe(200)
})

test('one revoked session leaves the others alone', async () => {
  const [{ body: one }, { body: other }] = [await desktopTokens(), await desktopTokens()]
  expect(await manage(`/sessions/${decodeJwt(one.access_token ?? '').sid}/revoke`)).toBe(204)
  expect((await refresh(one.refresh_token)).body).toMatchObject({ error_codes: [50173] })
  expect((await refresh(other.refresh_token)).status).toBe(200)
})

test('a changed password ends sign-ins by password, not those of confidential clients; another change does not', async () => {
  const { body: desktop } = await desktopTokens()
  const { body: web } = await webTokens()
  const webClient = { client_id: apps.web, client_secret: apps.webSecret }
  await inDirectory(`/users/${peggy.upn}`, 'PATCH', { displayName: 'Peggy P. Patel' })
  await inDirectory('/synchronize', 'POST', { full: true })
  expect((await refresh(desktop.refresh_token)).status).toBe(200)
  await inDirectory(`/users/${peggy.upn}`, 'PATCH', { password: 'Another-Pass15' })
  await inDirectory('/synchronize', 'POST', {})
  expect((await refresh(desktop.refresh_token)).body).toMatchObject({ error_codes: [50173], suberror: 'bad_token' })
  expect((await refresh(web.refresh_token, webClient)).status).toBe(200)
})

test('an unknown account cannot be revoked', async () => {
  expect(await manage('/users/nobody@contoso.com/revoke-sessions')).toBe(404)
})
