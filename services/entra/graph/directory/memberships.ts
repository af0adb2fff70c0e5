import { z } from 'zod'
import { answerCollection, answerValue } from '../answers.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'
import type { GraphAnswer, GraphCall, Operation } from '../operation.ts'
import { operation } from '../operation.ts'
import { scopes } from '../permissions.ts'
import { readBody } from '../read-body.ts'
import { directoryObjects } from './directory-objects.ts'
import { directoryRoleRecords } from './directory-role-records.ts'
import { findUser } from './find-user.ts'
import { groupRecord } from './group-record.ts'

const reading = { scopes: scopes.readGroups, ownScopes: scopes.readSelf }

export const membershipOperations: readonly Operation[] = [
  operation('GET', '/users/{userId}/memberOf', reading, (services, call) => listMemberships(services, call, false)),
  operation('GET', '/users/{userId}/memberOf/{type}', reading, (services, call) =>
    listMemberships(services, call, false),
  ),
  operation('GET', '/users/{userId}/transitiveMemberOf', reading, (services, call) =>
    listMemberships(services, call, true),
  ),
  operation('GET', '/users/{userId}/transitiveMemberOf/{type}', reading, (services, call) =>
    listMemberships(services, call, true),
  ),
  operation('POST', '/users/{userId}/getMemberGroups', reading, getMemberGroups),
  operation('POST', '/users/{userId}/checkMemberGroups', reading, checkMemberGroups),
]

async function listMemberships(services: GraphServices, call: GraphCall, transitive: boolean): Promise<GraphAnswer> {
  const { objectId } = await findUser(services, call)
  const all = await membershipRecords(services, objectId, transitive)
  const records = ofType(all, call.parameters.type)
  return answerCollection(services, call, { resource: directoryObjects, set: 'directoryObjects', records })
}

/** The groups and directory roles of an account. */
export async function membershipRecords(
  services: GraphServices,
  objectId: string,
  transitive: boolean,
): Promise<readonly GraphRecord[]> {
  const person = await services.people.byObjectId(objectId)
  const ids = transitive ? (person?.groups ?? []) : await services.groups.directGroupIds(objectId)
  const groups = (await services.groups.list()).filter((group) => ids.includes(group.objectId))
  const roles = directoryRoleRecords(services.config.tenant.id).filter(({ roleTemplateId }) =>
    person?.directoryRoles.includes(roleTemplateId),
  )
  return [
    ...groups.map((group) => ({ '@odata.type': '#microsoft.graph.group', ...groupRecord(group) })),
    ...roles.map((role) => ({ '@odata.type': '#microsoft.graph.directoryRole', ...role })),
  ]
}

/** A cast such as `/memberOf/microsoft.graph.group`. */
export function ofType(records: readonly GraphRecord[], type: string | undefined): readonly GraphRecord[] {
  if (type === undefined) return records
  return records.filter((record) => record['@odata.type'] === `#microsoft.graph.${type}`)
}

const onlySecurity = z.strictObject({ securityEnabledOnly: z.boolean().default(false) })
const asked = z.strictObject({ groupIds: z.array(z.string()).max(20) })

async function getMemberGroups(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  readBody(call, onlySecurity, 'User')
  const { groups } = await findUser(services, call)
  return answerValue(call, 'Collection(Edm.String)', groups)
}

async function checkMemberGroups(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { groupIds } = readBody(call, asked, 'User')
  const { groups } = await findUser(services, call)
  return answerValue(
    call,
    'Collection(Edm.String)',
    groupIds.filter((id) => groups.includes(id.toLowerCase())),
  )
}
