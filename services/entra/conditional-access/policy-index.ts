import { applicationGroups } from './application-groups.ts'
import type { Conditions } from './condition.ts'
import type { CompiledPolicy } from './policy-set.ts'
import type { Signals } from './signals.ts'

/** The policies that may apply to a sign-in; of one that is left out a condition is certain not to be met. */
export type FindCandidates = (signals: Signals) => readonly CompiledPolicy[]

/**
 * Most policies of a large tenant name the people, the applications or the places that they are for: they are found
 * by those ids, in lower case. An id that two of the three know only finds a candidate more.
 */
export function policyIndex(policies: readonly CompiledPolicy[]): FindCandidates {
  const always: CompiledPolicy[] = []
  const byId = new Map<string, CompiledPolicy[]>()
  for (const compiled of policies) {
    const ids = namedIds(compiled.policy.conditions)
    if (!ids) always.push(compiled)
    for (const id of new Set(ids?.map((each) => each.toLowerCase()))) {
      const found = byId.get(id)
      if (found) found.push(compiled)
      else byId.set(id, [compiled])
    }
  }
  return ({ user, application, location }) => {
    const ids = [user.objectId, ...user.groups, ...user.roles, application.appId, ...location.namedLocationIds]
    return [...always, ...new Set(ids.flatMap((id) => byId.get(id) ?? []))]
  }
}

/** The ids of which a sign-in must bring one; undefined where it need not. */
function namedIds(conditions: Conditions): readonly string[] | undefined {
  return namedPeople(conditions) ?? namedApplications(conditions) ?? namedLocations(conditions)
}

function namedPeople({ users }: Conditions): readonly string[] | undefined {
  if (users.includeGuestsOrExternalUsers) return undefined
  const keywords = new Set(['all', 'guestsorexternalusers'])
  return idsWithout(keywords, [...users.includeUsers, ...users.includeGroups, ...users.includeRoles])
}

const applicationKeywords = new Set(['all', ...Object.keys(applicationGroups).map((keyword) => keyword.toLowerCase())])

function namedApplications({ applications }: Conditions): readonly string[] | undefined {
  const { includeUserActions, includeAuthenticationContextClassReferences, applicationFilter } = applications
  if (includeUserActions.length + includeAuthenticationContextClassReferences.length > 0) return undefined
  return applicationFilter ? undefined : idsWithout(applicationKeywords, applications.includeApplications)
}

function namedLocations({ locations }: Conditions): readonly string[] | undefined {
  if (!locations || locations.includeLocations.length + locations.excludeLocations.length === 0) return undefined
  return idsWithout(new Set(['all', 'alltrusted']), locations.includeLocations)
}

function idsWithout(keywords: ReadonlySet<string>, list: readonly string[]): readonly string[] | undefined {
  return list.some((each) => keywords.has(each.toLowerCase())) ? undefined : list
}
