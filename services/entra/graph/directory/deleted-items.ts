import type { ApplicationObject } from '../../applications/application-objects.ts'
import { type DeletedItem, type DeletedKind, deletedKinds } from '../../people/deleted-items.ts'
import { accountOf, type DeletedAccount, type DeletedGroup, groupOf } from '../../people/set-aside.ts'
import { answerCollection, answerEntity, contextOf, found } from '../answers.ts'
import { applicationRecord, servicePrincipalRecord } from '../applications/application-records.ts'
import { type DeletedPrincipal, restorePrincipal, restoreRegistration } from '../applications/set-aside-applications.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'
import type { GraphResource } from '../odata/graph-resource.ts'
import { applications, servicePrincipals } from '../odata/resources/applications.ts'
import { groups } from '../odata/resources/groups-and-devices.ts'
import { users } from '../odata/resources/users.ts'
import { type GraphAnswer, type GraphCall, key, noContent, type Operation, operation } from '../operation.ts'
import { directoryRoles, type Needs, requirePermission, scopes } from '../permissions.ts'
import { directoryObjects } from './directory-objects.ts'
import { groupRecord } from './group-record.ts'
import { userRecord } from './user-record.ts'

const path = '/directory/deletedItems'

interface DeletedSet {
  readonly resource: GraphResource
  readonly reading: Needs
  readonly writing: Needs
  readonly record: (services: GraphServices, item: DeletedItem) => GraphRecord
  readonly restore: (services: GraphServices, item: DeletedItem) => Promise<unknown>
}

const ofApplications = {
  reading: { scopes: scopes.readApplications },
  writing: { scopes: scopes.writeApplications, directoryRoles: directoryRoles.writeApplications },
}

/** "List deleted items": what each kind looks like, and how it comes back. */
const sets: Readonly<Record<DeletedKind, DeletedSet>> = {
  user: {
    resource: users,
    reading: { scopes: scopes.readUsers },
    writing: { scopes: scopes.writeUsers, directoryRoles: directoryRoles.writeUsers },
    record: deletedUserRecord,
    restore: restoreUser,
  },
  group: {
    resource: groups,
    reading: { scopes: scopes.readGroups },
    writing: { scopes: scopes.writeGroups, directoryRoles: directoryRoles.writeGroups },
    record: (_services, { content }) => groupRecord(groupOf(content as DeletedGroup)),
    restore: ({ setAside }, item) => setAside.restoreGroup(item),
  },
  application: {
    resource: applications,
    ...ofApplications,
    record: (services, { content }) => applicationRecord(services, content as ApplicationObject),
    restore: restoreRegistration,
  },
  servicePrincipal: {
    resource: servicePrincipals,
    ...ofApplications,
    record: (services, { content }) => servicePrincipalRecord(services, (content as DeletedPrincipal).principal),
    restore: restorePrincipal,
  },
}

/** Of a request whose path does not say what it is about: looked at again when that is known. */
const anyOf = (needs: 'reading' | 'writing'): Needs => ({
  scopes: [...new Set(deletedKinds.flatMap((kind) => sets[kind][needs].scopes))],
})

export const deletedItemOperations: readonly Operation[] = [
  ...deletedKinds.map((kind) => operation('GET', `${path}/${kind}`, sets[kind].reading, listItems(kind))),
  operation('GET', `${path}/{objectId}`, anyOf('reading'), getItem),
  operation('POST', `${path}/{objectId}/restore`, anyOf('writing'), restoreItem),
  operation('DELETE', `${path}/{objectId}`, anyOf('writing'), deleteItem),
]

function listItems(kind: DeletedKind) {
  return async (services: GraphServices, call: GraphCall): Promise<GraphAnswer> => {
    const { resource } = sets[kind]
    const records = (await services.deletedItems.list(kind)).map((item) => recordOf(services, item))
    return answerCollection(services, call, { resource, set: 'directoryObjects', records })
  }
}

async function getItem(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const record = recordOf(services, await findItem(services, call, 'reading'))
  return answerEntity(call, { resource: directoryObjects, set: 'directoryObjects', record })
}

async function restoreItem(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const item = await findItem(services, call, 'writing')
  const { restore, record } = sets[item.kind]
  const type = `#microsoft.graph.${item.kind}`
  await restore(services, item)
  const body = { ...record(services, item), ...(item.kind === 'user' && originalName(item)) }
  return {
    status: 200,
    body: { '@odata.context': `${contextOf(call, 'directoryObjects')}/$entity`, '@odata.type': type, ...body },
  }
}

async function deleteItem(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { objectId } = await findItem(services, call, 'writing')
  await services.deletedItems.remove(objectId)
  return noContent
}

async function findItem(
  { deletedItems }: GraphServices,
  call: GraphCall,
  needs: 'reading' | 'writing',
): Promise<DeletedItem> {
  const id = key(call, 'objectId')
  const item = found(await deletedItems.byObjectId(id), id)
  requirePermission(sets[item.kind][needs], call.caller, false)
  return item
}

function recordOf(services: GraphServices, item: DeletedItem): GraphRecord {
  const record = sets[item.kind].record(services, item)
  const type = `#microsoft.graph.${item.kind}`
  return { '@odata.type': type, ...record, deletedDateTime: item.deletedAt.toISOString() }
}

/** A deleted account makes room for its name: its id without dashes goes before it. */
function deletedUserRecord(services: GraphServices, { objectId, content }: DeletedItem): GraphRecord {
  const record = userRecord(services, accountOf(content as DeletedAccount))
  return { ...record, userPrincipalName: `${objectId.replaceAll('-', '')}${record.userPrincipalName}` }
}

function originalName({ content }: DeletedItem): GraphRecord {
  return { userPrincipalName: (content as DeletedAccount).person.user_principal_name }
}

async function restoreUser({ setAside }: GraphServices, item: DeletedItem): Promise<void> {
  if (await setAside.restoreAccount(item)) return
  const { userPrincipalName } = originalName(item)
  const values = { property: 'userPrincipalName' }
  throw new GraphError('propertyTaken', { values, reason: `${userPrincipalName} is the name of another account now` })
}
