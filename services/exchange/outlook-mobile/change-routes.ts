import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { MobileItem } from './account-store.ts'
import type { MobileChangeRow } from './account-tables.ts'
import { factsOf } from './cached-changes.ts'
import {
  contactSchema,
  eventSchema,
  type ItemPlace,
  type MobileChange,
  mailSchema,
  markSchema,
  moveSchema,
  repliesSchema,
} from './change.ts'
import { MobileError } from './mobile-error.ts'
import { type MobileParts, ownAccount, signedInStill } from './own-account.ts'

/** The folder in which something new begins ([MS-ASCMD] 2.2.3.186.1), and what it may hold. */
const made = [
  { name: 'events', itemKind: 'event', folderType: '8', schema: eventSchema },
  { name: 'contacts', itemKind: 'contact', folderType: '9', schema: contactSchema },
] as const

interface ChangeRoute {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the cached mailbox. */
  readonly path: string
  readonly read: (request: FastifyRequest, parts: MobileParts, accountId: string) => Promise<MobileChange>
}

const changeRoutes: readonly ChangeRoute[] = [
  { method: 'POST', path: 'messages', read: async (request) => ({ kind: 'sendMail', ...read(mailSchema, request) }) },
  { method: 'PATCH', path: 'messages/:item', read: markMessage },
  {
    method: 'POST',
    path: 'messages/:item/move',
    read: async (request, parts, id) => ({
      kind: 'moveItem',
      item: await placeOf(request, parts, id),
      ...read(moveSchema, request),
    }),
  },
  {
    method: 'PUT',
    path: 'automatic-replies',
    read: async (request) => ({ kind: 'setAutomaticReplies', replies: read(repliesSchema, request) }),
  },
  ...['messages', 'events', 'contacts'].map(
    (name): ChangeRoute => ({
      method: 'DELETE',
      path: `${name}/:item`,
      read: async (request, parts, id) => ({ kind: 'deleteItem', item: await placeOf(request, parts, id) }),
    }),
  ),
  ...made.map(
    ({ name, itemKind, folderType, schema }): ChangeRoute => ({
      method: 'POST',
      path: name,
      read: async (request, parts, id) => {
        const collectionId = await folderOf(parts, id, folderType)
        return { kind: 'createItem', itemKind, collectionId, facts: read(schema, request) }
      },
    }),
  ),
  ...made.map(
    ({ name, schema }): ChangeRoute => ({
      method: 'PATCH',
      path: `${name}/:item`,
      read: (request, parts, id) => updateItem(request, parts, { id, schema: schema.partial() }),
    }),
  ),
]

/** What a person does in the app, for the server on-premises; each is answered with what became of it so far. */
export function addChangeRoutes(scope: FastifyInstance, parts: MobileParts): void {
  for (const { method, path, read: readChange } of changeRoutes)
    scope.route({
      method,
      url: `/shadow/v2.0/mailboxes/:id/${path}`,
      handler: async (request, reply) => {
        const { id } = signedInStill(await ownAccount(request, parts))
        const change = await parts.provisioning.change(id, await readChange(request, parts, id))
        const { kind, state, reason } = change
        request.recording.note({ decision: `${kind}: ${state}`, ...(reason !== null && { reason }) })
        return reply.code(state === 'queued' ? 202 : 200).send(changeView(change))
      },
    })
  scope.get('/shadow/v2.0/mailboxes/:id/changes', async (request) => {
    const { id } = await ownAccount(request, parts)
    return { value: (await parts.changes.list(id)).map(changeView) }
  })
}

async function markMessage(request: FastifyRequest, parts: MobileParts, accountId: string): Promise<MobileChange> {
  const { read: isRead, flagged } = read(markSchema, request)
  const item = await placeOf(request, parts, accountId)
  return {
    kind: 'markMessage',
    item,
    ...(isRead !== undefined && { read: isRead }),
    ...(flagged !== undefined && { flagged }),
  }
}

interface Updating {
  readonly id: string
  readonly schema: z.ZodType<object>
}

/** The whole item goes to the server: what is left out of a change would be gone there. */
async function updateItem(
  request: FastifyRequest,
  parts: MobileParts,
  { id, schema }: Updating,
): Promise<MobileChange> {
  const patch = read(schema, request)
  const item = await cached(request, parts, id)
  return { kind: 'updateItem', item: itemPlace(item), facts: { ...factsOf(item), ...patch } }
}

async function placeOf(request: FastifyRequest, parts: MobileParts, accountId: string): Promise<ItemPlace> {
  return itemPlace(await cached(request, parts, accountId))
}

function itemPlace({ server_id: id, collection_id: collectionId, kind }: MobileItem): ItemPlace {
  return { id, collectionId, itemKind: kind as ItemPlace['itemKind'] }
}

async function cached({ params }: FastifyRequest, { accounts }: MobileParts, accountId: string): Promise<MobileItem> {
  const { item: itemId } = params as { item: string }
  const item = await accounts.item(accountId, itemId)
  if (item) return item
  throw new MobileError('noSuchItem', `There is no item ${itemId} in the cache.`)
}

async function folderOf({ accounts }: MobileParts, accountId: string, folderType: string): Promise<string> {
  const folder = (await accounts.collections(accountId)).find(({ folder_type: type }) => type === folderType)
  if (folder) return folder.server_id
  throw new MobileError('noSuchItem', 'The folder for it is not synchronized.')
}

function read<Schema extends z.ZodType>(schema: Schema, { body }: FastifyRequest): z.output<Schema> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw new MobileError('invalidRequest', z.prettifyError(parsed.error))
}

function changeView({ id, kind, state, reason, item_id, created_at, ended_at }: MobileChangeRow) {
  return {
    id,
    kind,
    state,
    ...(reason !== null && { reason }),
    ...(item_id !== null && { itemId: item_id }),
    createdAt: new Date(Number(created_at)).toISOString(),
    ...(ended_at !== null && { endedAt: new Date(Number(ended_at)).toISOString() }),
  }
}
