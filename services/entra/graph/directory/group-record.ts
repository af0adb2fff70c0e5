import type { DirectoryGroup } from '../../people/groups.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'

/** [Graph] group: a security group that came by synchronization. */
export function groupRecord(group: DirectoryGroup): GraphRecord {
  return {
    id: group.objectId,
    deletedDateTime: null,
    createdDateTime: null,
    classification: null,
    description: group.description ?? null,
    displayName: group.displayName,
    groupTypes: [],
    isAssignableToRole: null,
    mail: null,
    mailEnabled: false,
    mailNickname: group.samAccountName,
    membershipRule: null,
    onPremisesSamAccountName: group.samAccountName,
    onPremisesSecurityIdentifier: group.sid,
    onPremisesSyncEnabled: true,
    proxyAddresses: [],
    securityEnabled: true,
    securityIdentifier: group.sid,
    visibility: null,
  }
}
