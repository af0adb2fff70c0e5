import {
  BatchRequestContent,
  BatchResponseContent,
  Client,
  GraphError,
  PageIterator,
} from '@microsoft/microsoft-graph-client'
import { ProxyAgent } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAuthority, peggy, type TestAuthority } from '../_authority.ts'
import { appToken, graph, userToken } from './_graph.ts'

/** Microsoft's own client, with nothing set but the proxy and its CA. */
let authority: TestAuthority
let agent: ProxyAgent
let daemon: Client
let person: Client

beforeAll(async () => {
  authority = await openAuthority()
  agent = new ProxyAgent({
    uri: authority.stack.proxy('internet'),
    requestTls: { ca: authority.stack.authority.caPem },
  })
  daemon = clientWith(await appToken(authority))
  person = clientWith(await userToken(authority, peggy, `${graph}/User.Read`))
})

afterAll(async () => {
  await agent.destroy()
  await authority[Symbol.asyncDispose]()
})

function clientWith(token: string): Client {
  return Client.initWithMiddleware({
    authProvider: { getAccessToken: async () => token },
    fetchOptions: { dispatcher: agent } as object,
  })
}

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: GraphError) => error,
  )

interface Named {
  readonly id: string
  readonly displayName: string
}
interface Page<T> {
  readonly value: readonly T[]
}
const nameOf = ({ displayName }: Named) => displayName

describe('people and devices', () => {
  test('me, and what may be picked of it', async () => {
    const me = await person.api('/me').get()
    expect(me.userPrincipalName).toBe(peggy.upn)
    expect(me, 'not among what is sent unasked').not.toHaveProperty('userType')
    const picked = await person.api('/me').select(['displayName', 'accountEnabled']).get()
    expect(Object.keys(picked)).toEqual(['@odata.context', 'displayName', 'accountEnabled'])
  })

  test('users: filtered, in order, counted', async () => {
    const page = await daemon
      .api('/users')
      .header('ConsistencyLevel', 'eventual')
      .filter("startsWith(userPrincipalName,'a') or userPrincipalName eq 'bob@contoso.com'")
      .orderby('displayName desc')
      .select(['displayName', 'userPrincipalName'])
      .count(true)
      .top(5)
      .get()
    const found = page.value.map(nameOf)
    expect(found).toEqual([...found].sort().reverse())
    expect(found.length).toBeGreaterThan(1)
    expect(page['@odata.count']).toBe(found.length)
  })

  test('every page, as the iterator walks them', async () => {
    const seen: string[] = []
    const first = await daemon.api('/users').top(3).get()
    expect(first['@odata.nextLink']).toContain('$skiptoken=')
    await new PageIterator(daemon, first, ({ id }: Named) => seen.push(id) > 0).iterate()
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.length).toBe(((await daemon.api('/users').top(999).get()) as Page<Named>).value.length)
  })

  test('an account of the cloud: made, changed, found, deleted, restored', async () => {
    const made = await daemon.api('/users').post({
      accountEnabled: true,
      displayName: 'Walter',
      mailNickname: 'walter',
      userPrincipalName: 'walter@contoso.onmicrosoft.com',
      passwordProfile: { password: 'Warden-Pass1', forceChangePasswordNextSignIn: false },
    })
    await daemon.api(`/users/${made.id}`).patch({ jobTitle: 'Warden' })
    expect(await daemon.api(`/users/${made.id}`).select('jobTitle').get()).toMatchObject({ jobTitle: 'Warden' })
    await daemon.api(`/users/${made.id}`).delete()
    const deleted: Page<Named> = await daemon.api('/directory/deletedItems/microsoft.graph.user').get()
    expect(deleted.value.map(({ id }) => id)).toEqual([made.id])
    expect(await daemon.api(`/directory/deletedItems/${made.id}/restore`).post({})).toMatchObject({ id: made.id })
    await daemon.api(`/users/${made.id}`).delete()
  })

  test('groups: members come and go', async () => {
    const group = await daemon
      .api('/groups')
      .post({ displayName: 'Readers', mailNickname: 'readers', mailEnabled: false, securityEnabled: true })
    const { id } = await daemon.api(`/users/${peggy.upn}`).get()
    await daemon.api(`/groups/${group.id}/members/$ref`).post({ '@odata.id': `${graph}/v1.0/directoryObjects/${id}` })
    const { value }: Page<Named> = await daemon.api(`/groups/${group.id}/members`).get()
    expect(value.map((member) => member.id)).toEqual([id])
    const mine: Page<Named> = await person.api('/me/memberOf').get()
    expect(mine.value.map(nameOf)).toContain('Readers')
    await daemon.api(`/groups/${group.id}/members/${id}/$ref`).delete()
    await daemon.api(`/groups/${group.id}`).delete()
    expect(await refusal(daemon.api(`/groups/${group.id}`).get())).toMatchObject({ statusCode: 404 })
  })

  test('devices, and those that are managed', async () => {
    const { value }: Page<Named & { isManaged: boolean }> = await daemon.api('/devices').get()
    expect(value.length).toBeGreaterThan(2)
    const managed: Page<{ complianceState: string }> = await daemon.api('/deviceManagement/managedDevices').get()
    expect(managed.value).toHaveLength(value.filter(({ isManaged }) => isManaged).length)
    const compliant = await daemon
      .api('/deviceManagement/managedDevices')
      .filter("complianceState eq 'compliant'")
      .get()
    expect(compliant.value.length).toBeGreaterThan(0)
  })
})

describe('applications', () => {
  test('a registration is made and used at once in its own name', async () => {
    const application = await daemon.api('/applications').post({ displayName: 'Made by a program' })
    const principal = await daemon.api('/servicePrincipals').post({ appId: application.appId })
    const passwordCredential = { displayName: 'Program' }
    const { secretText } = await daemon.api(`/applications/${application.id}/addPassword`).post({ passwordCredential })
    const api = await daemon.api("/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')").get()
    const role = (name: string) => api.appRoles.find(({ value }: { value: string }) => value === name).id
    await daemon.api(`/servicePrincipals/${principal.id}/appRoleAssignments`).post({
      principalId: principal.id,
      resourceId: api.id,
      appRoleId: role('Organization.Read.All'),
    })
    const own = clientWith(await appToken(authority, { id: application.appId, secret: secretText }))
    expect(((await own.api('/organization').get()) as Page<Named>).value.map(nameOf)).toEqual(['Contoso'])
    const denied = await refusal(own.api('/users').get())
    expect(denied).toMatchObject({ statusCode: 403, code: 'Authorization_RequestDenied' })
    const assigned: Page<{ appRoleId: string }> = await daemon
      .api(`/servicePrincipals/${principal.id}/appRoleAssignments`)
      .get()
    expect(assigned.value).toHaveLength(1)
    const group = await daemon
      .api('/groups')
      .post({ displayName: 'Testers', mailNickname: 'testers', mailEnabled: false, securityEnabled: true })
    const { id: userId } = await daemon.api(`/users/${peggy.upn}`).get()
    const bind = { 'members@odata.bind': [`${graph}/v1.0/directoryObjects/${userId}`] }
    await daemon.api(`/groups/${group.id}`).patch(bind)
    const access = { resourceId: principal.id, appRoleId: '00000000-0000-0000-0000-000000000000' }
    const ofGroup = await daemon
      .api(`/groups/${group.id}/appRoleAssignments`)
      .post({ principalId: group.id, ...access })
    const rolesOf = async (): Promise<readonly object[]> =>
      (await daemon.api(`/users/${userId}/appRoleAssignments`).get()).value
    expect(await rolesOf()).toContainEqual(expect.objectContaining({ id: ofGroup.id, principalType: 'Group' }))
    await daemon.api(`/groups/${group.id}/appRoleAssignments/${ofGroup.id}`).delete()
    expect(await rolesOf()).toEqual([])
    const grant = await daemon.api('/oauth2PermissionGrants').post({
      clientId: principal.id,
      consentType: 'AllPrincipals',
      resourceId: api.id,
      scope: 'User.Read',
    })
    await daemon.api(`/oauth2PermissionGrants/${grant.id}`).patch({ scope: 'User.Read Mail.Read' })
    const grants = await daemon.api('/oauth2PermissionGrants').filter(`clientId eq '${principal.id}'`).get()
    expect(grants.value).toMatchObject([{ scope: 'User.Read Mail.Read' }])
    await daemon.api(`/applications/${application.id}`).delete()
    await expect(appToken(authority, { id: application.appId, secret: secretText })).rejects.toThrow('AADSTS700016')
  })
})

describe('Conditional Access', () => {
  test('ENV-7 a location, a strength and a policy that uses both; What-If; changed and deleted', async () => {
    const location = await daemon.api('/identity/conditionalAccess/namedLocations').post({
      '@odata.type': '#microsoft.graph.ipNamedLocation',
      displayName: 'Test bench',
      isTrusted: false,
      ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '192.0.2.0/24' }],
    })
    const strength = await daemon.api('/identity/conditionalAccess/authenticationStrength/policies').post({
      displayName: 'Keys only',
      allowedCombinations: ['fido2'],
    })
    const { id: userId } = await daemon.api(`/users/${peggy.upn}`).get()
    const policies = daemon.api('/identity/conditionalAccess/policies')
    const policy = await policies.post({
      displayName: 'Keys at the bench',
      state: 'enabled',
      conditions: {
        users: { includeUsers: [userId] },
        applications: { includeApplications: ['All'] },
        clientAppTypes: ['all'],
        locations: { includeLocations: [location.id] },
      },
      grantControls: { operator: 'OR', builtInControls: [], authenticationStrength: { id: strength.id } },
    })
    expect(policy.grantControls.authenticationStrength.displayName).toBe('Keys only')
    const whatIf = async (ipAddress: string): Promise<readonly string[]> => {
      const { value } = await daemon.api('/identity/conditionalAccess/evaluate').post({
        signInIdentity: { '@odata.type': '#microsoft.graph.userSignIn', userId },
        signInContext: {
          '@odata.type': '#microsoft.graph.applicationContext',
          includeApplications: ['00000003-0000-0000-c000-000000000000'],
        },
        signInConditions: { clientAppType: 'browser', ipAddress },
        appliedPoliciesOnly: true,
      })
      return value.map(nameOf)
    }
    expect(await whatIf('192.0.2.7')).toEqual(['Keys at the bench'])
    expect(await whatIf('203.0.113.7')).toEqual([])
    const path = `/identity/conditionalAccess/policies/${policy.id}`
    await daemon.api(path).patch({ state: 'enabledForReportingButNotEnforced' })
    expect(await daemon.api(path).get()).toMatchObject({ state: 'enabledForReportingButNotEnforced' })
    await daemon.api(path).delete()
    await daemon.api(`/identity/conditionalAccess/namedLocations/${location.id}`).delete()
    await daemon.api(`/identity/conditionalAccess/authenticationStrength/policies/${strength.id}`).delete()
  })

  test('the sign-in log tells the policies of a sign-in, and how the person proved who they are', async () => {
    const { value } = await daemon
      .api('/auditLogs/signIns')
      .version('beta')
      .filter(`userPrincipalName eq '${peggy.upn}'`)
      .orderby('createdDateTime desc')
      .top(1)
      .get()
    expect(value).toMatchObject([
      {
        userPrincipalName: peggy.upn,
        status: { errorCode: 0 },
        appliedConditionalAccessPolicies: expect.arrayContaining([
          expect.objectContaining({ displayName: 'Require MFA for Outlook on the web', result: 'notApplied' }),
        ]),
        authenticationDetails: [expect.objectContaining({ authenticationMethod: 'Password', succeeded: true })],
      },
    ])
  })

  test('authentication methods: a phone is added, changed and removed; a pass is given', async () => {
    const path = `/users/${peggy.upn}/authentication`
    const phone = await daemon.api(`${path}/phoneMethods`).post({ phoneNumber: '+49 15112345678', phoneType: 'mobile' })
    expect(phone).toMatchObject({ phoneNumber: '+49 15112345678', phoneType: 'mobile' })
    await daemon.api(`${path}/phoneMethods/${phone.id}`).patch({ phoneNumber: '+49 15187654321', phoneType: 'mobile' })
    const { value } = await daemon.api(`${path}/methods`).get()
    expect(value).toContainEqual(expect.objectContaining({ id: phone.id, phoneNumber: '+49 15187654321' }))
    await daemon.api(`${path}/phoneMethods/${phone.id}`).delete()
    const pass = await daemon.api(`${path}/temporaryAccessPassMethods`).post({ lifetimeInMinutes: 60 })
    expect(pass).toMatchObject({ isUsable: true, temporaryAccessPass: expect.stringMatching(/^.{8,}$/) })
    await daemon.api(`${path}/temporaryAccessPassMethods/${pass.id}`).delete()
  })
})

describe('protocol', () => {
  test('a batch of the library', async () => {
    const blank = { displayName: 'Short', mailNickname: 'short', mailEnabled: false, securityEnabled: true }
    const group = await daemon.api('/groups').post(blank)
    const content = new BatchRequestContent([
      { id: '1', request: new Request(`${graph}/users/${peggy.upn}`, { method: 'GET' }) },
      { id: '2', request: new Request(`${graph}/users/nobody@contoso.com`, { method: 'GET' }) },
      { id: '3', request: new Request(`${graph}/groups/${group.id}`, { method: 'DELETE' }) },
    ])
    const answer = new BatchResponseContent(await daemon.api('/$batch').post(await content.getContent()))
    expect(await answer.getResponseById('1').json()).toMatchObject({ userPrincipalName: peggy.upn })
    expect(answer.getResponseById('2').status).toBe(404)
    expect(answer.getResponseById('3').status).toBe(204)
  })

  test.each([
    { what: 'an unknown account', path: '/users/nobody@contoso.com', status: 404, code: 'Request_ResourceNotFound' },
    { what: 'an unknown property', path: '/users?$select=colour', status: 400, code: 'BadRequest' },
    { what: 'a broken filter', path: "/users?$filter=displayName eq 'x", status: 400, code: 'BadRequest' },
    { what: 'no such segment', path: '/nothing', status: 400, code: 'BadRequest' },
    { what: 'a gap', path: '/subscriptions', status: 501, code: 'NotImplemented' },
  ])('$what → GraphError $status $code', async ({ path, status, code }) => {
    const error = await refusal(daemon.api(path).get())
    expect(error).toBeInstanceOf(GraphError)
    expect(error).toMatchObject({ statusCode: status, code, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  })

  test('a token that is none → 401; a permission that is missing → 403', async () => {
    expect(await refusal(clientWith('a.b.c').api('/me').get())).toMatchObject({
      statusCode: 401,
      code: 'InvalidAuthenticationToken',
    })
    expect(await refusal(person.api('/identity/conditionalAccess/policies').get())).toMatchObject({ statusCode: 403 })
  })
})
