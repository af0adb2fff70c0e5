import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { derivedGuid, ridOf, sidOf } from '#shared/scenario/identifiers.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { exchangeAttributesOf } from '../accounts/directory-user.ts'
import type { MailObjectStore } from '../accounts/mail-objects.ts'
import type { ContactRow, GroupRow } from '../accounts/schema.ts'
import { DirectoryError } from '../errors.ts'
import { readBody } from './read-body.ts'
import { attributesSchema } from './recipient-attributes.ts'

const text = z.string().min(1).max(256)
const newGroupSchema = z.strictObject({
  name: text,
  samAccountName: z.string().min(1).max(256).optional(),
  description: z.string().max(1024).optional(),
})
const newContactSchema = z.strictObject({ name: text, givenName: z.string().max(64), surname: z.string().max(64) })
const changeSchema = z.strictObject({
  name: text.optional(),
  attributes: attributesSchema.optional(),
  members: z.array(z.guid().transform((id) => id.toLowerCase())).optional(),
})

type Guid = { Params: { guid: string } }

/** Groups and contacts that Exchange makes, and mail attributes of groups that are there. */
export function addMailObjectRoutes(
  scope: FastifyInstance,
  context: DeploymentContext,
  objects: MailObjectStore,
): void {
  addGroupRoutes(scope, context, objects)
  addContactRoutes(scope, context, objects)
}

function addGroupRoutes(scope: FastifyInstance, { scenario, random }: DeploymentContext, objects: MailObjectStore) {
  scope.get<{ Querystring: { name?: string } }>('/groups', async ({ query }) => {
    const wanted = query.name?.toLowerCase()
    const fits = ({ name, sam_account_name, object_guid }: GroupRow) =>
      wanted === undefined || [name, sam_account_name, object_guid].some((each) => each.toLowerCase() === wanted)
    return { groups: (await objects.groups()).filter(fits).map(groupView) }
  })
  scope.post('/groups', async (request, reply) => {
    const { name, samAccountName = name, description = null } = readBody(newGroupSchema, request.body)
    const names = (await objects.groups()).map(({ sam_account_name }) => sam_account_name.toLowerCase())
    if (names.includes(samAccountName.toLowerCase())) throw new DirectoryError('nameTaken', `${samAccountName} exists`)
    const group: GroupRow = {
      object_guid: random.uuid(),
      sid: sidOf(scenario.organization.activeDirectory.domainSid, ridOf(derivedGuid('created', samAccountName))),
      sam_account_name: samAccountName,
      name,
      description,
      synchronized: 1,
      exchange_attributes: null,
    }
    await objects.addGroup(group)
    request.recording.note({ decision: 'groupCreated', detail: { name } })
    return reply.code(201).send({ group: groupView({ ...group, members: [] }) })
  })
  scope.patch<Guid>('/groups/:guid', async (request) => {
    const found = await groupOf(objects, request)
    const { name, attributes, members } = readBody(changeSchema, request.body)
    const changes = { ...(name !== undefined && { name }), ...mergedAttributes(found, attributes) }
    if (Object.keys(changes).length > 0) await objects.changeGroup(found.object_guid, changes)
    if (members) await objects.setMembers(found.object_guid, members)
    request.recording.note({ decision: 'groupChanged', detail: { name: found.name } })
    return { group: groupView(await groupOf(objects, request)) }
  })
  scope.delete<Guid>('/groups/:guid', async (request, reply) => {
    const { object_guid } = await groupOf(objects, request)
    await objects.remove('groups', object_guid)
    return reply.code(204).send()
  })
}

function addContactRoutes(scope: FastifyInstance, { random }: DeploymentContext, objects: MailObjectStore): void {
  scope.post('/contacts', async (request, reply) => {
    const { name, givenName, surname } = readBody(newContactSchema, request.body)
    const contact = { object_guid: random.uuid(), name, given_name: givenName, surname, exchange_attributes: null }
    await objects.addContact(contact)
    request.recording.note({ decision: 'contactCreated', detail: { name } })
    return reply.code(201).send({ objectGuid: contact.object_guid })
  })
  scope.patch<Guid>('/contacts/:guid', async (request) => {
    const found = await contactOf(objects, request)
    const { name, attributes } = readBody(changeSchema, request.body)
    const changes = { ...(name !== undefined && { name }), ...mergedAttributes(found, attributes) }
    if (Object.keys(changes).length > 0) await objects.changeContact(found.object_guid, changes)
    return { objectGuid: found.object_guid }
  })
  scope.delete<Guid>('/contacts/:guid', async (request, reply) => {
    const { object_guid } = await contactOf(objects, request)
    await objects.remove('contacts', object_guid)
    return reply.code(204).send()
  })
}

function mergedAttributes(row: GroupRow | ContactRow, attributes: z.output<typeof changeSchema>['attributes']) {
  if (!attributes) return {}
  const merged = Object.entries({ ...exchangeAttributesOf(row), ...attributes }).filter(([, values]) => values !== null)
  return { exchange_attributes: merged.length === 0 ? null : JSON.stringify(Object.fromEntries(merged)) }
}

async function groupOf(objects: MailObjectStore, { params }: FastifyRequest<Guid>) {
  const wanted = params.guid.toLowerCase()
  const found = (await objects.groups()).find(({ object_guid }) => object_guid.toLowerCase() === wanted)
  if (found) return found
  throw new DirectoryError('unknownGroup', `no group has the objectGUID ${wanted}`)
}

async function contactOf(objects: MailObjectStore, { params }: FastifyRequest<Guid>): Promise<ContactRow> {
  const wanted = params.guid.toLowerCase()
  const found = (await objects.contacts()).find(({ object_guid }) => object_guid === wanted)
  if (found) return found
  throw new DirectoryError('unknownUser', `no contact has the objectGUID ${wanted}`)
}

function groupView(group: GroupRow & { readonly members: readonly string[] }) {
  return {
    objectGuid: group.object_guid.toLowerCase(),
    sid: group.sid,
    samAccountName: group.sam_account_name,
    name: group.name,
    members: group.members.map((guid) => guid.toLowerCase()),
    attributes: exchangeAttributesOf(group),
  }
}
