import type { ApplicationObject } from './application-objects.ts'

export type GroupMembership = 'none' | 'securityGroups' | 'all' | 'directoryRoles' | 'assignedGroups'

/** What a registration wants in the tokens about people: groups, and optional claims by kind of token. */
export interface ClaimsConfiguration {
  readonly groups: GroupMembership
  readonly idToken: readonly string[]
  readonly accessToken: readonly string[]
}

export const noExtraClaims: ClaimsConfiguration = { groups: 'none', idToken: [], accessToken: [] }

const memberships: Readonly<Record<string, GroupMembership>> = {
  SecurityGroup: 'securityGroups',
  All: 'all',
  DirectoryRole: 'directoryRoles',
  ApplicationGroup: 'assignedGroups',
}

export function claimsConfiguration(
  object: Pick<ApplicationObject, 'groupMembershipClaims' | 'optionalClaims'>,
): ClaimsConfiguration {
  const { groupMembershipClaims, optionalClaims } = object
  return {
    groups: memberships[groupMembershipClaims ?? ''] ?? 'none',
    idToken: namesOf(optionalClaims?.idToken),
    accessToken: namesOf(optionalClaims?.accessToken),
  }
}

/** [Graph] optionalClaim; an extension of the directory (`source`) is none of those that exist here. */
function namesOf(list: unknown): readonly string[] {
  const claims = Array.isArray(list) ? (list as readonly unknown[]) : []
  return claims.flatMap((claim) => {
    const { name, source } = (typeof claim === 'object' && claim !== null ? claim : {}) as Record<string, unknown>
    return typeof name === 'string' && (source === undefined || source === null) ? [name] : []
  })
}
