import { decodeJwt } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openAuthority, pageConfig, peggy, type TestAuthority } from '../_authority.ts'
import { appToken, graphClient } from '../graph/_graph.ts'
import { apps, authorizeUrl, tenantId, tokenRequests } from './_token-requests.ts'

const scope = `openid profile offline_access api://${apps.tasks}/Tasks.Read`
const webRequest = { client_id: apps.web, redirect_uri: 'http://localhost:3000/signin-oidc', scope }
const mine = { client_id: apps.web, client_secret: apps.webSecret }
let authority: TestAuthority
let requests: ReturnType<typeof tokenRequests>
let graph: ReturnType<typeof graphClient>

beforeEach(async () => {
  authority = await openAuthority()
  requests = tokenRequests(authority)
  graph = graphClient(authority, await appToken(authority))
})

afterEach(() => authority[Symbol.asyncDispose]())

async function tokens(resource = scope) {
  const callback = await requests.callbackOf(authorizeUrl({ ...webRequest, scope: resource }))
  const code = callback.searchParams.get('code') ?? ''
  const { redirect_uri } = webRequest
  const { body } = await requests.token({ ...mine, redirect_uri, grant_type: 'authorization_code', code })
  return {
    id: decodeJwt(body.id_token ?? ''),
    access: decodeJwt(body.access_token ?? ''),
    refresh: body.refresh_token ?? '',
  }
}

const byAppId = async (set: 'applications' | 'servicePrincipals', appId: string) =>
  (await graph('GET', `/v1.0/${set}?$filter=appId eq '${appId}'`)).body.value[0]

async function change(set: 'applications' | 'servicePrincipals', appId: string, body: object): Promise<void> {
  const { id } = await byAppId(set, appId)
  expect((await graph('PATCH', `/v1.0/${set}/${id}`, body)).status).toBe(204)
}

async function assign(appId: string, principalId: string, appRoleId = '00000000-0000-0000-0000-000000000000') {
  const { id: resourceId } = await byAppId('servicePrincipals', appId)
  const path = `/v1.0/servicePrincipals/${resourceId}/appRoleAssignedTo`
  expect((await graph('POST', path, { principalId, resourceId, appRoleId })).status).toBe(201)
}

const peggyId = async () => (await graph('GET', `/v1.0/users/${peggy.upn}`)).body.id as string

test("an API of the tenant is told little: the v2 access token's claims, and nothing of Exchange's", async () => {
  const { access, id } = await tokens()
  expect(Object.keys(access).sort()).toEqual(
    'aio aud azp azpacr exp iat iss name nbf oid preferred_username rh scp sid sub tid uti ver'.split(' '),
  )
  expect(Object.keys(id).sort()).toEqual(
    'aio aud exp iat iss name nbf oid preferred_username rh sid sub tid uti ver'.split(' '),
  )
})

test("the same API as v1: its claims are the v1 access token's", async () => {
  await change('applications', apps.tasks, { api: { requestedAccessTokenVersion: 1 } })
  const { access } = await tokens()
  expect(access).toMatchObject({
    aud: `api://${apps.tasks}`,
    iss: `https://sts.windows.net/${tenantId}/`,
    ver: '1.0',
    appid: apps.web,
    appidacr: '1',
    upn: peggy.upn,
    unique_name: peggy.upn,
    amr: ['pwd'],
  })
  for (const name of ['idtyp', 'wids', 'signin_state', 'acct', 'azp']) expect(access).not.toHaveProperty(name)
})

test('groups and optional claims as the registrations want them, of the client in one token, of the API in the other', async () => {
  const optional = (...names: string[]) => names.map((name) => ({ name, essential: false }))
  await change('applications', apps.web, {
    groupMembershipClaims: 'SecurityGroup',
    optionalClaims: {
      idToken: [...optional('upn', 'auth_time', 'login_hint', 'nonsense'), { name: 'x', source: 'user' }],
    },
  })
  await change('applications', apps.tasks, {
    groupMembershipClaims: 'DirectoryRole',
    optionalClaims: { accessToken: optional('ipaddr', 'acct', 'email') },
  })
  const { id, access } = await tokens()
  const memberOf = (await graph('GET', `/v1.0/users/${peggy.upn}/transitiveMemberOf`)).body.value as { id: string }[]
  expect(id).toMatchObject({ upn: peggy.upn, auth_time: expect.any(Number), login_hint: expect.stringMatching(/^O\./) })
  expect(new Set(id.groups as string[])).toEqual(new Set(memberOf.map((group) => group.id)))
  expect(id).not.toHaveProperty('nonsense')
  expect(access).toMatchObject({
    ipaddr: '203.0.113.10',
    acct: 0,
    email: expect.stringContaining('@'),
    wids: [expect.any(String)],
  })
  expect(access).not.toHaveProperty('groups')
})

test('roles: of the client in the id_token, of the API in the access token, also through a group', async () => {
  const role = (id: string, value: string) => ({ id, value, displayName: value, allowedMemberTypes: ['User'] })
  const [reader, writer] = ['b0000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000002'] as const
  await change('applications', apps.web, { appRoles: [role(reader, 'Reader')] })
  await change('applications', apps.tasks, { appRoles: [role(writer, 'Writer')] })
  const [group] = (await graph('GET', `/v1.0/users/${peggy.upn}/transitiveMemberOf`)).body.value
  await assign(apps.web, await peggyId(), reader)
  await assign(apps.tasks, group.id, writer)
  const { id, access } = await tokens()
  expect([id.roles, access.roles]).toEqual([['Reader'], ['Writer']])
})

test.each([
  { which: 'the client', appId: apps.web, name: 'Sample Web App' },
  { which: 'the API', appId: apps.tasks, name: 'Sample Tasks API' },
])(
  'assignment that $which requires: AADSTS50105 on the page, silently and for renewals, until there is one',
  async ({ appId, name }) => {
    const { refresh } = await tokens()
    await change('servicePrincipals', appId, { appRoleAssignmentRequired: true })
    const renewal = { ...mine, grant_type: 'refresh_token', refresh_token: refresh, scope }
    expect((await requests.token(renewal)).body).toMatchObject({ error: 'invalid_grant', error_codes: [50105] })
    await using visitor = await authority.visitor()
    const url = authorizeUrl(webRequest)
    const refused = await visitor.submit(await visitor.open(url), { loginfmt: peggy.upn, passwd: peggy.password })
    expect(pageConfig(refused).iErrorCode).toBe(50105)
    expect(pageConfig(refused).strServiceExceptionMessage).toContain(
      `has configured the application ${name} ('${appId}')`,
    )
    expect((await authority.lastEvent('/common/login')).reasons).toEqual([`${name} requires assignment`])
    await assign(appId, await peggyId())
    expect((await requests.token(renewal)).status).toBe(200)
    await tokens()
  },
)

test('an API that requires assignment takes no application without a role (AADSTS501051)', async () => {
  await change('servicePrincipals', apps.tasks, { appRoleAssignmentRequired: true })
  const daemon = { client_id: apps.web, client_secret: apps.webSecret, grant_type: 'client_credentials' }
  const request = { ...daemon, scope: `api://${apps.tasks}/.default` }
  expect((await requests.token(request)).body).toMatchObject({ error: 'invalid_grant', error_codes: [501051] })
  await assign(apps.tasks, (await byAppId('servicePrincipals', apps.web)).id)
  const { body } = await requests.token(request)
  expect(decodeJwt(body.access_token ?? '')).not.toHaveProperty('idtyp')
  await change('applications', apps.tasks, { optionalClaims: { accessToken: [{ name: 'idtyp' }] } })
  expect(decodeJwt((await requests.token(request)).body.access_token ?? '')).toMatchObject({ idtyp: 'app' })
})
