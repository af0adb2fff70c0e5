import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Item } from '../../mailbox/item.ts'
import type { ItemChange } from '../../mailbox/item-changes.ts'
import type { Call } from '../call.ts'
import { classOfItem } from '../classes/item-class.ts'
import { partialElements } from '../classes/message.ts'
import type { CommandResult } from '../devices/device-state.ts'
import { preferencesWithin } from '../devices/policy-limits.ts'
import { element, empty, opaque, optional, text } from '../elements.ts'
import type { CollectionResult, CommandResponse } from './sync-collection.ts'

/** A Collection of the answer, with the items as they are now; those that are gone since come as Delete next time. */
export async function collectionElement(call: Call, result: CollectionResult): Promise<WbxmlElement> {
  const bodies = await bodiesFor(call, result)
  const commands = await Promise.all(result.changes.map((change) => changeElement(call, result, change, bodies)))
  const responses = await Promise.all(result.responses.map((each) => responseElement(call, result, each, bodies)))
  const told = responses.filter((each) => each !== undefined)
  const sent = commands.filter((each) => each !== undefined)
  return element(
    'AirSync:Collection',
    text('AirSync:SyncKey', result.syncKey),
    text('AirSync:CollectionId', result.collectionId),
    text('AirSync:Status', result.status),
    result.more && empty('AirSync:MoreAvailable'),
    told.length > 0 && element('AirSync:Responses', told),
    sent.length > 0 && element('AirSync:Commands', sent),
  )
}

type Bodies = Awaited<ReturnType<Call['parts']['mailboxes']['readBodies']>>

async function bodiesFor(call: Call, { changes, responses }: CollectionResult): Promise<Bodies> {
  const changed = changes.flatMap((each) => ('item' in each ? [each.item.id] : []))
  const asked = responses.flatMap(({ command, result }) => (command.kind === 'Fetch' ? [result.serverId ?? ''] : []))
  return call.parts.mailboxes.readBodies(call.mailboxId, [...changed, ...asked])
}

async function changeElement(
  call: Call,
  result: CollectionResult,
  change: ItemChange,
  bodies: Bodies,
): Promise<WbxmlElement | undefined> {
  if (change.kind === 'delete') return element('AirSync:Delete', text('AirSync:ServerId', change.itemId))
  if (!('item' in change)) return element('AirSync:SoftDelete', text('AirSync:ServerId', change.itemId))
  const { item } = change
  const partial =
    change.kind === 'change' && item.kind === 'message' && partialElements(item, change.since, call.version)
  const data = partial || (await dataOf(call, result, item, bodies))
  const name = change.kind === 'add' ? 'AirSync:Add' : 'AirSync:Change'
  return data && element(name, text('AirSync:ServerId', item.id), element('AirSync:ApplicationData', data))
}

async function dataOf(
  call: Call,
  { options, supported }: CollectionResult,
  item: Item,
  bodies: Bodies,
): Promise<readonly WbxmlElement[] | undefined> {
  const body = bodies.get(item.id)
  if (!body) return undefined
  const allowed = preferencesWithin(call.limits, options, item, body)
  return classOfItem(item).write({ call, item, body, options: allowed, supported })
}

/** Every Add and Fetch has an answer; Change and Delete only when they failed, and a Change that brought files. */
async function responseElement(
  call: Call,
  result: CollectionResult,
  { command, result: outcome }: CommandResponse,
  bodies: Bodies,
): Promise<WbxmlElement | undefined> {
  const { kind, clientId, serverId, instanceId } = command
  if (kind === 'Fetch') return fetchElement(call, result, { serverId: serverId ?? '', status: outcome.status }, bodies)
  if (kind === 'Add')
    return element(
      'AirSync:Add',
      optional('AirSync:ClientId', clientId),
      optional('AirSync:ServerId', outcome.serverId),
      text('AirSync:Status', outcome.status),
      learntElement(outcome),
    )
  if (outcome.status === 1 && !outcome.files) return undefined
  return element(
    `AirSync:${kind}`,
    optional('AirSync:ServerId', serverId),
    optional('AirSyncBase:InstanceId', instanceId),
    text('AirSync:Status', outcome.status),
    learntElement(outcome),
  )
}

/** What the client could not know of the item that it sent. */
function learntElement({ files, conversation, uid }: CommandResult): WbxmlElement | undefined {
  if (!files && !conversation && uid === undefined) return undefined
  const list = files?.map(([clientId, reference]) =>
    element(
      'AirSyncBase:Attachment',
      text('AirSyncBase:ClientId', clientId),
      text('AirSyncBase:FileReference', reference),
    ),
  )
  return element(
    'AirSync:ApplicationData',
    optional('Calendar:UID', uid),
    conversation && opaque('Email2:ConversationId', Buffer.from(conversation[0], 'hex')),
    conversation && opaque('Email2:ConversationIndex', Buffer.from(conversation[1], 'base64')),
    list && element('AirSyncBase:Attachments', list),
  )
}

async function fetchElement(
  call: Call,
  result: CollectionResult,
  { serverId, status }: { readonly serverId: string; readonly status: number },
  bodies: Bodies,
): Promise<WbxmlElement> {
  const item = status === 1 ? await call.parts.mailboxes.findItem(call.mailboxId, serverId) : undefined
  const data = item && (await dataOf(call, result, item, bodies))
  return element(
    'AirSync:Fetch',
    text('AirSync:ServerId', serverId),
    text('AirSync:Status', data ? 1 : status === 1 ? 8 : status),
    data && element('AirSync:ApplicationData', data),
  )
}
