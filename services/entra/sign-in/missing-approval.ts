import { mayConsentForEverybody, mayGrantAppRoles } from '../applications/consenting-administrators.ts'
import { needsAdministrator, type Permission } from '../applications/permissions.ts'
import type { ApplicationRegistry } from '../applications/registry.ts'
import type { AuthorizeRequest } from '../authorize/authorize-request.ts'
import type { Person } from '../people/people.ts'

export interface ApprovalFacts {
  readonly authorize: Pick<AuthorizeRequest, 'adminConsent'>
  readonly person: Pick<Person, 'directoryRoles' | 'userPrincipalName'>
  /** Permissions that nobody granted yet. */
  readonly missing: readonly Permission[]
}

/** Why an administrator is needed whom the person is not; undefined where nobody else is. */
export function missingApproval(
  applications: ApplicationRegistry,
  { authorize, person, missing }: ApprovalFacts,
): string | undefined {
  const { adminConsent } = authorize
  if (adminConsent && adminConsent.roles.length > 0 && !mayGrantAppRoles(person))
    return `${person.userPrincipalName} has no role that may grant app roles`
  if (mayConsentForEverybody(person)) return undefined
  if (adminConsent) return `${person.userPrincipalName} has no role that may consent for everybody`
  const reserved = missing.filter((permission) => needsAdministrator(applications, permission))
  return reserved.length > 0 ? `only an administrator may grant ${reserved.join(', ')}` : undefined
}
