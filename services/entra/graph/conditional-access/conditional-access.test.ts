import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAuthority, owaRequest, pageId, peggy, type TestAuthority } from '../../_authority.ts'
import { appToken, graphClient } from '../_graph.ts'

const policies = '/v1.0/identity/conditionalAccess/policies'
const locations = '/v1.0/identity/conditionalAccess/namedLocations'
const strengths = '/v1.0/identity/conditionalAccess/authenticationStrength/policies'
const exchange = '00000002-0000-0ff1-ce00-000000000000'

let authority: TestAuthority
let call: ReturnType<typeof graphClient>
let peggyId: string

beforeAll(async () => {
  authority = await openAuthority()
  call = graphClient(authority, await appToken(authority))
  peggyId = (await call('GET', `/v1.0/users/${peggy.upn}?$select=id`)).body.id
})

afterAll(() => authority[Symbol.asyncDispose]())

const blockExchange = {
  displayName: 'Block Exchange',
  state: 'enabled',
  conditions: {
    users: { includeUsers: ['All'] },
    applications: { includeApplications: [exchange] },
    clientAppTypes: ['all'],
  },
  grantControls: { operator: 'OR', builtInControls: ['block'] },
}

async function signInPage(): Promise<string> {
  await using visitor = await authority.visitor()
  const page = await visitor.submit(await visitor.open(owaRequest()), { loginfmt: peggy.upn, passwd: peggy.password })
  return pageId(page)
}

describe('policies', () => {
  test('are made, found, changed and deleted, and count at once', async () => {
    expect(await signInPage()).toBe('ConvergedTFA')
    const created = await call('POST', policies, { ...blockExchange, state: 'disabled' })
    expect(created.status).toBe(201)
    expect(created.body).toMatchObject({
      '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#identity/conditionalAccess/policies/$entity',
      displayName: 'Block Exchange',
      conditions: { platforms: null, userRiskLevels: [], times: null },
      sessionControls: null,
    })
    const path = `${policies}/${created.body.id}`
    expect(await signInPage()).toBe('ConvergedTFA')
    expect((await call('PATCH', path, { state: 'enabled' })).status).toBe(204)
    expect(await signInPage()).toBe('ConvergedError')
    const excluded = { conditions: { users: { excludeUsers: [peggyId] } } }
    expect((await call('PATCH', path, excluded)).status).toBe(204)
    expect((await call('GET', path)).body.conditions.users).toMatchObject({
      includeUsers: ['All'],
      excludeUsers: [peggyId],
    })
    expect(await signInPage()).toBe('ConvergedTFA')
    const named = await call('GET', `${policies}?$filter=displayName eq 'Block Exchange'&$select=id,state`)
    expect(named.body.value).toEqual([{ id: created.body.id, state: 'enabled' }])
    expect((await call('DELETE', path)).status).toBe(204)
    expect((await call('GET', path)).status).toBe(404)
  })

  test('members of enumerations are read in any case, and told as they are declared', async () => {
    const conditions = {
      ...blockExchange.conditions,
      clientAppTypes: ['All'],
      platforms: { includePlatforms: ['IOS'] },
    }
    const grantControls = { operator: 'or', builtInControls: ['Mfa'] }
    const { status, body } = await call('POST', policies, {
      ...blockExchange,
      conditions,
      grantControls,
      state: 'Disabled',
    })
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        state: 'disabled',
        conditions: { clientAppTypes: ['all'], platforms: { includePlatforms: ['iOS'] } },
        grantControls: { operator: 'OR', builtInControls: ['mfa'] },
      },
    })
    await call('DELETE', `${policies}/${body.id}`)
  })

  test.each([
    { change: { state: 'maybe' }, code: '1007' },
    { change: { displayName: undefined }, code: '1007' },
    { change: { colour: 'red' }, code: '1007' },
    { change: { conditions: { ...blockExchange.conditions, clientAppTypes: [] } }, code: '1064' },
    { change: { conditions: { ...blockExchange.conditions, users: {} } }, code: 'InvalidUsers' },
    {
      change: { conditions: { ...blockExchange.conditions, users: { includeUsers: ['alice'] } } },
      code: 'InvalidUsers',
    },
    {
      change: { conditions: { ...blockExchange.conditions, users: { includeRoles: ['Global Administrator'] } } },
      code: 'InvalidUsers',
    },
    { change: { conditions: { ...blockExchange.conditions, applications: {} } }, code: 'InvalidApplications' },
    {
      change: { conditions: { ...blockExchange.conditions, applications: { includeApplications: ['nothing'] } } },
      code: 'InvalidApplications',
    },
    {
      change: {
        conditions: {
          ...blockExchange.conditions,
          applications: { includeApplications: ['All'], includeUserActions: ['urn:user:registersecurityinfo'] },
        },
      },
      code: '1012',
    },
    {
      change: { conditions: { ...blockExchange.conditions, locations: { includeLocations: ['nowhere'] } } },
      code: 'InvalidLocations',
    },
    {
      change: {
        conditions: { ...blockExchange.conditions, devices: { deviceFilter: { mode: 'include', rule: 'device.x' } } },
      },
      code: 'InvalidDeviceFilter',
    },
    { change: { grantControls: null }, code: 'InvalidControls' },
    { change: { grantControls: { operator: 'OR', builtInControls: ['block', 'mfa'] } }, code: 'InvalidControls' },
    {
      change: { grantControls: { operator: 'OR', builtInControls: ['compliantApplication'] } },
      code: 'InvalidControls',
    },
    {
      change: { grantControls: { operator: 'OR', builtInControls: ['passwordChange'] } },
      code: 'InvalidPasswordResetControl',
    },
    {
      change: {
        grantControls: {
          operator: 'OR',
          builtInControls: ['mfa'],
          authenticationStrength: { id: '00000000-0000-0000-0000-000000000002' },
        },
      },
      code: 'InvalidControls',
    },
    {
      change: {
        grantControls: { operator: 'OR', authenticationStrength: { id: '00000000-0000-0000-0000-000000000009' } },
      },
      code: 'InvalidControls',
    },
    {
      change: { sessionControls: { persistentBrowser: { isEnabled: true, mode: 'always' } } },
      code: 'InvalidSessionControls',
    },
    {
      change: { sessionControls: { signInFrequency: { isEnabled: true, value: 40, type: 'hours' } } },
      code: 'InvalidSessionControls',
    },
  ])('$change is refused: $code', async ({ change, code }) => {
    const { status, body } = await call('POST', policies, { ...blockExchange, ...change })
    expect([status, body.error?.code]).toEqual([400, 'BadRequest'])
    expect(body.error.message).toContain(code)
    expect((await authority.lastEvent('/v1.0/identity/conditionalAccess/policies')).reasons?.length).toBeGreaterThan(0)
  })

  test('a policy of the shape of the documentation, with annotations and a whole strength', async () => {
    const [mfa] = (await call('GET', `${strengths}?$filter=policyType eq 'builtIn'`)).body.value
    const created = await call('POST', policies, {
      '@odata.type': '#microsoft.graph.conditionalAccessPolicy',
      displayName: 'Strong',
      state: 'enabledForReportingButNotEnforced',
      conditions: {
        clientAppTypes: ['all'],
        applications: { includeApplications: ['All'], excludeApplications: [], includeUserActions: [] },
        users: { includeUsers: ['All'], excludeGroups: [], includeGuestsOrExternalUsers: null },
        platforms: null,
        locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] },
        times: null,
        deviceStates: null,
        servicePrincipalRiskLevels: [],
      },
      grantControls: { operator: 'OR', builtInControls: [], authenticationStrength: mfa },
      sessionControls: { signInFrequency: { isEnabled: true, value: 4, type: 'hours' } },
    })
    expect(created.status).toBe(201)
    expect(created.body.grantControls.authenticationStrength).toMatchObject({
      displayName: 'Multifactor authentication',
    })
    const usage = await call('GET', `${strengths}/${mfa.id}/usage`)
    expect(usage.body.mfa.map(({ displayName }: { displayName: string }) => displayName)).toEqual(['Strong'])
    await call('DELETE', `${policies}/${created.body.id}`)
  })
})

describe('named locations', () => {
  test('a range is where somebody stands, from the next sign-in on', async () => {
    const created = await call('POST', locations, {
      '@odata.type': '#microsoft.graph.ipNamedLocation',
      displayName: 'Everywhere outside',
      isTrusted: false,
      ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '203.0.113.0/24' }],
    })
    expect(created.status).toBe(201)
    const { id } = created.body
    const policy = await call('POST', policies, {
      ...blockExchange,
      displayName: 'Block from there',
      conditions: { ...blockExchange.conditions, locations: { includeLocations: [id] } },
    })
    expect(await signInPage()).toBe('ConvergedError')
    const elsewhere = {
      '@odata.type': '#microsoft.graph.ipNamedLocation',
      ipRanges: [{ '@odata.type': '#microsoft.graph.iPv6CidrRange', cidrAddress: '2001:db8::/32' }],
    }
    expect((await call('PATCH', `${locations}/${id}`, elsewhere)).status).toBe(204)
    expect(await signInPage()).toBe('ConvergedTFA')
    expect((await call('DELETE', `${locations}/${id}`)).status).toBe(400)
    await call('DELETE', `${policies}/${policy.body.id}`)
    expect((await call('DELETE', `${locations}/${id}`)).status).toBe(204)
  })

  test.each([
    [{ displayName: 'x', ipRanges: [] }, "property '@odata.type'"],
    [{ '@odata.type': '#microsoft.graph.ipNamedLocation', displayName: 'x', ipRanges: [] }, 'ipRanges'],
    [
      {
        '@odata.type': '#microsoft.graph.ipNamedLocation',
        displayName: 'x',
        ipRanges: [{ cidrAddress: '10.0.0.0/8' }],
      },
      'ipRanges/0/cidrAddress',
    ],
    [
      { '@odata.type': '#microsoft.graph.countryNamedLocation', displayName: 'x', countriesAndRegions: ['Germany'] },
      'countriesAndRegions',
    ],
  ])('%j is refused', async (body, property) => {
    const answer = await call('POST', locations, body)
    expect(answer.status).toBe(400)
    expect(answer.body.error.message).toContain(property)
  })
})

test('a strength of the tenant: made, used, changed, and kept while a policy asks for it', async () => {
  const made = await call('POST', strengths, {
    displayName: 'Text message',
    allowedCombinations: ['password,sms'],
  })
  expect([made.status, made.body.requirementsSatisfied]).toEqual([201, 'mfa'])
  const policy = await call('POST', policies, {
    ...blockExchange,
    displayName: 'Text message for Exchange',
    grantControls: { operator: 'OR', builtInControls: [], authenticationStrength: { id: made.body.id } },
  })
  expect((await call('DELETE', `${strengths}/${made.body.id}`)).status).toBe(400)
  const updated = await call('POST', `${strengths}/${made.body.id}/updateAllowedCombinations`, {
    allowedCombinations: ['sms'],
  })
  expect(updated.body).toMatchObject({ previousCombinations: ['password,sms'], currentCombinations: ['sms'] })
  await call('DELETE', `${policies}/${policy.body.id}`)
  expect((await call('DELETE', `${strengths}/${made.body.id}`)).status).toBe(204)
  const builtIn = `${strengths}/00000000-0000-0000-0000-000000000002`
  expect((await call('PATCH', builtIn, { displayName: 'x' })).status).toBe(400)
})

describe('What If', () => {
  const ask = (signInConditions: object, more: object = {}) =>
    call('POST', '/beta/identity/conditionalAccess/evaluate', {
      signInIdentity: { '@odata.type': '#microsoft.graph.userSignIn', userId: peggyId },
      signInContext: { '@odata.type': '#microsoft.graph.applicationContext', includeApplications: [exchange] },
      signInConditions,
      ...more,
    })
  type Analysis = { displayName: string; policyApplies: boolean; analysisReasons: string }
  const reasons = (value: readonly Analysis[]) =>
    Object.fromEntries(value.map(({ displayName, analysisReasons }) => [displayName, analysisReasons]))

  test('says which policies would apply, and why the others would not', async () => {
    const { status, body } = await ask({ clientAppType: 'browser', ipAddress: '10.20.1.1', devicePlatform: 'windows' })
    expect(status).toBe(200)
    expect(reasons(body.value)).toMatchObject({
      'Require MFA for Outlook on the web': 'notSet',
      'Require a compliant device outside the corporate network': 'location',
      'Outlook mobile - require MFA and a compliant device': 'policyNotEnabled',
    })
    const unsaid = await ask({ clientAppType: 'mobileAppsAndDesktopClients' })
    expect(reasons(unsaid.body.value)).toMatchObject({ 'Require MFA for Outlook on the web': 'clientApps' })
    const applied = await ask({ clientAppType: 'browser', ipAddress: '203.0.113.5' }, { appliedPoliciesOnly: true })
    expect(applied.body.value).toHaveLength(2)
  })

  test.each([
    [{ signInContext: { '@odata.type': '#microsoft.graph.applicationContext' } }, 400],
    [{ signInIdentity: { '@odata.type': '#microsoft.graph.userSignIn', userId: 'nobody' } }, 404],
    [{ signInIdentity: { '@odata.type': '#microsoft.graph.servicePrincipalSignIn' } }, 404],
    [{ signInConditions: { ipAddress: 'here' } }, 400],
  ])('%j → %i', async (more, status) => {
    expect((await ask({}, more)).status).toBe(status)
  })
})

test('the sign-in log tells of policies and of each step, and keeps them as they were', async () => {
  expect(await signInPage()).toBe('ConvergedTFA')
  const first = `$filter=userId eq '${peggyId}'&$top=1&$orderby=createdDateTime desc`
  const [entry] = (await call('GET', `/beta/auditLogs/signIns?${first}`)).body.value
  expect(entry).toMatchObject({
    userPrincipalName: peggy.upn,
    status: { errorCode: 50074 },
    authenticationRequirement: 'multiFactorAuthentication',
    authenticationDetails: [{ authenticationMethod: 'Password', succeeded: true }],
  })
  const policy = entry.appliedConditionalAccessPolicies.find(
    ({ displayName }: { displayName: string }) => displayName === 'Require MFA for Outlook on the web',
  )
  expect(policy).toMatchObject({
    result: 'failure',
    enforcedGrantControls: ['Mfa'],
    conditionsSatisfied: 'users,application,clientType',
    conditionsNotSatisfied: 'none',
    includeRulesSatisfied: [
      { conditionalAccessCondition: 'users', ruleSatisfied: 'allUsers' },
      { conditionalAccessCondition: 'application', ruleSatisfied: 'appId' },
      { conditionalAccessCondition: 'clientType', ruleSatisfied: 'clientType' },
    ],
  })
  const { body } = await call('GET', `/v1.0/auditLogs/signIns/${entry.id}`)
  expect(body.authenticationDetails).toBeUndefined()
  const failed = "appliedConditionalAccessPolicies/any(p:p/result eq 'failure')"
  const matching = await call('GET', `/v1.0/auditLogs/signIns?$filter=${failed}`)
  expect(matching.body.value.map(({ id }: { id: string }) => id)).toContain(entry.id)
  await call('PATCH', `${policies}/${policy.id}`, { displayName: 'Renamed' })
  const later = await call('GET', `/v1.0/auditLogs/signIns/${entry.id}`)
  const names = later.body.appliedConditionalAccessPolicies.map(
    ({ displayName }: { displayName: string }) => displayName,
  )
  expect(names).toContain('Require MFA for Outlook on the web')
})
