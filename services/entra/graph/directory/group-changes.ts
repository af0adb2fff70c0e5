import { z } from 'zod'
import { Gap } from '#shared/errors.ts'
import { answerEntity, found } from '../answers.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import { groups as resource } from '../odata/resources/groups-and-devices.ts'
import { type GraphAnswer, type GraphCall, noContent } from '../operation.ts'
import { readBody } from '../read-body.ts'
import { findCloudGroup } from './find-group.ts'
import { anchorsOf } from './group-members.ts'
import { ownersOf } from './group-owners.ts'
import { groupRecord } from './group-record.ts'

const nickname = z
  .string()
  .regex(/^[\x21-\x7e]{1,64}$/)
  .regex(/^[^@()\\[\]";:<>, ]+$/)

const newGroupSchema = z.strictObject({
  displayName: z.string().min(1).max(256),
  description: z.string().max(1024).nullish(),
  mailNickname: nickname,
  mailEnabled: z.boolean(),
  securityEnabled: z.boolean(),
  groupTypes: z.array(z.string()).default([]),
  isAssignableToRole: z.boolean().nullish(),
  visibility: z.enum(['Private', 'Public', 'HiddenMembership']).nullish(),
})

const changesSchema = z.strictObject({
  displayName: z.string().min(1).max(256).optional(),
  description: z.string().max(1024).nullish(),
  mailNickname: nickname.optional(),
  securityEnabled: z.literal(true).optional(),
})

/** As many as one request may name ([Graph] "Add members"). */
const mostMembers = 20

export async function createGroup(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const details = readBody(call, newGroupSchema, 'Group')
  refuseOtherKinds(details)
  const members = await anchorsOf(services, bound(call, 'members'))
  const owners = await ownersOf(services, bound(call, 'owners'))
  const id = await services.cloudGroups.create(details, [...new Set(members)])
  for (const owner of owners) await services.cloudGroups.owners.add(id, owner)
  const record = groupRecord(found(await services.groups.byObjectId(id), id))
  return answerEntity(call, { resource, set: 'groups', record, status: 201 })
}

const readme = 'services/entra/README.md'

function refuseOtherKinds({
  groupTypes,
  mailEnabled,
  securityEnabled,
  isAssignableToRole,
}: z.output<typeof newGroupSchema>) {
  if (groupTypes.includes('Unified')) throw new Gap('Microsoft 365 groups', readme)
  if (groupTypes.length > 0) throw new Gap('groups with dynamic membership', readme)
  if (isAssignableToRole) throw new Gap('groups that directory roles are assigned to', readme)
  if (securityEnabled && !mailEnabled) return
  const problem = 'The service does not support creation of mail-enabled security groups or distribution groups.'
  throw new GraphError('requestRefused', {
    values: { problem },
    reason: 'securityEnabled must be true, mailEnabled false',
  })
}

export async function changeGroup(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { objectId } = await findCloudGroup(services, call)
  const { description, ...details } = readBody(call, changesSchema, 'Group')
  const members = await anchorsOf(services, bound(call, 'members'))
  await services.cloudGroups.change(objectId, { ...details, ...(description !== undefined && { description }) })
  for (const anchor of members) {
    if (!(await services.cloudGroups.addMember(objectId, anchor)))
      throw new GraphError('referenceTaken', { values: { property: 'members' } })
  }
  return noContent
}

export async function deleteGroup(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { objectId } = await findCloudGroup(services, call)
  await services.setAside.deleteGroup(objectId)
  return noContent
}

/** Relationships in a body: `"members@odata.bind": ["https://…/users/{id}"]`. */
function bound(call: GraphCall, relationship: string): readonly unknown[] {
  const list = call.body()[`${relationship}@odata.bind`] ?? []
  if (Array.isArray(list) && list.length <= mostMembers) return list
  const problem = `The maximum number of references that can be added in one request is ${mostMembers}.`
  throw new GraphError('requestRefused', { values: { problem } })
}
