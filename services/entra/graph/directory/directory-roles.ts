import { answerCollection, answerEntity, found } from '../answers.ts'
import { servicePrincipalRecord } from '../applications/application-records.ts'
import type { GraphServices } from '../graph-services.ts'
import { type GraphAnswer, type GraphCall, key, type Operation, operation } from '../operation.ts'
import { scopes } from '../permissions.ts'
import { directoryObjects, directoryRoles as resource } from './directory-objects.ts'
import { directoryRoleRecords } from './directory-role-records.ts'
import { userRecord } from './user-record.ts'

const reading = { scopes: scopes.readRoles }

export const directoryRoleOperations: readonly Operation[] = [
  operation('GET', '/directoryRoles', reading, listRoles),
  operation('GET', '/directoryRoles/{roleId}', reading, getRole),
  operation('GET', '/directoryRoles/{roleId}/members', reading, listRoleMembers),
  operation('GET', '/directoryRoleTemplates', reading, listTemplates),
]

async function listRoles(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const records = directoryRoleRecords(services.config.tenant.id)
  return answerCollection(services, call, { resource, set: 'directoryRoles', records })
}

async function getRole(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  return answerEntity(call, { resource, set: 'directoryRoles', record: findRole(services, call) })
}

/** By its id, or as `directoryRoles(roleTemplateId='…')`. */
function findRole({ config }: GraphServices, call: GraphCall) {
  const id = key(call, 'roleId').toLowerCase()
  const byTemplate = id.replace(/^roletemplateid=/, '')
  const roles = directoryRoleRecords(config.tenant.id)
  const role = roles.find((each) => (id === byTemplate ? each.id === id : each.roleTemplateId === byTemplate))
  return found(role, id)
}

async function listRoleMembers(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { roleTemplateId } = findRole(services, call)
  const members = (await services.people.list()).filter(({ directoryRoles }) => directoryRoles.includes(roleTemplateId))
  const people = members.map((person) => ({
    '@odata.type': '#microsoft.graph.user',
    ...userRecord(services, person),
  }))
  const records = [...people, ...principalsWith(services, roleTemplateId)]
  return answerCollection(services, call, { resource: directoryObjects, set: 'directoryObjects', records })
}

function principalsWith(services: GraphServices, roleTemplateId: string) {
  const all = services.applications.servicePrincipals.all()
  return all
    .filter(({ directoryRoles }) => directoryRoles?.includes(roleTemplateId))
    .map((each) => ({ '@odata.type': '#microsoft.graph.servicePrincipal', ...servicePrincipalRecord(services, each) }))
}

async function listTemplates(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const records = directoryRoleRecords(services.config.tenant.id).map(({ roleTemplateId, ...role }) => ({
    ...role,
    id: roleTemplateId,
  }))
  return answerCollection(services, call, { resource, set: 'directoryRoleTemplates', records })
}
