import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { type Call, type CommandAnswer, document } from '../call.ts'
import { all, element, optional, text, textOf } from '../elements.ts'
import { ActiveSyncError } from '../http/active-sync-error.ts'
import { belongs } from '../sync/learn-changes.ts'

const mostMoves = 1000

/** [MS-ASCMD] 2.2.1.12, where 3 is success. A move that was done before is answered as it was then. */
export async function moveItems(call: Call): Promise<CommandAnswer> {
  const moves = all(call.body, 'Move:Move')
  if (moves.length === 0 || moves.length > mostMoves) throw new ActiveSyncError('invalidXml', `${moves.length} moves`)
  const responses: WbxmlElement[] = []
  for (const move of moves) responses.push(await call.parts.devices.together(() => responseOf(call, move)))
  return document(element('Move:MoveItems', responses))
}

async function responseOf(call: Call, move: WbxmlElement): Promise<WbxmlElement> {
  const source = textOf(move, 'Move:SrcMsgId') ?? ''
  const { status, destination } = await moveOne(call, {
    source,
    from: textOf(move, 'Move:SrcFldId') ?? '',
    to: textOf(move, 'Move:DstFldId') ?? '',
  })
  return element(
    'Move:Response',
    text('Move:SrcMsgId', source),
    text('Move:Status', status),
    optional('Move:DstMsgId', destination),
  )
}

interface Move {
  readonly source: string
  readonly from: string
  readonly to: string
}

async function moveOne(call: Call, { source, from, to }: Move): Promise<{ status: number; destination?: string }> {
  const { devices, mailboxes } = call.parts
  const done = await devices.findMove(call.key, source)
  if (done?.folderId === to) return { status: 3, destination: done.destinationId }
  const item = await mailboxes.findItem(call.mailboxId, source)
  if (!item || item.folderId !== from) return { status: 1 }
  const target = await mailboxes.findFolder(call.mailboxId, to)
  // Anything can be thrown away; elsewhere an item of another class would be seen by nobody.
  if (!target || !(belongs(item, target) || target.wellKnown === 'deleteditems')) return { status: 2 }
  if (from === to) return { status: 4 }
  const moved = await mailboxes.moveItem(call.mailboxId, source, to)
  await devices.keepMove(call.key, source, moved.id, to)
  await rememberOwn(call, from, source, moved.numbers.arrived - 1)
  await rememberOwn(call, to, moved.id, moved.numbers.arrived)
  return { status: 3, destination: moved.id }
}

/** The device knows: neither its departure nor its arrival is news, and Outlook would show the message twice. */
export async function rememberOwn(call: Call, collectionId: string, itemId: string, number: number): Promise<void> {
  const { devices } = call.parts
  const state = await devices.collection(call.key, collectionId)
  if (!state) return
  const knowing = <Key extends typeof state.current>(key: Key): Key => ({
    ...key,
    position: { ...key.position, own: { ...key.position.own, [itemId]: number } },
  })
  const { current, previous } = state
  await devices.keepCollection(call.key, collectionId, {
    ...state,
    current: knowing(current),
    ...(previous && { previous: knowing(previous) }),
  })
}
