import { directoryRoleTemplates } from '#shared/scenario/directory-roles.ts'
import { applicationKeywords, firstPartyApplications } from '#shared/scenario/first-party-applications.ts'
import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import { builtInStrengths } from '../../conditional-access/authentication-strengths.ts'
import type { GraphServices } from '../graph-services.ts'
import { policyError } from './policy-error.ts'

/** Everything that a policy names must be there. Throws GraphError. */
export async function checkReferences(services: GraphServices, policy: ConditionalAccessPolicy): Promise<void> {
  checkApplications(services, policy)
  checkLocations(services, policy)
  checkStrength(services, policy)
  await checkPeople(services, policy)
}

const userKeywords = new Set(['all', 'none', 'guestsorexternalusers'])

async function checkPeople({ people, groups }: GraphServices, { conditions }: ConditionalAccessPolicy): Promise<void> {
  const { users } = conditions
  for (const id of [...users.includeUsers, ...users.excludeUsers]) {
    if (!userKeywords.has(id.toLowerCase()) && !(await people.byObjectId(id))) throw unknownPerson('account', id)
  }
  for (const id of [...users.includeGroups, ...users.excludeGroups]) {
    if (!(await groups.byObjectId(id))) throw unknownPerson('group', id)
  }
  const roles = new Set(Object.values(directoryRoleTemplates))
  for (const id of [...users.includeRoles, ...users.excludeRoles]) {
    if (!roles.has(id.toLowerCase())) throw unknownPerson('directory role (by template id)', id)
  }
}

function unknownPerson(what: string, id: string) {
  return policyError('usersUnknown', `the tenant has no ${what} ${id}`)
}

const microsofts = new Set(Object.values(firstPartyApplications))

function checkApplications({ config }: GraphServices, { conditions }: ConditionalAccessPolicy): void {
  const { includeApplications, excludeApplications } = conditions.applications
  const known = (id: string) =>
    [...applicationKeywords].some((keyword) => keyword.toLowerCase() === id.toLowerCase()) ||
    microsofts.has(id.toLowerCase()) ||
    config.applications.byId(id) !== undefined
  const unknown = [...includeApplications, ...excludeApplications].find((id) => !known(id))
  if (unknown === undefined) return
  throw policyError('applicationsUnknown', `the tenant has no application ${unknown}; policies name them by appId`)
}

/** Multifactor authentication trusted IPs, which every tenant has. */
const trustedAddresses = '00000000-0000-0000-0000-000000000000'

function checkLocations({ conditionalAccess }: GraphServices, { conditions }: ConditionalAccessPolicy): void {
  const { includeLocations = [], excludeLocations = [] } = conditions.locations ?? {}
  const keywords = ['all', 'alltrusted', trustedAddresses]
  const unknown = [...includeLocations, ...excludeLocations].find(
    (id) => !keywords.includes(id.toLowerCase()) && !conditionalAccess.locations.byId(id),
  )
  if (unknown !== undefined) throw policyError('locationsUnknown', `there is no named location ${unknown}`)
}

function checkStrength({ conditionalAccess }: GraphServices, { grantControls }: ConditionalAccessPolicy): void {
  const id = grantControls?.authenticationStrength?.id.toLowerCase()
  if (id === undefined || builtInStrengths.some((each) => each.id === id)) return
  if (!conditionalAccess.strengths.byId(id)) {
    throw policyError('controlsInvalid', `there is no authentication strength ${id}`)
  }
}
