import { z } from 'zod'
import type { AppRoleAssignment, ServicePrincipalObject } from '../../applications/application-objects.ts'
import { answerCollection, answerEntity, found } from '../answers.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphResource } from '../odata/graph-resource.ts'
import { named } from '../odata/resources/declare.ts'
import { type GraphAnswer, type GraphCall, key, noContent, type Operation, operation } from '../operation.ts'
import { directoryRoles, scopes } from '../permissions.ts'
import { readBody } from '../read-body.ts'
import { rolesOf } from './application-records.ts'
import { findServicePrincipal } from './service-principals.ts'

const reading = { scopes: scopes.readApplications }
const writing = { scopes: scopes.assignAppRoles, directoryRoles: directoryRoles.assignAppRoles }
const set = 'appRoleAssignments'
const path = '/servicePrincipals/{servicePrincipalId}'

/** [Graph] appRoleAssignment. */
const resource: GraphResource = {
  name: 'AppRoleAssignment',
  type: 'microsoft.graph.appRoleAssignment',
  directoryObject: true,
  properties: {
    ...named('string', ['id', 'principalDisplayName', 'resourceDisplayName', 'principalType'], { filter: ['eq'] }),
    ...named('guid', ['appRoleId', 'principalId', 'resourceId'], { filter: ['eq'] }),
    createdDateTime: { type: 'dateTime' },
  },
  pageSize: 100,
  largestPage: 999,
}

export const appRoleAssignmentOperations: readonly Operation[] = [
  operation('GET', `${path}/appRoleAssignments`, reading, (services, call) =>
    listAssignments(services, call, ({ principalId }, id) => principalId === id),
  ),
  operation('GET', `${path}/appRoleAssignedTo`, reading, (services, call) =>
    listAssignments(services, call, ({ resourceId }, id) => resourceId === id),
  ),
  operation('POST', `${path}/appRoleAssignments`, writing, createAssignment),
  operation('POST', `${path}/appRoleAssignedTo`, writing, createAssignment),
  operation('DELETE', `${path}/appRoleAssignments/{assignmentId}`, writing, deleteAssignment),
  operation('DELETE', `${path}/appRoleAssignedTo/{assignmentId}`, writing, deleteAssignment),
]

async function listAssignments(
  services: GraphServices,
  call: GraphCall,
  isWanted: (assignment: AppRoleAssignment, id: string) => boolean,
): Promise<GraphAnswer> {
  const { id } = findServicePrincipal(services, call)
  const records = services.applications.assignments.all().filter((each) => isWanted(each, id))
  return answerCollection(services, call, { resource, set, records: records.map((each) => ({ ...each })) })
}

const newSchema = z.strictObject({ principalId: z.guid(), resourceId: z.guid(), appRoleId: z.guid() })

async function createAssignment(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { applications, clock, random } = services
  const owner = findServicePrincipal(services, call)
  const body = readBody(call, newSchema, 'AppRoleAssignment')
  const [principalId, resourceId] = [body.principalId.toLowerCase(), body.resourceId.toLowerCase()]
  if (owner.id !== principalId && owner.id !== resourceId) {
    const values = { property: 'principalId', resource: 'AppRoleAssignment' }
    throw new GraphError('propertyInvalid', { values, reason: `the path is about ${owner.id}` })
  }
  const api = found(applications.servicePrincipals.byId(resourceId), resourceId)
  const principal = found(await findPrincipal(services, principalId), principalId)
  const appRoleId = roleIdOf(services, api, body.appRoleId)
  const same = (each: AppRoleAssignment) =>
    each.principalId === principalId && each.resourceId === resourceId && each.appRoleId === appRoleId
  if (applications.assignments.all().some(same)) {
    throw new GraphError('propertyTaken', { values: { property: 'appRoleId' }, reason: 'the role is assigned already' })
  }
  const assignment = await applications.assignments.insert({
    id: random.uuid(),
    principalId,
    ...principal,
    resourceId,
    resourceDisplayName: api.displayName,
    appRoleId,
    createdDateTime: clock.now().toISOString(),
  })
  return answerEntity(call, { resource, set, record: { ...assignment }, status: 201 })
}

type Principal = Pick<AppRoleAssignment, 'principalType' | 'principalDisplayName'>

async function findPrincipal(services: GraphServices, id: string): Promise<Principal | undefined> {
  const application = services.applications.servicePrincipals.byId(id)
  if (application) return { principalType: 'ServicePrincipal', principalDisplayName: application.displayName }
  const person = await services.people.byObjectId(id)
  if (person) return { principalType: 'User', principalDisplayName: person.displayName }
  const group = await services.groups.byObjectId(id)
  return group && { principalType: 'Group', principalDisplayName: group.displayName }
}

/** The id of all zeros assigns access without a role. */
const noRole = '00000000-0000-0000-0000-000000000000'

function roleIdOf({ applications }: GraphServices, api: ServicePrincipalObject, wanted: string): string {
  const id = wanted.toLowerCase()
  const registration = applications.applications.all().find(({ appId }) => appId === api.appId)
  if (id === noRole || rolesOf(registration, api).some((role) => role.id.toLowerCase() === id)) return id
  const problem = 'Permission being assigned was not found on application'
  throw new GraphError('requestRefused', {
    values: { problem },
    reason: `${api.displayName} has no app role ${wanted}`,
  })
}

async function deleteAssignment(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { applications } = services
  const { id } = findServicePrincipal(services, call)
  const assignment = applications.assignments.byId(key(call, 'assignmentId'))
  const isMine = assignment?.principalId === id || assignment?.resourceId === id
  await applications.assignments.remove(found(isMine ? assignment : undefined, key(call, 'assignmentId')).id)
  return noContent
}
