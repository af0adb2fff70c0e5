import type { DirectoryGroup } from '../../people/groups.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'

/** [Graph] group: a security group. */
export function groupRecord(group: DirectoryGroup): GraphRecord {
  const synchronized = group.source === 'synchronized'
  return {
    id: group.objectId,
    deletedDateTime: null,
    createdDateTime: group.createdAt?.toISOString() ?? null,
    classification: null,
    description: group.description ?? null,
    displayName: group.displayName,
    groupTypes: [],
    isAssignableToRole: null,
    mail: null,
    mailEnabled: false,
    mailNickname: group.samAccountName,
    membershipRule: null,
    onPremisesSamAccountName: synchronized ? group.samAccountName : null,
    onPremisesSecurityIdentifier: synchronized ? group.sid : null,
    onPremisesSyncEnabled: synchronized ? true : null,
    proxyAddresses: [],
    securityEnabled: true,
    securityIdentifier: group.sid,
    visibility: null,
  }
}
