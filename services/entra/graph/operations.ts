import { appRoleAssignmentOperations } from './applications/app-role-assignments.ts'
import { applicationOperations } from './applications/applications.ts'
import { credentialOperations } from './applications/credentials.ts'
import { permissionGrantOperations } from './applications/permission-grants.ts'
import { servicePrincipalOperations } from './applications/service-principals.ts'
import { deviceOperations } from './directory/devices.ts'
import { directoryRoleOperations } from './directory/directory-roles.ts'
import { domainOperations } from './directory/domains.ts'
import { groupOperations } from './directory/groups.ts'
import { membershipOperations } from './directory/memberships.ts'
import { userOperations } from './directory/users.ts'
import type { Operation } from './operation.ts'

/** Everything that this Graph does. */
export const operations: readonly Operation[] = [
  ...userOperations,
  ...membershipOperations,
  ...groupOperations,
  ...deviceOperations,
  ...domainOperations,
  ...directoryRoleOperations,
  ...applicationOperations,
  ...servicePrincipalOperations,
  ...credentialOperations,
  ...permissionGrantOperations,
  ...appRoleAssignmentOperations,
]
