import { Gap } from '#shared/errors.ts'
import { answerCollection, answerEntity, found } from '../answers.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'
import { groups as resource } from '../odata/resources/groups-and-devices.ts'
import { type GraphAnswer, type GraphCall, key, type Operation, operation } from '../operation.ts'
import { directoryRoles, scopes } from '../permissions.ts'
import { directoryObjects } from './directory-objects.ts'
import { groupRecord } from './group-record.ts'
import { ofType } from './memberships.ts'
import { userRecord } from './user-record.ts'

const reading = { scopes: scopes.readGroups }
const writing = {
  scopes: ['Group.ReadWrite.All', 'Directory.ReadWrite.All'],
  directoryRoles: directoryRoles.writeUsers,
}

export const groupOperations: readonly Operation[] = [
  operation('GET', '/groups', reading, listGroups),
  operation('POST', '/groups', writing, async () => {
    throw new Gap('groups that exist in Entra ID only', 'services/entra/README.md')
  }),
  operation('GET', '/groups/{groupId}', reading, getGroup),
  operation('PATCH', '/groups/{groupId}', writing, refuseChange),
  operation('DELETE', '/groups/{groupId}', writing, refuseChange),
  operation('GET', '/groups/{groupId}/members', reading, (services, call) => listMembers(services, call, false)),
  operation('GET', '/groups/{groupId}/members/{type}', reading, (services, call) => listMembers(services, call, false)),
  operation('GET', '/groups/{groupId}/transitiveMembers', reading, (services, call) =>
    listMembers(services, call, true),
  ),
  operation('GET', '/groups/{groupId}/transitiveMembers/{type}', reading, (services, call) =>
    listMembers(services, call, true),
  ),
]

function expansions(services: GraphServices) {
  return { members: ({ id }: GraphRecord) => memberRecords(services, String(id), false) }
}

async function listGroups(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const records = (await services.groups.list()).map(groupRecord)
  return answerCollection(services, call, { resource, set: 'groups', records, expand: expansions(services) })
}

async function getGroup(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const record = groupRecord(await findGroup(services, call))
  return answerEntity(call, { resource, set: 'groups', record, expand: expansions(services) })
}

async function findGroup({ groups }: GraphServices, call: GraphCall) {
  const id = key(call, 'groupId')
  return found(await groups.byObjectId(id), id)
}

async function listMembers(services: GraphServices, call: GraphCall, transitive: boolean): Promise<GraphAnswer> {
  const { objectId } = await findGroup(services, call)
  const records = ofType(await memberRecords(services, objectId, transitive), call.parameters.type)
  return answerCollection(services, call, { resource: directoryObjects, set: 'directoryObjects', records })
}

async function memberRecords(
  services: GraphServices,
  groupId: string,
  transitive: boolean,
): Promise<readonly GraphRecord[]> {
  const ids = new Set(await services.groups.memberIds(groupId, transitive))
  const [people, groups] = await Promise.all([services.people.list(), services.groups.list()])
  return [
    ...people
      .filter(({ objectId }) => ids.has(objectId))
      .map((person) => ({ '@odata.type': '#microsoft.graph.user', ...userRecord(services, person) })),
    ...groups
      .filter(({ objectId }) => ids.has(objectId))
      .map((group) => ({ '@odata.type': '#microsoft.graph.group', ...groupRecord(group) })),
  ]
}

/** Every group comes from the directory on premises. */
async function refuseChange(services: GraphServices, call: GraphCall): Promise<never> {
  const { displayName } = await findGroup(services, call)
  throw new GraphError('synchronizedProperty', { reason: `${displayName} is synchronized: change it on premises` })
}
