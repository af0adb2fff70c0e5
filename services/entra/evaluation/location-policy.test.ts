import { expect, test } from 'vitest'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { exchangeOnlineId, graphId } from '../applications/first-party.ts'
import { addressLocator } from '../conditional-access/named-locations.ts'
import { policySet } from '../conditional-access/policy-set.ts'
import type { NamedLocationStore } from '../conditional-access/policy-store.ts'
import { type PolicyChanges, worldWith } from '../token/_policies.ts'
import { newlyApplyingPolicy } from './location-policy.ts'

const { entra } = await loadDefaultScenario()
const locate = addressLocator(entra.namedLocations)
const everywhereElse = { includeLocations: ['All'], excludeLocations: ['AllTrusted'] }
const person = { objectId: 'p', groups: ['g'], directoryRoles: [] }

async function moved(changes: Partial<PolicyChanges>, from: string, to: string, state = 'enabled') {
  const world = await worldWith([{ id: 'p1', conditions: { locations: everywhereElse }, ...changes }])
  const policies = world.entra.conditionalAccess.policies.map((policy) => ({ ...policy, state }) as typeof policy)
  const locations = { byId: (id: string) => entra.namedLocations.find((each) => each.id === id) } as NamedLocationStore
  const conditionalAccess = { current: () => policySet({ policies, strengths: [] }), locations }
  const call = { person, resourceId: graphId, clientAppType: 'mobileAppsAndDesktopClients' } as const
  return newlyApplyingPolicy(conditionalAccess, call, { from: locate(from), to: locate(to) })
}

test.each([
  { from: '10.20.1.1', to: '10.20.200.1', policy: undefined, because: 'both are trusted' },
  { from: '10.20.1.1', to: '198.51.100.7', policy: 'Policy p1', because: 'the new one is not' },
  {
    from: '198.51.100.7',
    to: '10.20.1.1',
    policy: undefined,
    because: 'the policy applied before, and Entra ID was content',
  },
  { from: '203.0.113.5', to: '203.0.113.6', policy: undefined, because: 'neither is' },
])('$from → $to: $policy ($because)', async ({ from, to, policy }) => {
  expect(await moved({}, from, to)).toBe(policy)
})

test.each([
  { what: 'another resource', changes: { applications: { includeApplications: [exchangeOnlineId] } } },
  { what: 'browsers', changes: { conditions: { locations: everywhereElse, clientAppTypes: ['browser' as const] } } },
  { what: 'no locations', changes: { conditions: {} } },
])('a policy about $what takes no token', async ({ changes }) => {
  expect(await moved(changes, '10.20.1.1', '198.51.100.7')).toBeUndefined()
})

test('a policy about countries takes no token: addresses are all that a resource knows', async () => {
  const countries = entra.namedLocations.find((each) => 'countriesAndRegions' in each)?.id ?? ''
  const excludeLocations = ['AllTrusted', countries]
  const conditions = { locations: { includeLocations: ['All'], excludeLocations } }
  expect(await moved({ conditions }, '10.20.1.1', '198.51.100.7')).toBeUndefined()
})

test('a policy that only reports takes no token; one that asks more than a resource can tell does', async () => {
  expect(await moved({}, '10.20.1.1', '198.51.100.7', 'enabledForReportingButNotEnforced')).toBeUndefined()
  const platforms = { includePlatforms: ['iOS' as const], excludePlatforms: [] }
  const conditions = { locations: everywhereElse, platforms }
  expect(await moved({ conditions }, '10.20.1.1', '198.51.100.7')).toBe('Policy p1')
})
