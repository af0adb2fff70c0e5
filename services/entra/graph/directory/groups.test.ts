import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAuthority, owaRequest, pageId, peggy, type TestAuthority } from '../../_authority.ts'
import { managementOf } from '../../outcomes/_management.ts'
import { appToken, graphClient } from '../_graph.ts'

let authority: TestAuthority
let call: ReturnType<typeof graphClient>

beforeAll(async () => {
  authority = await openAuthority()
  call = graphClient(authority, await appToken(authority))
})

afterAll(() => authority[Symbol.asyncDispose]())

const blank = { displayName: 'Cloud pilots', mailNickname: 'cloudpilots', mailEnabled: false, securityEnabled: true }
const objects = 'https://graph.microsoft.com/v1.0/directoryObjects'
const idOf = async (path: string) => (await call('GET', path)).body.id as string
const names = (body: { value: { displayName: string }[] }) => body.value.map(({ displayName }) => displayName)

async function signInPage(): Promise<string> {
  await using visitor = await authority.visitor()
  const page = await visitor.submit(await visitor.open(owaRequest()), { loginfmt: peggy.upn, passwd: peggy.password })
  return pageId(page)
}

test('a group is made with members, changed, counted in Conditional Access, deleted and restored', async () => {
  const peggyId = await idOf(`/v1.0/users/${peggy.upn}`)
  const breakglassId = await idOf('/v1.0/users/breakglass@contoso.onmicrosoft.com')
  const created = await call('POST', '/v1.0/groups', { ...blank, 'members@odata.bind': [`${objects}/${breakglassId}`] })
  expect(created.status).toBe(201)
  expect(created.body).toMatchObject({ ...blank, onPremisesSyncEnabled: null, groupTypes: [] })
  expect(created.body.securityIdentifier).toMatch(/^S-1-12-1(-\d+){4}$/)
  const path = `/v1.0/groups/${created.body.id}`
  const add = { '@odata.id': `${objects}/${peggyId}` }
  expect((await call('POST', `${path}/members/$ref`, add)).status).toBe(204)
  const again = await call('POST', `${path}/members/$ref`, add)
  expect([again.status, again.body.error.message]).toEqual([
    400,
    expect.stringContaining("already exist for the following modified properties: 'members'"),
  ])
  expect(new Set(names((await call('GET', `${path}/members`)).body)).size).toBe(2)
  const of = await call('GET', `/v1.0/users/${peggyId}/memberOf/microsoft.graph.group?$select=displayName`)
  expect(names(of.body)).toContain('Cloud pilots')
  expect((await call('PATCH', path, { displayName: 'Pilots of the cloud', description: 'Go first' })).status).toBe(204)
  expect((await call('GET', path)).body).toMatchObject({ displayName: 'Pilots of the cloud', description: 'Go first' })
  const policy = await call('POST', '/v1.0/identity/conditionalAccess/policies', {
    displayName: 'Not the pilots',
    state: 'enabled',
    conditions: {
      users: { includeGroups: [created.body.id] },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
    },
    grantControls: { operator: 'OR', builtInControls: ['block'] },
  })
  expect(await signInPage()).toBe('ConvergedError')
  expect((await call('DELETE', path)).status).toBe(204)
  expect((await call('GET', path)).status).toBe(404)
  expect(await signInPage()).toBe('ConvergedTFA')
  const deleted = await call('GET', '/v1.0/directory/deletedItems/microsoft.graph.group')
  expect(deleted.body.value).toMatchObject([{ id: created.body.id, deletedDateTime: expect.stringMatching(/Z$/) }])
  const restored = await call('POST', `/v1.0/directory/deletedItems/${created.body.id}/restore`, {})
  expect([restored.status, restored.body.displayName]).toEqual([200, 'Pilots of the cloud'])
  expect(await signInPage()).toBe('ConvergedError')
  expect((await call('DELETE', `${path}/members/${peggyId}/$ref`)).status).toBe(204)
  expect((await call('DELETE', `${path}/members/${peggyId}/$ref`)).status).toBe(404)
  expect(await signInPage()).toBe('ConvergedTFA')
  await call('DELETE', `/v1.0/identity/conditionalAccess/policies/${policy.body.id}`)
})

test('groups in groups: members, transitive ones, and the groups of a group', async () => {
  const [pilot] = (await call('GET', "/v1.0/groups?$filter=displayName eq 'Mobile Pilot'")).body.value
  const outer = (await call('POST', '/v1.0/groups', { ...blank, displayName: 'Outer' })).body
  const [device] = (await call('GET', '/v1.0/devices')).body.value
  const bind = [`${objects}/${pilot.id}`, `${objects}/${device.id}`]
  expect((await call('PATCH', `/v1.0/groups/${outer.id}`, { 'members@odata.bind': bind })).status).toBe(204)
  expect(names((await call('GET', `/v1.0/groups/${outer.id}/members`)).body)).toEqual([
    'Mobile Pilot',
    device.displayName,
  ])
  const people = (await call('GET', `/v1.0/groups/${outer.id}/transitiveMembers/microsoft.graph.user`)).body.value
  const [someone] = (await call('GET', `/v1.0/groups/${pilot.id}/members`)).body.value
  expect(people.map(({ id }: { id: string }) => id)).toContain(someone.id)
  expect(names((await call('GET', `/v1.0/groups/${pilot.id}/memberOf`)).body)).toEqual(['Outer'])
  expect(names((await call('GET', `/v1.0/devices/${device.id}/transitiveMemberOf`)).body)).toEqual(['Outer'])
  expect(names((await call('GET', `/v1.0/users/${someone.id}/transitiveMemberOf`)).body)).toContain('Outer')
})

test('owners are named when a group is made, added, and removed but for the last', async () => {
  const peggyId = await idOf(`/v1.0/users/${peggy.upn}`)
  const principalId = await idOf("/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')")
  const bind = { 'owners@odata.bind': [`https://graph.microsoft.com/v1.0/users/${peggyId}`] }
  const { id } = (await call('POST', '/v1.0/groups', { ...blank, displayName: 'Owned', ...bind })).body
  const path = `/v1.0/groups/${id}/owners`
  const principal = { '@odata.id': `https://graph.microsoft.com/v1.0/servicePrincipals/${principalId}` }
  expect((await call('DELETE', `${path}/${peggyId}/$ref`)).body.error.message).toContain('at least one owner')
  expect((await call('POST', `${path}/$ref`, principal)).status).toBe(204)
  expect((await call('POST', `${path}/$ref`, principal)).body.error.message).toContain("'owners'")
  const owners = (await call('GET', path)).body.value
  expect(owners.map((owner: { id: string }) => owner.id).sort()).toEqual([peggyId, principalId].sort())
  expect((await call('DELETE', `${path}/${peggyId}/$ref`)).status).toBe(204)
  expect((await call('GET', `/v1.0/groups/${id}/members`)).body.value, 'an owner is no member').toEqual([])
})

test('a full synchronization leaves groups of the cloud alone', async () => {
  const { id } = (await call('POST', '/v1.0/groups', { ...blank, displayName: 'Stays' })).body
  const { status } = await managementOf(authority, 'directory')('POST', '/synchronize', { full: true })
  expect(status).toBe(200)
  expect((await call('GET', `/v1.0/groups/${id}`)).status).toBe(200)
})

test.each([
  { change: { mailNickname: undefined }, status: 400, message: "A value is required for property 'mailNickname'" },
  { change: { mailNickname: 'a b' }, status: 400, message: "Invalid value specified for property 'mailNickname'" },
  { change: { mailEnabled: true }, status: 400, message: 'does not support creation of mail-enabled security groups' },
  { change: { colour: 'red' }, status: 400, message: "Property 'colour' does not exist" },
  {
    change: { 'members@odata.bind': ['https://elsewhere.example/users/1'] },
    status: 400,
    message: 'Invalid URL format',
  },
  {
    change: { 'members@odata.bind': [`${objects}/00000000-0000-4000-8000-000000000000`] },
    status: 404,
    message: 'does not exist',
  },
  { change: { groupTypes: ['Unified'] }, status: 501, message: 'Microsoft 365 groups' },
  { change: { groupTypes: ['DynamicMembership'] }, status: 501, message: 'dynamic membership' },
])('POST /groups with $change is refused: $status $message', async ({ change, status, message }) => {
  const answer = await call('POST', '/v1.0/groups', { ...blank, ...change })
  expect([answer.status, answer.body.error.message]).toEqual([status, expect.stringContaining(message)])
})

test('a synchronized group is changed on premises only', async () => {
  const [{ id }] = (await call('GET', "/v1.0/groups?$filter=displayName eq 'Mobile Pilot'")).body.value
  for (const attempt of [
    () => call('PATCH', `/v1.0/groups/${id}`, { displayName: 'X' }),
    () => call('DELETE', `/v1.0/groups/${id}`),
    () => call('POST', `/v1.0/groups/${id}/members/$ref`, { '@odata.id': `${objects}/${id}` }),
  ]) {
    const { status, body } = await attempt()
    expect([status, body.error.message]).toEqual([400, expect.stringContaining('on-premises mastered')])
  }
})

test('deleted accounts: their name is free, they come back while nobody has it, and go for good', async () => {
  const account = (userPrincipalName: string) => ({
    accountEnabled: true,
    displayName: 'Olga',
    mailNickname: 'olga',
    userPrincipalName,
    passwordProfile: { password: 'Nurse-Pass1', forceChangePasswordNextSignIn: false },
  })
  const upn = 'olga@contoso.onmicrosoft.com'
  const first = (await call('POST', '/v1.0/users', account(upn))).body
  await call('DELETE', `/v1.0/users/${first.id}`)
  const item = `/v1.0/directory/deletedItems/${first.id}`
  const deleted = (await call('GET', item)).body
  expect(deleted).toMatchObject({
    '@odata.type': '#microsoft.graph.user',
    userPrincipalName: `${first.id.replaceAll('-', '')}${upn}`,
  })
  const second = (await call('POST', '/v1.0/users', account(upn))).body
  const refused = await call('POST', `${item}/restore`, {})
  expect([refused.status, refused.body.error.message]).toEqual([
    400,
    expect.stringContaining('userPrincipalName already exists'),
  ])
  await call('PATCH', `/v1.0/users/${second.id}`, { userPrincipalName: 'olga2@contoso.onmicrosoft.com' })
  expect((await call('POST', `${item}/restore`, {})).body).toMatchObject({ id: first.id, userPrincipalName: upn })
  expect((await call('GET', `/v1.0/users/${upn}`)).body.id).toBe(first.id)
  await call('DELETE', `/v1.0/users/${first.id}`)
  expect((await call('DELETE', item)).status).toBe(204)
  expect((await call('GET', item)).status).toBe(404)
})

test('a deleted registration takes its service principal along, and both come back', async () => {
  const { id, appId } = (await call('POST', '/v1.0/applications', { displayName: 'Comes back' })).body
  const principal = (await call('POST', '/v1.0/servicePrincipals', { appId })).body
  await call('DELETE', `/v1.0/applications/${id}`)
  expect((await call('GET', `/v1.0/servicePrincipals/${principal.id}`)).status).toBe(404)
  const deleted = (await call('GET', `/v1.0/directory/deletedItems/microsoft.graph.application`)).body.value
  expect(deleted).toMatchObject([{ id, appId }])
  expect((await call('POST', `/v1.0/directory/deletedItems/${id}/restore`, {})).status).toBe(200)
  expect((await call('GET', `/v1.0/servicePrincipals/${principal.id}`)).body.appId).toBe(appId)
})

test('after thirty days nothing comes back', async () => {
  const { id } = (await call('POST', '/v1.0/groups', { ...blank, displayName: 'Gone' })).body
  await call('DELETE', `/v1.0/groups/${id}`)
  await authority.stack.clock.advance(30 * 24 * 3_600_000)
  call = graphClient(authority, await appToken(authority))
  expect((await call('GET', `/v1.0/directory/deletedItems/${id}`)).status).toBe(404)
})
