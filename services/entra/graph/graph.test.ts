import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAuthority, peggy, type TestAuthority } from '../_authority.ts'
import { appToken, daemon, graphClient, userToken } from './_graph.ts'

const breakglass = { upn: 'breakglass@contoso.onmicrosoft.com', password: 'Break-Glass-16' }
let authority: TestAuthority
let call: ReturnType<typeof graphClient>

beforeAll(async () => {
  authority = await openAuthority()
  call = graphClient(authority, await appToken(authority))
})

afterAll(() => authority[Symbol.asyncDispose]())

describe('tokens', () => {
  test('application permissions of the scenario are the roles of the token', async () => {
    const { roles, idtyp, aud, scp } = decodeJwt(await appToken(authority))
    expect(roles).toContain('Policy.ReadWrite.ConditionalAccess')
    expect({ idtyp, aud, scp }).toEqual({ idtyp: 'app', aud: 'https://graph.microsoft.com', scp: undefined })
  })

  test.each([
    { token: undefined, message: 'Access token is empty.' },
    { token: 'garbage', message: 'IDX14100: JWT is not well formed, there are no dots (.).' },
    { token: 'a.b.c', message: 'Signature verification failed.' },
  ])('$token → 401 InvalidAuthenticationToken', async ({ token, message }) => {
    const { status, headers, body } = await graphClient(authority, token)('GET', '/v1.0/users')
    expect([status, body.error.code, body.error.message]).toEqual([401, 'InvalidAuthenticationToken', message])
    expect(headers.get('www-authenticate')).toContain('client_id="00000003-0000-0000-c000-000000000000"')
    expect(body.error.innerError).toMatchObject({ 'request-id': headers.get('request-id') })
  })

  test('a token that another kept until it expired', async () => {
    const token = await appToken(authority)
    await authority.stack.clock.advance(3700_000)
    const { status, body } = await graphClient(authority, token)('GET', '/v1.0/users')
    expect([status, body.error.message]).toEqual([401, 'Lifetime validation failed, the token is expired.'])
    call = graphClient(authority, await appToken(authority))
  })

  test('a token for another API', async () => {
    const answer = await authority.fetch('https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: daemon.id,
        client_secret: daemon.secret,
        scope: 'https://outlook.office365.com/.default',
      }),
    })
    const { access_token: token } = (await answer.json()) as { access_token: string }
    const { status, body } = await graphClient(authority, token)('GET', '/v1.0/users')
    expect([status, body.error.message]).toEqual([401, 'Access token validation failure. Invalid audience.'])
  })
})

describe('people', () => {
  test('a page of users, the next one, and the count', async () => {
    const first = await call('GET', '/v1.0/users?$top=2&$select=id,userPrincipalName&$count=true', undefined, {
      ConsistencyLevel: 'eventual',
    })
    expect(first.status).toBe(200)
    expect(first.body['@odata.context']).toBe('https://graph.microsoft.com/v1.0/$metadata#users(id,userPrincipalName)')
    expect(first.body.value).toHaveLength(2)
    expect(Object.keys(first.body.value[0])).toEqual(['id', 'userPrincipalName'])
    const second = await call('GET', first.body['@odata.nextLink'], undefined, { ConsistencyLevel: 'eventual' })
    expect(second.body.value[0].id).not.toBe(first.body.value[1].id)
    expect(first.body['@odata.count']).toBeGreaterThan(10)
    const count = await call('GET', '/v1.0/users/$count', undefined, { ConsistencyLevel: 'eventual' })
    expect(Number(count.body)).toBe(first.body['@odata.count'])
  })

  test.each([
    ['/v1.0/users/alice@contoso.com', 200],
    ["/v1.0/users('alice@contoso.com')", 200],
    ['/beta/users/Alice@Contoso.com?$select=accountEnabled', 200],
    ["/v1.0/users?$filter=userPrincipalName eq 'alice@contoso.com'", 200],
    ['/v1.0/users/nobody@contoso.com', 404],
    ['/v1.0/users/00000000-0000-4000-8000-000000000000', 404],
    ["/v1.0/users?$filter=noSuchProperty eq 'x'", 400],
    ['/v1.0/me', 400],
    ['/v1.0/nothing', 400],
    ['/v2.0/users', 400],
    ['/v1.0/users/alice@contoso.com/messages', 501],
  ])('GET %s → %i', async (path, status) => {
    expect((await call('GET', path)).status).toBe(status)
  })

  test('members of a group, directly and as a cast', async () => {
    const { body: groups } = await call('GET', "/v1.0/groups?$filter=displayName eq 'Mobile Pilot'")
    const [pilot] = groups.value
    const { body } = await call('GET', `/v1.0/groups/${pilot.id}/members`)
    expect(body.value.length).toBeGreaterThan(0)
    expect(body.value[0]['@odata.type']).toBe('#microsoft.graph.user')
    const cast = await call('GET', `/v1.0/groups/${pilot.id}/transitiveMembers/microsoft.graph.user?$select=id`)
    expect(cast.body.value.length).toBeGreaterThanOrEqual(body.value.length)
    const of = await call('GET', `/v1.0/users/${body.value[0].id}/memberOf/microsoft.graph.group`)
    expect(of.body.value.map((group: { displayName: string }) => group.displayName)).toContain('Mobile Pilot')
  })

  test('a synchronized account is changed on premises only', async () => {
    const { status, body } = await call('PATCH', '/v1.0/users/alice@contoso.com', { accountEnabled: false })
    expect([status, body.error.code]).toEqual([400, 'Request_BadRequest'])
    expect(body.error.message).toContain('on-premises mastered Directory Sync objects')
  })

  test('a cloud-only account is made, signs in, is disabled, and goes', async () => {
    const upn = 'nina@contoso.onmicrosoft.com'
    const passwordProfile = { password: 'Nurse-Pass1', forceChangePasswordNextSignIn: false }
    const wanted = {
      accountEnabled: true,
      displayName: 'Nina',
      mailNickname: 'nina',
      userPrincipalName: upn,
      passwordProfile,
    }
    const created = await call('POST', '/v1.0/users', wanted)
    expect(created.status).toBe(201)
    expect(created.headers.get('location')).toBe(`https://graph.microsoft.com/v1.0/users/${created.body.id}`)
    expect((await call('POST', '/v1.0/users', wanted)).body.error.message).toContain('userPrincipalName already exists')
    const token = await userToken(authority, { upn, password: 'Nurse-Pass1' }, 'https://graph.microsoft.com/User.Read')
    expect((await graphClient(authority, token)('GET', '/v1.0/me')).body.displayName).toBe('Nina')
    expect((await call('PATCH', `/v1.0/users/${upn}`, { accountEnabled: false, jobTitle: 'Nurse' })).status).toBe(204)
    const changed = await call('GET', `/v1.0/users/${upn}?$select=accountEnabled,jobTitle`)
    expect(changed.body).toMatchObject({ accountEnabled: false, jobTitle: 'Nurse' })
    await expect(userToken(authority, { upn, password: 'Nurse-Pass1' }, 'openid')).rejects.toThrow()
    expect((await call('DELETE', `/v1.0/users/${upn}`)).status).toBe(204)
    expect((await call('GET', `/v1.0/users/${upn}`)).status).toBe(404)
  })

  test.each([
    [{}, 'A value is required for property'],
    [{ userPrincipalName: 'x@elsewhere.example' }, "Invalid value specified for property 'userPrincipalName'"],
    [{ userPrincipalName: 'x@contoso.com' }, 'onPremisesImmutableId is required'],
    [{ passwordProfile: { password: 'simple' } }, 'password complexity requirements'],
    [{ favouriteColour: 'red' }, "Property 'favouriteColour' does not exist"],
  ])('POST /users with %j is refused: %s', async (change, message) => {
    const valid = {
      accountEnabled: true,
      displayName: 'X',
      mailNickname: 'x',
      userPrincipalName: 'x@contoso.onmicrosoft.com',
      passwordProfile: { password: 'Long-Enough1' },
    }
    const body = Object.keys(change).length === 0 ? {} : { ...valid, ...change }
    const answer = await call('POST', '/v1.0/users', body)
    expect(answer.status).toBe(400)
    expect(answer.body.error.message).toContain(message)
  })
})

describe('who may', () => {
  test('people see themselves with User.Read, and others with more', async () => {
    const token = await userToken(authority, peggy, 'https://graph.microsoft.com/User.Read')
    const mine = graphClient(authority, token)
    const { status, body } = await mine('GET', '/v1.0/me')
    expect([status, body.userPrincipalName]).toEqual([200, peggy.upn])
    expect(body['@odata.context']).toBe('https://graph.microsoft.com/v1.0/$metadata#users/$entity')
    const others = await mine('GET', '/v1.0/users')
    expect([others.status, others.body.error.code]).toEqual([403, 'Authorization_RequestDenied'])
    expect((await mine('GET', '/v1.0/users/alice@contoso.com')).status).toBe(403)
  })

  test('people change their own password, and sign-ins by the old one end', async () => {
    const upn = 'otto@contoso.onmicrosoft.com'
    const passwordProfile = { password: 'First-Pass1', forceChangePasswordNextSignIn: false }
    const account = { accountEnabled: true, displayName: 'Otto', mailNickname: 'otto', userPrincipalName: upn }
    await call('POST', '/v1.0/users', { ...account, passwordProfile })
    const scope = 'https://graph.microsoft.com/Directory.AccessAsUser.All'
    const mine = graphClient(authority, await userToken(authority, { upn, password: 'First-Pass1' }, scope))
    const change = (currentPassword: string, newPassword: string) =>
      mine('POST', '/v1.0/me/changePassword', { currentPassword, newPassword })
    expect((await change('Wrong-Pass1', 'Second-Pass1')).body.error.message).toContain(
      'current password is not correct',
    )
    expect((await change('First-Pass1', 'simple')).body.error.message).toContain('complexity')
    expect((await change('First-Pass1', 'Second-Pass1')).status).toBe(204)
    const { events } = await authority.manage<{ events: { kind: string }[] }>('/critical-events')
    expect(events[0]?.kind).toBe('passwordChanged')
    await userToken(authority, { upn, password: 'Second-Pass1' }, scope)
    expect((await call('POST', `/v1.0/users/${upn}/changePassword`, {})).status, 'for oneself alone').toBe(403)
  })

  test('an administrative operation needs the permission and the role', async () => {
    const scope = 'https://graph.microsoft.com/User.ReadWrite.All'
    const asPeggy = graphClient(authority, await userToken(authority, peggy, scope))
    const asAdministrator = graphClient(authority, await userToken(authority, breakglass, scope))
    const change = ['PATCH', `/v1.0/users/${breakglass.upn}`, { jobTitle: 'Emergency' }] as const
    expect((await asPeggy('GET', '/v1.0/users')).status).toBe(200)
    expect((await asPeggy(...change)).status).toBe(403)
    expect((await asAdministrator(...change)).status).toBe(204)
  })
})

test('a batch answers each request for itself', async () => {
  const { body } = await call('POST', '/v1.0/$batch', {
    requests: [
      { id: '1', method: 'GET', url: '/organization' },
      { id: '2', method: 'GET', url: '/users/nobody@contoso.com' },
      { id: '3', method: 'GET', url: '/domains', dependsOn: ['2'] },
      { id: '4', method: 'GET', url: "users?$filter=startswith(displayName,'Al')&$select=displayName" },
    ],
  })
  const statuses = body.responses.map(({ id, status }: { id: string; status: number }) => [id, status])
  expect(statuses).toEqual([
    ['1', 200],
    ['2', 404],
    ['3', 424],
    ['4', 200],
  ])
  expect(body.responses[3].body.value[0].displayName).toMatch(/^Al/)
})

test('scripts of every page may call, after asking', async () => {
  const preflight = await call('OPTIONS', '/v1.0/me', undefined, {
    origin: 'https://app.example',
    'access-control-request-headers': 'authorization',
  })
  expect(preflight.status).toBe(204)
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
  expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization')
})
