import { directoryRoleTemplates } from './directory-roles.ts'
import { applicationKeywords, firstPartyApplications } from './first-party-applications.ts'
import { type Entry, entriesOf, mentionOf, mentionsIn, namesOf, sectionOf } from './outline.ts'
import type { Located } from './positions.ts'
import { duplicates, unknown } from './references-uniqueness.ts'
import { guidPattern } from './schema-values.ts'

/** Applications, locations and the Conditional Access policies that name them. */
export function conditionalAccessReferences(world: unknown): readonly Located[] {
  const applications = entriesOf(world, 'entra', 'applications')
  const locations = entriesOf(world, 'entra', 'namedLocations')
  const policies = entriesOf(world, 'entra', 'conditionalAccess', 'policies')
  const known = knownNames(world)
  return [
    ...duplicates(
      'appId',
      applications.flatMap((application) => mentionOf(application, 'appId')),
    ),
    ...duplicates(
      'identifier URI',
      applications.flatMap((application) => mentionsIn(application, 'identifierUris')),
    ),
    ...duplicates(
      'named location',
      locations.flatMap((location) => mentionOf(location, 'displayName')),
    ),
    ...duplicates(
      'policy',
      policies.flatMap((policy) => mentionOf(policy, 'displayName')),
    ),
    ...duplicates(
      'terms of use',
      entriesOf(world, 'entra', 'agreements').flatMap((agreement) => mentionOf(agreement, 'displayName')),
    ),
    ...policies.flatMap((policy) => [...conditions(policy, known), ...targets(policy), ...controls(policy)]),
    ...policies.flatMap((policy) => terms(policy, known)),
  ]
}

type KnownNames = Readonly<
  Record<'users' | 'groups' | 'roles' | 'applications' | 'locations' | 'agreements', ReadonlySet<string>>
>

function knownNames(world: unknown): KnownNames {
  const applications = entriesOf(world, 'entra', 'applications')
  const locations = entriesOf(world, 'entra', 'namedLocations')
  const agreements = entriesOf(world, 'entra', 'agreements')
  return {
    users: union(['All', 'None', 'GuestsOrExternalUsers'], namesOf(entriesOf(world, 'users'), 'userPrincipalName')),
    groups: namesOf(entriesOf(world, 'groups'), 'name'),
    roles: union(Object.entries(directoryRoleTemplates).flat()),
    applications: union(
      applicationKeywords,
      Object.entries(firstPartyApplications).flat(),
      namesOf(applications, 'displayName'),
      namesOf(applications, 'appId'),
    ),
    locations: union(['All', 'AllTrusted'], namesOf(locations, 'displayName'), namesOf(locations, 'id')),
    agreements: union(namesOf(agreements, 'displayName'), namesOf(agreements, 'id')),
  }
}

function terms(policy: Entry, known: KnownNames): readonly Located[] {
  return unknown('terms of use', mentionsIn(policy, 'grantControls', 'termsOfUse'), known.agreements)
}

const conditionFields = [
  { section: 'users', fields: ['includeUsers', 'excludeUsers'], known: 'users', what: 'user' },
  { section: 'users', fields: ['includeGroups', 'excludeGroups'], known: 'groups', what: 'group' },
  { section: 'users', fields: ['includeRoles', 'excludeRoles'], known: 'roles', what: 'directory role' },
  {
    section: 'applications',
    fields: ['includeApplications', 'excludeApplications'],
    known: 'applications',
    what: 'application',
  },
  {
    section: 'locations',
    fields: ['includeLocations', 'excludeLocations'],
    known: 'locations',
    what: 'named location',
  },
] as const

function conditions(policy: Entry, known: KnownNames): readonly Located[] {
  return conditionFields.flatMap(({ section, fields, known: kind, what }) => {
    const mentions = fields.flatMap((field) => mentionsIn(policy, 'conditions', section, field))
    const byName = isObjectKind(kind) ? mentions.filter(({ value }) => !guidPattern.test(value)) : mentions
    return unknown(what, byName, known[kind])
  })
}

/** Users and groups may be made later, through Graph; their ids are therefore taken as they are. */
function isObjectKind(kind: string): boolean {
  return kind === 'users' || kind === 'groups'
}

function targets(policy: Entry): readonly Located[] {
  const isSomebody = ['includeUsers', 'includeGroups', 'includeRoles', 'includeGuestsOrExternalUsers'].some((field) =>
    isGiven(sectionOf(policy.fields, ['conditions', 'users', field])),
  )
  const isSomething = ['includeApplications', 'includeUserActions', 'includeAuthenticationContextClassReferences'].some(
    (field) => isGiven(sectionOf(policy.fields, ['conditions', 'applications', field])),
  )
  const path = [...policy.path, 'conditions']
  const problems: Located[] = []
  if (!isSomebody) problems.push({ path: [...path, 'users'], message: 'the policy includes nobody', at: 'key' })
  if (!isSomething)
    problems.push({ path: [...path, 'applications'], message: 'the policy includes no application', at: 'key' })
  return problems
}

/** What Graph refuses when a policy is created: nothing required, or block together with something else. */
function controls(policy: Entry): readonly Located[] {
  const builtIn = mentionsIn(policy, 'grantControls', 'builtInControls')
  const isGrant = builtIn.length > 0 || isGiven(sectionOf(policy.fields, ['grantControls', 'authenticationStrength']))
  const isTerms = isGiven(sectionOf(policy.fields, ['grantControls', 'termsOfUse']))
  if (!isGrant && !isTerms && !isGiven(policy.fields.sessionControls)) {
    return [{ path: policy.path, message: 'the policy has no grant control and no session control' }]
  }
  const block = builtIn.find(({ value }) => value === 'block')
  if (block === undefined || builtIn.length === 1) return []
  return [{ path: block.path, message: 'block cannot be combined with other controls' }]
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null
}

function union(...sets: readonly Iterable<string>[]): ReadonlySet<string> {
  return new Set(sets.flatMap((set) => [...set]))
}
