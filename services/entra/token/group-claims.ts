import type { Claims } from '#shared/jwt/own-token.ts'
import type { Application } from '../applications/application.ts'
import type { Person } from '../people/people.ts'

export interface GroupClaimFacts {
  readonly tenantId: string
  readonly person: Person
  /** Whose registration says what the token tells: the client's for an id_token, the API's for an access token. */
  readonly application: Application
  /** The groups that are assigned to that application. */
  readonly assignedGroups: readonly string[]
  /** The token leaves in a URL. */
  readonly frontChannel: boolean
}

/** What every application has in `wids` of tokens in its own name. */
export const applicationRole = '0997a1d0-0d1d-4acb-b408-d5ca73121e90'

/** The template id that every member of a tenant has in `wids`. */
export const memberRole = 'b79fbf4d-3ef9-4689-8143-76b194e85509'

/** "Groups overage claim": more than these are told by reference. */
const mostGroups = 200
const mostInUrl = 5

/** "Configure group claims": `groups`, `wids`, or where the groups can be asked for. */
export function groupClaims(facts: GroupClaimFacts): Claims {
  const { person, application } = facts
  const { groups: wanted } = application.claims
  const tellsRoles = wanted === 'all' || wanted === 'directoryRoles'
  return {
    ...listed(facts, groupsToTell(facts)),
    ...(tellsRoles && { wids: [...person.directoryRoles, memberRole] }),
  }
}

function groupsToTell({ person, application, assignedGroups }: GroupClaimFacts): readonly string[] {
  const { groups: wanted } = application.claims
  if (wanted === 'all' || wanted === 'securityGroups') return person.groups
  return wanted === 'assignedGroups' ? assignedGroups : []
}

function listed({ tenantId, person, frontChannel }: GroupClaimFacts, groups: readonly string[]): Claims {
  if (groups.length === 0) return {}
  if (frontChannel && groups.length > mostInUrl) return { hasgroups: true }
  if (groups.length <= mostGroups) return { groups }
  // The address of the retired graph is what the product still writes.
  const endpoint = `https://graph.windows.net/${tenantId}/users/${person.objectId}/getMemberObjects`
  return { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint } } }
}
