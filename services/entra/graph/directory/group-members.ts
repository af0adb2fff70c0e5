import { anchorOf, cloudAnchor } from '../../people/anchors.ts'
import { answerCollection, found } from '../answers.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'
import { type GraphAnswer, type GraphCall, key, noContent } from '../operation.ts'
import { deviceRecord } from './device-record.ts'
import { directoryObjects } from './directory-objects.ts'
import { findCloudGroup, findGroup } from './find-group.ts'
import { groupRecord } from './group-record.ts'
import { ofType } from './memberships.ts'
import { idOfReference } from './references.ts'
import { userRecord } from './user-record.ts'

export function groupExpansions(services: GraphServices) {
  return { members: ({ id }: GraphRecord) => memberRecords(services, String(id), false) }
}

export async function listMembers(services: GraphServices, call: GraphCall, transitive: boolean): Promise<GraphAnswer> {
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
  const [people, groups, devices] = await Promise.all([
    services.people.list(),
    services.groups.list(),
    services.devices.directory.list(),
  ])
  const isMember = ({ objectId }: { readonly objectId: string }) => ids.has(objectId)
  return [
    ...people
      .filter(isMember)
      .map((person) => ({ '@odata.type': '#microsoft.graph.user', ...userRecord(services, person) })),
    ...groups.filter(isMember).map((group) => ({ '@odata.type': '#microsoft.graph.group', ...groupRecord(group) })),
    ...devices
      .filter(isMember)
      .map((device) => ({ '@odata.type': '#microsoft.graph.device', ...deviceRecord(device) })),
  ]
}

/** The groups that a group or a device is in. */
export async function listGroupsOf(
  services: GraphServices,
  call: GraphCall,
  transitive: boolean,
): Promise<GraphAnswer> {
  const id = (call.parameters.groupId ?? call.parameters.deviceId ?? '').toLowerCase()
  const member = found(await memberAnchor(services, id), id)
  const ids = transitive ? await services.groups.groupIdsOf(member) : await services.groups.directGroupIds(id)
  const groups = (await services.groups.list()).filter(({ objectId }) => ids.includes(objectId))
  const records = groups.map((group) => ({ '@odata.type': '#microsoft.graph.group', ...groupRecord(group) }))
  return answerCollection(services, call, { resource: directoryObjects, set: 'directoryObjects', records })
}

/** [Graph] "Add members": one object, named by its URL. */
export async function addMember(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const group = await findCloudGroup(services, call)
  const [anchor = ''] = await anchorsOf(services, [call.body()['@odata.id']])
  if (await services.cloudGroups.addMember(group.objectId, anchor)) return noContent
  throw new GraphError('referenceTaken', { values: { property: 'members' } })
}

export async function removeMember(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const group = await findCloudGroup(services, call)
  const id = key(call, 'memberId').toLowerCase()
  const anchor = found(await memberAnchor(services, id), id)
  const removed = await services.cloudGroups.removeMember(group.objectId, anchor)
  found(removed || undefined, id)
  return noContent
}

/** Of objects by their URLs: `https://graph.microsoft.com/v1.0/directoryObjects/{id}`, `…/users/{id}`. */
export async function anchorsOf(services: GraphServices, references: readonly unknown[]): Promise<readonly string[]> {
  return Promise.all(
    references.map(async (reference) => {
      const id = idOfReference(reference)
      return found(await memberAnchor(services, id), id)
    }),
  )
}

async function memberAnchor(services: GraphServices, id: string): Promise<string | undefined> {
  const person = await services.people.byObjectId(id)
  if (person) return anchorOf(person)
  const group = await services.groups.byObjectId(id)
  if (group) return group.anchor
  const device = (await services.devices.directory.list()).find(({ objectId }) => objectId === id)
  return device && cloudAnchor(device.objectId)
}
