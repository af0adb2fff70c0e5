import { appRoleAssignmentOperations } from './applications/app-role-assignments.ts'
import { applicationOperations } from './applications/applications.ts'
import { credentialOperations } from './applications/credentials.ts'
import { permissionGrantOperations } from './applications/permission-grants.ts'
import { servicePrincipalOperations } from './applications/service-principals.ts'
import { signInOperations } from './audit-logs/sign-ins.ts'
import { authenticationContextOperations } from './conditional-access/authentication-contexts.ts'
import { strengthOperations } from './conditional-access/authentication-strengths.ts'
import { namedLocationOperations } from './conditional-access/named-locations.ts'
import { policyOperations } from './conditional-access/policies.ts'
import { whatIfOperations } from './conditional-access/what-if.ts'
import { authenticationMethodOperations } from './directory/authentication-methods.ts'
import { deletedItemOperations } from './directory/deleted-items.ts'
import { deviceOperations } from './directory/devices.ts'
import { directoryRoleOperations } from './directory/directory-roles.ts'
import { domainOperations } from './directory/domains.ts'
import { groupOperations } from './directory/groups.ts'
import { membershipOperations } from './directory/memberships.ts'
import { securityAttributeOperations } from './directory/security-attributes.ts'
import { userOperations } from './directory/users.ts'
import { riskyUserOperations } from './identity-protection/risky-users.ts'
import type { Operation } from './operation.ts'

/** Everything that this Graph does. */
export const operations: readonly Operation[] = [
  ...userOperations,
  ...membershipOperations,
  ...groupOperations,
  ...deviceOperations,
  ...deletedItemOperations,
  ...domainOperations,
  ...directoryRoleOperations,
  ...applicationOperations,
  ...servicePrincipalOperations,
  ...credentialOperations,
  ...permissionGrantOperations,
  ...appRoleAssignmentOperations,
  ...policyOperations,
  ...namedLocationOperations,
  ...strengthOperations,
  ...authenticationContextOperations,
  ...whatIfOperations,
  ...authenticationMethodOperations,
  ...signInOperations,
  ...riskyUserOperations,
  ...securityAttributeOperations,
]
