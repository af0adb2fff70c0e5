import { answerCollection, answerEntity } from '../answers.ts'
import type { GraphServices } from '../graph-services.ts'
import { groups as resource } from '../odata/resources/groups-and-devices.ts'
import { type GraphAnswer, type GraphCall, type Operation, operation } from '../operation.ts'
import { directoryRoles, scopes } from '../permissions.ts'
import { findGroup } from './find-group.ts'
import { changeGroup, createGroup, deleteGroup } from './group-changes.ts'
import { addMember, groupExpansions, listGroupsOf, listMembers, removeMember } from './group-members.ts'
import { addOwner, listOwners, removeOwner } from './group-owners.ts'
import { groupRecord } from './group-record.ts'

const reading = { scopes: scopes.readGroups }
const writing = { scopes: scopes.writeGroups, directoryRoles: directoryRoles.writeGroups }
const writingMembers = { scopes: scopes.writeMembers, directoryRoles: directoryRoles.writeGroups }
const path = '/groups/{groupId}'

export const groupOperations: readonly Operation[] = [
  operation('GET', '/groups', reading, listGroups),
  operation('POST', '/groups', writing, createGroup),
  operation('GET', path, reading, getGroup),
  operation('PATCH', path, writing, changeGroup),
  operation('DELETE', path, writing, deleteGroup),
  ...[
    { name: 'members', transitive: false },
    { name: 'transitiveMembers', transitive: true },
  ].flatMap(({ name, transitive }) => [
    operation('GET', `${path}/${name}`, reading, (services, call) => listMembers(services, call, transitive)),
    operation('GET', `${path}/${name}/{type}`, reading, (services, call) => listMembers(services, call, transitive)),
  ]),
  ...[
    { name: 'memberOf', transitive: false },
    { name: 'transitiveMemberOf', transitive: true },
  ].flatMap(({ name, transitive }) => [
    operation('GET', `${path}/${name}`, reading, (services, call) => listGroupsOf(services, call, transitive)),
    operation('GET', `/devices/{deviceId}/${name}`, reading, (services, call) =>
      listGroupsOf(services, call, transitive),
    ),
  ]),
  operation('GET', `${path}/owners`, reading, listOwners),
  operation('POST', `${path}/owners/$ref`, writing, addOwner),
  operation('DELETE', `${path}/owners/{ownerId}/$ref`, writing, removeOwner),
  operation('POST', `${path}/members/$ref`, writingMembers, addMember),
  operation('DELETE', `${path}/members/{memberId}/$ref`, writingMembers, removeMember),
]

async function listGroups(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const records = (await services.groups.list()).map(groupRecord)
  return answerCollection(services, call, { resource, set: 'groups', records, expand: groupExpansions(services) })
}

async function getGroup(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const record = groupRecord(await findGroup(services, call))
  return answerEntity(call, { resource, set: 'groups', record, expand: groupExpansions(services) })
}
