import { type Xml, type XmlPart, xml } from '#shared/xml/markup.ts'
import type { ItemChange } from '../../mailbox/item-changes.ts'
import type { Call, Operation } from '../call.ts'
import { attribute, child, children, m, t, textOf } from '../elements.ts'
import { folderIn } from '../folders.ts'
import { itemIdElement, readItemId, writeId } from '../ids.ts'
import { type ItemShape, readItemShape, viewItem } from '../items/item-view.ts'
import { itemElement } from '../items/write-item.ts'
import { responseMessages } from '../response-messages.ts'
import { readItemsState, writeSyncState } from '../sync-state.ts'
import { WebServicesError } from '../web-services-error.ts'

/** [MS-OXWSSYNC] 3.1.4.2 */
export const syncFolderItems: Operation = (call) =>
  responseMessages(call, 'SyncFolderItems', [call.body], () => answer(call))

async function answer(call: Call): Promise<XmlPart> {
  const { mailboxes } = call.parts
  const folder = await folderIn(call, child(call.body, 'SyncFolderId'))
  const shape = readItemShape(call)
  const limit = Number(textOf(call.body, 'MaxChangesReturned') ?? 100)
  if (!Number.isInteger(limit) || limit < 1 || limit > 512)
    throw new WebServicesError('ErrorSchemaValidation', 'MaxChangesReturned is 1 to 512')
  requireScope(call)
  const ignored = new Set(children(child(call.body, 'Ignore')).map((each) => readItemId(attribute(each, 'Id')).id))
  const written = textOf(call.body, 'SyncState')
  const position = written ? readItemsState(written, folder.id) : await mailboxes.startPosition(call.mailboxId)
  const found = await mailboxes.itemChanges({ mailboxId: call.mailboxId, folderId: folder.id, position, limit })
  const changes: Xml[] = []
  for (const each of found.changes.filter((change) => !ignored.has(idOf(change))))
    changes.push(await changeElement(call, each, shape))
  return [
    m('SyncState', writeSyncState({ folderId: folder.id, position: found.position })),
    m('IncludesLastItemInRange', String(!found.more)),
    m('Changes', changes),
  ]
}

/** Of associated items there are none: either scope is the same ([MS-OXWSSYNC] SyncFolderItemsScopeType). */
function requireScope({ body }: Call): void {
  const scope = textOf(body, 'SyncScope') ?? 'NormalItems'
  if (scope === 'NormalItems' || scope === 'NormalAndAssociatedItems') return
  throw new WebServicesError('ErrorSchemaValidation', `SyncScope is "${scope.slice(0, 40)}"`)
}

function idOf(change: ItemChange): string {
  return 'itemId' in change ? change.itemId : change.item.id
}

async function changeElement(call: Call, change: ItemChange, shape: ItemShape): Promise<Xml> {
  if ('itemId' in change) return t('Delete', xml`<t:ItemId Id="${writeId('item', change.itemId)}"/>`)
  if (change.kind === 'change' && isReadFlagOnly(change))
    return t('ReadFlagChange', itemIdElement(change.item), t('IsRead', String(!change.item.unread)))
  const element = await itemElement(await viewItem(call, change.item, shape, true))
  return t(change.kind === 'add' ? 'Create' : 'Update', element)
}

function isReadFlagOnly({ item: { kind, numbers }, since }: Extract<ItemChange, { item: unknown }>): boolean {
  const others = [numbers.arrived, numbers.flag, numbers.categories, numbers.content]
  return kind === 'message' && numbers.read > since && others.every((each) => each <= since)
}
