import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Item } from '../../mailbox/item.ts'
import { MailboxRefusal } from '../../mailbox/mailbox-refusal.ts'
import type { Call } from '../call.ts'
import { addedFileIds } from '../classes/appointment.ts'
import { fileReference } from '../classes/item-bodies.ts'
import { classOf } from '../classes/item-class.ts'
import { ItemProblem } from '../classes/item-problem.ts'
import type { CommandResult } from '../devices/device-state.ts'
import { child } from '../elements.ts'
import { isQuarantined } from './quarantined-changes.ts'
import type { Applying } from './sync-collection.ts'
import type { ClientCommand } from './sync-request.ts'

/** One item that cannot be done stops nothing else: it has a Status of its own ([MS-ASCMD] 2.2.3.177.17). */
export async function applyCommand(call: Call, applying: Applying, command: ClientCommand): Promise<CommandResult> {
  try {
    if (isQuarantined(call)) throw new ItemProblem(5, 'the device is quarantined')
    return await appliers[command.kind](call, applying, command)
  } catch (error) {
    const status = statusOf(error)
    if (status === undefined) throw error
    const { message } = error as Error
    call.request.recording.note({ decision: `${command.kind}Refused`, reason: message })
    return { status, ...(command.serverId !== undefined && { serverId: command.serverId }) }
  }
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof ItemProblem) return error.status
  if (!(error instanceof MailboxRefusal)) return undefined
  return error.code === 'quotaExceeded' || error.code === 'sendQuotaExceeded' ? 9 : 8
}

const appliers = { Add: add, Change: change, Delete: remove, Fetch: fetch }

async function add(call: Call, { folder, request }: Applying, command: ClientCommand): Promise<CommandResult> {
  if (!command.clientId || !command.data) throw new ItemProblem(4, 'an Add has a ClientId and ApplicationData')
  const itemClass = classOf(folder, call.version)
  if (!itemClass.add) throw new ItemProblem(6, `nothing is added to "${folder.displayName}"`)
  const item = await itemClass.add({ call, folder, data: command.data, clientId: command.clientId, send: command.send })
  call.request.recording.note({ decision: 'itemAdded', detail: { collection: request.collectionId } })
  if (!item) return { status: 1 }
  const own = [item.id, isCompleted(call, item) ? 0 : item.changeNumber] as const
  const learnt = { ...conversationOf(item), ...uidOf(call, item), ...(await filesOf(call, item, command.data)) }
  return { status: 1, serverId: item.id, own, ...learnt }
}

/** [MS-ASEMAIL] 2.2.2.21: the client of a new draft is told. */
function conversationOf(item: Item): Pick<CommandResult, 'conversation'> {
  return item.kind === 'message' ? { conversation: [item.conversationId, item.conversationIndex] } : {}
}

/** [MS-ASCAL] UID: up to 14.1 the client makes it, from 16.0 on the server, whose answer names it ([MS-ASCMD] 2.2.3.7.2). */
function uidOf({ version }: Call, item: Item): Pick<CommandResult, 'uid'> {
  return version >= 160 && item.kind === 'appointment' ? { uid: item.properties.uid } : {}
}

/** From 16.0 on the organizer of a meeting is the server's to say, and the client hears of it by a Change. */
function isCompleted({ version }: Call, item: Item): boolean {
  return version >= 160 && item.kind === 'appointment' && item.properties.isMeeting
}

async function change(call: Call, applying: Applying, command: ClientCommand): Promise<CommandResult> {
  const { folder, supported, options } = applying
  const item = await itemIn(call, applying, command)
  if (!command.data) throw new ItemProblem(4, 'a Change has ApplicationData')
  if (child(command.data, 'Email2:ConversationId') ?? child(command.data, 'Email2:ConversationIndex'))
    throw new ItemProblem(6, 'the conversation of an item is the server’s to say')
  if (await isConflict(call, applying, item)) {
    if (options.conflict === 1) return { status: 7, serverId: item.id }
  }
  const itemClass = classOf(folder, call.version)
  const changed = await itemClass.change({
    call,
    folder,
    item,
    data: command.data,
    supported,
    instanceId: command.instanceId,
    send: command.send,
  })
  if (!changed) return { status: 1, serverId: item.id }
  const own = [item.id, changed.changeNumber] as const
  return { status: 1, serverId: item.id, own, ...(await filesOf(call, changed, command.data)) }
}

/** From 16.0 on files come with items, and the client fetches them by what the server calls them ([MS-ASAIRS] 2.2.2.15). */
async function filesOf(call: Call, { id }: Item, data: WbxmlElement): Promise<Pick<CommandResult, 'files'>> {
  const clientIds = call.version >= 160 ? addedFileIds(data) : []
  if (clientIds.length === 0) return {}
  const attachments = (await call.parts.mailboxes.readBody(call.mailboxId, id))?.attachments ?? []
  const fresh = attachments.slice(-clientIds.length)
  return { files: fresh.map((each, index) => [clientIds[index] ?? '', fileReference(id, each.id)] as const) }
}

/** Somebody else changed the same thing since the client last heard. */
async function isConflict(call: Call, { request }: Applying, item: Item): Promise<boolean> {
  if (item.kind === 'message') return false
  const state = await call.parts.devices.collection(call.key, request.collectionId)
  const known = state?.current.key === request.syncKey ? state.current : state?.previous
  if (!known || item.numbers.content <= known.position.number) return false
  return known.position.own[item.id] !== item.numbers.content
}

async function remove(call: Call, applying: Applying, command: ClientCommand): Promise<CommandResult> {
  const { folder, request } = applying
  const item = await itemIn(call, applying, command)
  const itemClass = classOf(folder, call.version)
  if (command.instanceId !== undefined && itemClass.removeInstance) {
    const changed = await itemClass.removeInstance(call, item, command.instanceId)
    return { status: 1, serverId: item.id, own: [item.id, changed.changeNumber] }
  }
  await itemClass.beforeRemoval?.(call, item)
  const how = request.deletesAsMoves ? 'toDeletedItems' : 'forGood'
  const number = await call.parts.mailboxes.deleteItem(call.mailboxId, item.id, how)
  return { status: 1, serverId: item.id, own: [item.id, number] }
}

async function fetch(call: Call, applying: Applying, command: ClientCommand): Promise<CommandResult> {
  const item = await itemIn(call, applying, command)
  return { status: 1, serverId: item.id }
}

async function itemIn(call: Call, { folder }: Applying, { serverId }: ClientCommand): Promise<Item> {
  const item = serverId ? await call.parts.mailboxes.findItem(call.mailboxId, serverId) : undefined
  if (item?.folderId === folder.id) return item
  throw new ItemProblem(8, `"${folder.displayName}" has no item "${serverId}"`)
}
