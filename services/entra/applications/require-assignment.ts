import { EntraError } from '../errors.ts'
import type { Person } from '../people/people.ts'
import type { Application } from './application.ts'
import type { ApplicationRegistry } from './registry.ts'

/** "Manage users and groups assignment to an application": the first of these that lets in only whom it is assigned to. */
export function missingAssignment(
  applications: ApplicationRegistry,
  person: Pick<Person, 'objectId' | 'groups'>,
  appIds: readonly string[],
): Application | undefined {
  return appIds
    .flatMap((id) => applications.byId(id) ?? [])
    .filter(({ servicePrincipal }) => servicePrincipal?.appRoleAssignmentRequired)
    .find((application) => applications.assignedTo([person.objectId, ...person.groups], application).length === 0)
}

/** For the text of AADSTS50105. */
export function assignmentValues({ appId, displayName }: Application, user: string): Readonly<Record<string, string>> {
  return { appId, name: displayName, user }
}

/** @throws EntraError 50105 when the person may use neither the client nor the API without being assigned to it. */
export function requireAssignment(
  applications: ApplicationRegistry,
  person: Pick<Person, 'objectId' | 'groups' | 'userPrincipalName'>,
  appIds: readonly string[],
): void {
  const missing = missingAssignment(applications, person, appIds)
  if (!missing) return
  const reason = `${missing.displayName} requires assignment, and neither ${person.userPrincipalName} nor a group has one`
  throw new EntraError('notAssigned', { values: assignmentValues(missing, person.userPrincipalName), reason })
}
