import { answerCollection, found } from '../answers.ts'
import { servicePrincipalRecord } from '../applications/application-records.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'
import { type GraphAnswer, type GraphCall, key, noContent } from '../operation.ts'
import { directoryObjects } from './directory-objects.ts'
import { findCloudGroup, findGroup } from './find-group.ts'
import { idOfReference } from './references.ts'
import { userRecord } from './user-record.ts'

/** [Graph] "List group owners": accounts and service principals. */
export async function listOwners(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { objectId } = await findGroup(services, call)
  const ids = await services.cloudGroups.owners.of(objectId)
  const records = await Promise.all(ids.map((id) => ownerRecord(services, id)))
  const present = records.filter((record) => record !== undefined)
  return answerCollection(services, call, { resource: directoryObjects, set: 'directoryObjects', records: present })
}

async function ownerRecord(services: GraphServices, id: string): Promise<GraphRecord | undefined> {
  const person = await services.people.byObjectId(id)
  if (person) return { '@odata.type': '#microsoft.graph.user', ...userRecord(services, person) }
  const principal = services.applications.servicePrincipals.byId(id)
  return (
    principal && { '@odata.type': '#microsoft.graph.servicePrincipal', ...servicePrincipalRecord(services, principal) }
  )
}

export async function addOwner(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { objectId } = await findCloudGroup(services, call)
  const [owner = ''] = await ownersOf(services, [call.body()['@odata.id']])
  if (await services.cloudGroups.owners.add(objectId, owner)) return noContent
  throw new GraphError('referenceTaken', { values: { property: 'owners' } })
}

/** "The last owner (user object) of a group cannot be removed." */
export async function removeOwner(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { objectId } = await findCloudGroup(services, call)
  const id = key(call, 'ownerId').toLowerCase()
  const owners = await services.cloudGroups.owners.of(objectId)
  found(owners.includes(id) ? id : undefined, id)
  if (owners.length === 1) {
    const problem = 'The group must have at least one owner, hence this owner cannot be removed.'
    throw new GraphError('requestRefused', { values: { problem } })
  }
  await services.cloudGroups.owners.remove(objectId, id)
  return noContent
}

/** Object ids of references; each must be there. */
export async function ownersOf(services: GraphServices, references: readonly unknown[]): Promise<readonly string[]> {
  return Promise.all(
    references.map(async (reference) => {
      const id = idOfReference(reference)
      return found((await ownerRecord(services, id)) && id, id)
    }),
  )
}
