import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openAuthority, type TestAuthority } from '../../_authority.ts'
import { appToken, daemon, graphClient } from '../_graph.ts'

const policies = '/v1.0/identity/conditionalAccess/policies'
const graphId = '00000003-0000-0000-c000-000000000000'
let authority: TestAuthority
let call: ReturnType<typeof graphClient>
let principalId: string
let microsoftsId: string
let branchOffice: string
let made: string | undefined

beforeAll(async () => {
  authority = await openAuthority()
  call = graphClient(authority, await appToken(authority))
  principalId = (await call('GET', `/v1.0/servicePrincipals(appId='${daemon.id}')`)).body.id
  microsoftsId = (await call('GET', `/v1.0/servicePrincipals(appId='${graphId}')`)).body.id
  const { value } = (await call('GET', '/v1.0/identity/conditionalAccess/namedLocations')).body
  branchOffice = value.find(({ displayName }: { displayName: string }) => displayName === 'Branch office').id
})

afterEach(async () => {
  if (made) await call('DELETE', `${policies}/${made}`)
  made = undefined
})

afterAll(() => authority[Symbol.asyncDispose]())

async function addPolicy(clientApplications: object, conditions: object = {}, state = 'enabled') {
  const { status, body } = await call('POST', policies, {
    displayName: 'Not the daemon',
    state,
    conditions: {
      users: { includeUsers: ['None'] },
      clientApplications,
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
      ...conditions,
    },
    grantControls: { operator: 'OR', builtInControls: ['block'] },
  })
  expect(status, JSON.stringify(body)).toBe(201)
  made = body.id
}

const blocked = () =>
  appToken(authority).then(
    () => undefined,
    (error: Error) => error.message,
  )
const elsewhere = () => ({ locations: { includeLocations: ['All'], excludeLocations: [branchOffice] } })

test.each([
  {
    what: 'the service principal',
    clientApplications: () => ({ includeServicePrincipals: [principalId] }),
    refused: true,
  },
  {
    what: 'all of the tenant',
    clientApplications: () => ({ includeServicePrincipals: ['ServicePrincipalsInMyTenant'] }),
    refused: true,
  },
  {
    what: 'all but it',
    clientApplications: () => ({
      includeServicePrincipals: ['ServicePrincipalsInMyTenant'],
      excludeServicePrincipals: [principalId],
    }),
    refused: false,
  },
  { what: 'another one', clientApplications: () => ({ includeServicePrincipals: [microsoftsId] }), refused: false },
])('client credentials under a policy about $what: refused $refused', async ({ clientApplications, refused }) => {
  await addPolicy(clientApplications())
  expect(await blocked()).toEqual(refused ? expect.stringContaining('AADSTS53003') : undefined)
})

test.each([
  { what: 'a location that it is outside of', conditions: elsewhere, state: 'enabled', refused: true },
  {
    what: 'a risk that it has not',
    conditions: () => ({ servicePrincipalRiskLevels: ['high'] }),
    state: 'enabled',
    refused: false,
  },
  {
    what: 'another API',
    conditions: () => ({ applications: { includeApplications: ['00000002-0000-0ff1-ce00-000000000000'] } }),
    state: 'enabled',
    refused: false,
  },
  {
    what: 'nothing, for the report',
    conditions: () => ({}),
    state: 'enabledForReportingButNotEnforced',
    refused: false,
  },
])('a policy about $what: refused $refused', async ({ conditions, state, refused }) => {
  await addPolicy({ includeServicePrincipals: [principalId] }, conditions(), state)
  expect(await blocked()).toEqual(refused ? expect.stringContaining('AADSTS53003') : undefined)
})

test.each([
  { what: 'at the branch office', conditions: { ipAddress: '198.51.100.7' }, applies: false, reasons: 'location' },
  { what: 'elsewhere', conditions: { ipAddress: '203.0.113.9' }, applies: true, reasons: 'notSet' },
])('What If for the service principal $what: $applies ($reasons)', async ({ conditions, applies, reasons }) => {
  await addPolicy({ includeServicePrincipals: [principalId] }, elsewhere())
  expect(await whatIf(principalId, conditions)).toMatchObject([{ policyApplies: applies, analysisReasons: reasons }])
})

test.each([
  { risk: 'high', applies: true, reasons: 'notSet' },
  { risk: 'low', applies: false, reasons: 'workloadIdentities' },
  { risk: undefined, applies: false, reasons: 'notEnoughInformation' },
])('What If with the risk $risk: $applies ($reasons)', async ({ risk, applies, reasons }) => {
  await addPolicy({ includeServicePrincipals: [principalId] }, { servicePrincipalRiskLevels: ['high'] })
  const analyses = await whatIf(principalId, { servicePrincipalRiskLevel: risk })
  expect(analyses).toMatchObject([{ policyApplies: applies, analysisReasons: reasons }])
})

test.each([
  { mode: 'include', includeServicePrincipals: [], kind: 'Daemon', refused: true },
  { mode: 'include', includeServicePrincipals: [], kind: 'Robot', refused: false },
  { mode: 'exclude', includeServicePrincipals: ['ServicePrincipalsInMyTenant'], kind: 'Daemon', refused: false },
  { mode: 'exclude', includeServicePrincipals: ['ServicePrincipalsInMyTenant'], kind: 'Robot', refused: true },
])('a filter that names daemons to $mode, and a $kind: refused $refused', async (given) => {
  const { mode, includeServicePrincipals, kind, refused } = given
  await call('POST', '/v1.0/directory/attributeSets', { id: 'Workloads' })
  await call('POST', '/v1.0/directory/customSecurityAttributeDefinitions', {
    attributeSet: 'Workloads',
    name: 'Kind',
    type: 'String',
    status: 'Available',
    isCollection: false,
    isSearchable: true,
    usePreDefinedValuesOnly: false,
  })
  const customSecurityAttributes = { Workloads: { Kind: kind } }
  expect((await call('PATCH', `/v1.0/servicePrincipals/${principalId}`, { customSecurityAttributes })).status).toBe(204)
  const rule = 'CustomSecurityAttribute.Workloads_Kind -eq "Daemon"'
  await addPolicy({ includeServicePrincipals, servicePrincipalFilter: { mode, rule } })
  expect(await blocked()).toEqual(refused ? expect.stringContaining('AADSTS53003') : undefined)
})

test('policies for people are not about service principals, and what is not there cannot be asked about', async () => {
  const { body } = await evaluate(principalId, {})
  expect(new Set(body.value.map(({ analysisReasons }: { analysisReasons: string }) => analysisReasons))).toEqual(
    new Set(['workloadIdentities', 'policyNotEnabled']),
  )
  expect((await evaluate('00000000-0000-4000-8000-000000000000', {})).status).toBe(404)
})

const evaluate = (servicePrincipalId: string, signInConditions: object) =>
  call('POST', '/v1.0/identity/conditionalAccess/evaluate', {
    signInIdentity: { '@odata.type': '#microsoft.graph.servicePrincipalSignIn', servicePrincipalId },
    signInContext: { '@odata.type': '#microsoft.graph.applicationContext', includeApplications: [graphId] },
    signInConditions,
  })

async function whatIf(servicePrincipalId: string, signInConditions: object): Promise<object[]> {
  const { body } = await evaluate(servicePrincipalId, signInConditions)
  return body.value.filter(({ id }: { id: string }) => id === made)
}
