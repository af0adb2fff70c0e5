import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import { demands, evaluate, ids, ordinary, policyOf } from './_policies.ts'
import type { Signals } from './signals.ts'

const branch = '57aff000-0000-4000-8000-0000000000b1'
const filter = { mode: 'include', rule: 'CustomSecurityAttribute.Engineering_Project -eq "Baker"' }
const filterOut = { ...filter, mode: 'exclude' }

const anyPolicy: fc.Arbitrary<ConditionalAccessPolicy> = fc
  .record({
    displayName: fc.uuid(),
    state: fc.constantFrom('enabled', 'disabled', 'enabledForReportingButNotEnforced'),
    users: fc.constantFrom<object>(
      { includeUsers: ['All'] },
      { includeUsers: ['None'] },
      { includeUsers: [ids.alice.toUpperCase()] },
      { includeUsers: ['GuestsOrExternalUsers'] },
      { includeUsers: [], includeGuestsOrExternalUsers: { guestOrExternalUserTypes: 'b2bCollaborationGuest' } },
      { includeGroups: [ids.staff, ids.pilot] },
      { includeGroups: [ids.pilot], includeRoles: [ids.administrator] },
      { includeUsers: ['All'], excludeGroups: [ids.staff] },
    ),
    applications: fc.constantFrom<object>(
      { includeApplications: ['All'] },
      { includeApplications: ['None'] },
      { includeApplications: ['Office365'] },
      { includeApplications: [ids.graph, ids.exchange.toUpperCase()] },
      { includeApplications: [ids.graph], applicationFilter: filter },
      { includeApplications: [ids.exchange], applicationFilter: filterOut },
      { includeUserActions: ['urn:user:registersecurityinfo'] },
      { includeAuthenticationContextClassReferences: ['C1'] },
    ),
    conditions: fc.constantFrom<object>(
      {},
      { locations: { includeLocations: [branch.toUpperCase()] } },
      { locations: { includeLocations: ['AllTrusted'] } },
      { locations: { includeLocations: ['All'], excludeLocations: [branch] } },
      { locations: { includeLocations: [], excludeLocations: [branch] } },
    ),
    grant: fc.constantFrom(demands(['mfa']), demands(['block'])),
  })
  .map(policyOf)

const anySignals: fc.Arbitrary<Signals> = fc
  .record({
    user: fc.constantFrom<Signals['user']>(
      ordinary.user,
      { objectId: ids.alice.toUpperCase(), groups: [ids.pilot.toUpperCase()], roles: [ids.administrator] },
      { objectId: ids.office, groups: [], roles: [], guest: { type: 'b2bCollaborationGuest', tenantId: ids.staff } },
    ),
    application: fc.constantFrom(
      { appId: ids.exchange },
      { appId: ids.graph.toUpperCase(), attributes: { Engineering: { Project: 'Baker' } } },
      { appId: ids.azurePortal },
    ),
    userAction: fc.constantFrom(undefined, 'urn:user:registersecurityinfo' as const),
    authenticationContexts: fc.constantFrom(undefined, ['c1']),
    location: fc.constantFrom(
      ordinary.location,
      { ...ordinary.location, isTrusted: true },
      { ...ordinary.location, namedLocationIds: [branch.toUpperCase()] },
    ),
  })
  .map((signals) => ({ ...ordinary, ...signals }) as Signals)

const saysNothing = new Set(['notApplied', 'reportOnlyNotApplied', 'notEnabled'])

test('whatever may apply is found: nothing differs from asking every policy', () => {
  fc.assert(
    fc.property(fc.array(anyPolicy, { maxLength: 12 }), anySignals, (policies, signals) => {
      const { applied, policies: every } = evaluate(policies, signals)
      const byId = (a: { readonly id: string }, b: { readonly id: string }) => (a.id < b.id ? -1 : 1)
      expect(applied).toEqual(every.filter(({ result }) => !saysNothing.has(result)).toSorted(byId))
    }),
    { numRuns: 500 },
  )
})
