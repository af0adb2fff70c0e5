import type {
  ApplicationObject,
  AppRoleAssignment,
  ServicePrincipalObject,
} from '../../applications/application-objects.ts'
import type { PermissionGrant } from '../../applications/permission-grants.ts'
import type { DeletedItem } from '../../people/deleted-items.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'

type Services = Pick<GraphServices, 'applications' | 'deletedItems'>

/** A service principal as it is kept after its deletion, with what it was given and gave. */
export interface DeletedPrincipal {
  readonly principal: ServicePrincipalObject
  readonly assignments: readonly AppRoleAssignment[]
  readonly grants: readonly PermissionGrant[]
}

/** "Delete application": its service principal goes with it. */
export async function deleteRegistration(services: Services, application: ApplicationObject): Promise<void> {
  const { applications, deletedItems } = services
  await deletedItems.keep({ objectId: application.id, kind: 'application', content: application })
  await applications.applications.remove(application.id)
  const principal = applications.servicePrincipals.all().find(({ appId }) => appId === application.appId)
  if (principal) await deletePrincipal(services, principal)
}

export async function deletePrincipal(
  { applications, deletedItems }: Services,
  principal: ServicePrincipalObject,
): Promise<void> {
  const { id } = principal
  const assignments = applications.assignments.all().filter((each) => each.principalId === id || each.resourceId === id)
  const grants = (await applications.grants.list()).filter((each) => each.clientId === id || each.resourceId === id)
  const content: DeletedPrincipal = { principal, assignments, grants }
  await deletedItems.keep({ objectId: id, kind: 'servicePrincipal', content })
  await applications.servicePrincipals.remove(id)
  for (const assignment of assignments) await applications.assignments.remove(assignment.id)
  for (const grant of grants) await applications.grants.remove(grant.id)
}

/** "Restore deleted item": the service principal of a registration comes back with it. */
export async function restoreRegistration(services: Services, item: DeletedItem): Promise<void> {
  const application = item.content as ApplicationObject
  await services.applications.applications.insert(application)
  await services.deletedItems.remove(item.objectId)
  const principals = await services.deletedItems.list('servicePrincipal')
  const mine = principals.find(({ content }) => (content as DeletedPrincipal).principal.appId === application.appId)
  if (mine) await restorePrincipal(services, mine)
}

export async function restorePrincipal(services: Services, item: DeletedItem): Promise<void> {
  const { applications, deletedItems } = services
  const { principal, assignments, grants } = item.content as DeletedPrincipal
  if (applications.servicePrincipals.all().some(({ appId }) => appId === principal.appId)) {
    const problem = `The service principal cannot be created, updated, or restored because the service principal name ${principal.appId} is already in use.`
    throw new GraphError('requestRefused', { values: { problem } })
  }
  await applications.servicePrincipals.insert(principal)
  for (const assignment of assignments) await applications.assignments.insert(assignment)
  await applications.grants.add(grants)
  await deletedItems.remove(item.objectId)
}
