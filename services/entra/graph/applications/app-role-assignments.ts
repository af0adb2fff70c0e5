import { z } from 'zod'
import type { AppRoleAssignment, ServicePrincipalObject } from '../../applications/application-objects.ts'
import { answerCollection, answerEntity, found } from '../answers.ts'
import { findGroup } from '../directory/find-group.ts'
import { findUser } from '../directory/find-user.ts'
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
const readingOwn = { scopes: [...scopes.readApplications, ...scopes.assignAppRoles, 'User.Read.All'] }
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

/** Who has roles, and the API that gives them. */
const paths = [path, '/users/{userId}', '/groups/{groupId}']

export const appRoleAssignmentOperations: readonly Operation[] = [
  ...paths.flatMap((owner) => [
    operation('GET', `${owner}/appRoleAssignments`, readingOwn, listRolesOf),
    operation('POST', `${owner}/appRoleAssignments`, writing, createAssignment),
    operation('DELETE', `${owner}/appRoleAssignments/{assignmentId}`, writing, deleteAssignment),
  ]),
  operation('GET', `${path}/appRoleAssignedTo`, reading, listAssignedTo),
  operation('POST', `${path}/appRoleAssignedTo`, writing, createAssignment),
  operation('DELETE', `${path}/appRoleAssignedTo/{assignmentId}`, writing, deleteAssignment),
]

/** People have the roles of their groups, too ("List appRoleAssignments granted to a user"). */
async function listRolesOf(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { id, groups = [] } = await findOwner(services, call)
  return answerAssignments(services, call, ({ principalId }) => principalId === id || groups.includes(principalId))
}

async function listAssignedTo(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { id } = findServicePrincipal(services, call)
  return answerAssignments(services, call, ({ resourceId }) => resourceId === id)
}

function answerAssignments(
  services: GraphServices,
  call: GraphCall,
  isWanted: (assignment: AppRoleAssignment) => boolean,
): Promise<GraphAnswer> {
  const records = services.applications.assignments.all().filter(isWanted)
  return answerCollection(services, call, { resource, set, records: records.map((each) => ({ ...each })) })
}

interface Owner {
  readonly id: string
  readonly groups?: readonly string[]
}

/** Whom the path is about. */
async function findOwner(services: GraphServices, call: GraphCall): Promise<Owner> {
  if (call.parameters.groupId !== undefined) return { id: (await findGroup(services, call)).objectId }
  if (call.parameters.userId === undefined) return findServicePrincipal(services, call)
  const { objectId } = await findUser(services, call)
  return { id: objectId, groups: await services.groups.directGroupIds(objectId) }
}

const newSchema = z.strictObject({ principalId: z.guid(), resourceId: z.guid(), appRoleId: z.guid() })

async function createAssignment(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { applications, clock, random } = services
  const owner = await findOwner(services, call)
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
  const { id } = await findOwner(services, call)
  const assignment = applications.assignments.byId(key(call, 'assignmentId'))
  const isMine = assignment?.principalId === id || assignment?.resourceId === id
  await applications.assignments.remove(found(isMine ? assignment : undefined, key(call, 'assignmentId')).id)
  return noContent
}
