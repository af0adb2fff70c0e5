import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Look, problemsOf } from '#test/actors/look.ts'
import { type Bench, expectVisible, openBench } from '../_bench.ts'

const looks: readonly Look[] = [
  { colorScheme: 'light', size: { width: 1280, height: 800 } },
  { colorScheme: 'dark', size: { width: 360, height: 800 } },
]
let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
beforeEach(() => bench.lab.reset())
afterEach(() => bench.closePages())
afterAll(() => bench[Symbol.asyncDispose]())

const foreign = {
  person: '11111111-1111-4111-8111-111111111111',
  group: '22222222-2222-4222-8222-222222222222',
  location: '33333333-3333-4333-8333-333333333333',
}
const mail = '00000002-0000-0ff1-ce00-000000000000'

/** As Graph lists it: with annotations, nulls, and what is read-only. */
function exportedPolicy(more: object = {}) {
  return {
    '@odata.type': '#microsoft.graph.conditionalAccessPolicy',
    id: '44444444-4444-4444-8444-444444444444',
    templateId: null,
    displayName: 'Fabrikam - block mail abroad',
    createdDateTime: '2025-01-01T00:00:00Z',
    modifiedDateTime: null,
    state: 'enabled',
    sessionControls: null,
    conditions: {
      clientAppTypes: ['all'],
      platforms: null,
      applications: { includeApplications: [mail], excludeApplications: [], includeUserActions: [] },
      users: { includeUsers: [foreign.person], excludeGroups: [foreign.group], includeRoles: [] },
      locations: { includeLocations: ['All'], excludeLocations: [foreign.location] },
    },
    grantControls: { operator: 'OR', builtInControls: ['block'], customAuthenticationFactors: [], termsOfUse: [] },
    ...more,
  }
}

const namedLocations = {
  value: [
    {
      '@odata.type': '#microsoft.graph.ipNamedLocation',
      id: foreign.location,
      displayName: 'Fabrikam office',
      createdDateTime: '2025-01-01T00:00:00Z',
      isTrusted: true,
      ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '192.0.2.0/24' }],
    },
  ],
}
const map = { [foreign.person]: 'alice@contoso.com', [foreign.group]: 'Mobile Pilot' }

interface Report {
  readonly policies: readonly Record<string, unknown>[]
  readonly namedLocations: readonly object[]
}

async function imported(body: object): Promise<Report> {
  const { status, json } = await bench.lab.call('POST', '/api/import/conditional-access', body)
  expect(status, JSON.stringify(json)).toBe(200)
  return json as Report
}

const row = { name: 'row', user: 'alice@contoso.com', application: mail, expected: 'block' }
async function decision(more: object = {}): Promise<readonly string[]> {
  const { json } = await bench.lab.call('POST', '/api/verdicts', { verdicts: [{ ...row, ...more }] })
  return (json as { verdicts: { got: string[] }[] }).verdicts[0]?.got ?? []
}

test.each([
  { form: 'one', policies: exportedPolicy() },
  { form: 'an array', policies: [exportedPolicy()] },
  { form: 'value', policies: { '@odata.context': 'https://graph…', value: [exportedPolicy()] } },
])('$form: ids are mapped, locations come along, and the policy counts at once', async ({ policies }) => {
  const report = await imported({ policies, namedLocations, map })
  expect(report).toMatchObject({
    namedLocations: [{ name: 'Fabrikam office', outcome: 'created' }],
    policies: [{ outcome: 'created', state: 'enabled', unknown: [] }],
  })
  expect(report.policies[0]?.mapped).toHaveLength(3)
  expect(await decision()).toEqual(['block'])
  expect(await decision({ address: '192.0.2.9' })).toEqual(['mfa'])
})

test('report-only reports only', async () => {
  const report = await imported({ policies: exportedPolicy(), namedLocations, map, reportOnly: true })
  expect(report.policies[0]).toMatchObject({ outcome: 'created', state: 'enabledForReportingButNotEnforced' })
  expect(await decision()).toEqual(['mfa'])
})

test('what the tenant does not have is told, place by place, and the policy stays away', async () => {
  const { policies } = await imported({ policies: [exportedPolicy(), exportedPolicy({ state: 'perhaps' })] })
  expect(policies[0]).toMatchObject({
    outcome: 'refused',
    unknown: [
      { path: 'conditions.users.includeUsers.0', id: foreign.person },
      { path: 'conditions.users.excludeGroups.0', id: foreign.group },
      { path: 'conditions.locations.excludeLocations.0', id: foreign.location },
    ],
  })
  expect(await decision()).toEqual(['mfa'])
})

test('a strength comes along with the policy that demands it; a second policy finds it there', async () => {
  const authenticationStrength = {
    ...{ id: '55555555-5555-4555-8555-555555555555', displayName: 'Keys only', policyType: 'custom' },
    ...{ description: '', requirementsSatisfied: 'mfa', allowedCombinations: ['fido2'], combinationConfigurations: [] },
  }
  const grantControls = { operator: 'OR', builtInControls: [], authenticationStrength }
  const body = { policies: [exportedPolicy({ grantControls })], namedLocations, map }
  expect(await imported(body)).toMatchObject({
    authenticationStrengths: [{ name: 'Keys only', outcome: 'created' }],
    policies: [{ outcome: 'created' }],
  })
  expect(await decision()).toEqual(['mfa', 'authenticationStrength'])
  expect(await imported(body)).toMatchObject({ authenticationStrengths: [{ outcome: 'present' }] })
})

test.each([
  { more: { state: 'perhaps' }, reason: /state/ },
  { more: { grantControls: { operator: 'OR', builtInControls: ['magic'] } }, reason: /builtInControls/ },
  { more: { sessionControls: { magic: true } }, reason: /magic/ },
])('Graph refuses $more with the path', async ({ more, reason }) => {
  const { policies } = await imported({ policies: exportedPolicy(more), namedLocations, map })
  expect(policies[0]).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(reason) })
})

test('the page takes the same, tells what became of it, and is accessible', async () => {
  const page = await bench.visit('/import', { bypassCSP: true })
  await page.getByLabel('Policies', { exact: true }).fill('nonsense')
  await page.getByRole('button', { name: 'Import' }).click()
  await expectVisible(page.getByRole('alert').getByText('This is not JSON'))
  await page
    .getByLabel('Policies', { exact: true })
    .fill(JSON.stringify([exportedPolicy(), exportedPolicy({ state: 'perhaps' })]))
  await page.getByLabel('Named locations').fill(JSON.stringify(namedLocations))
  await page.getByLabel('Ids and names that stand').fill(JSON.stringify(map))
  await page.getByLabel('report-only').check()
  await page.getByRole('button', { name: 'Import' }).click()
  const table = page.getByRole('table', { name: 'Policies' })
  await expectVisible(table.getByText('created, enabledForReportingButNotEnforced'))
  await expectVisible(table.getByText('refused: '))
  expect(await problemsOf(page, looks)).toEqual([])
})
