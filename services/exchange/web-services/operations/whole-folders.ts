import type { Element } from '@xmldom/xmldom'
import type { Folder } from '../../mailbox/folder.ts'
import type { Item } from '../../mailbox/item.ts'
import type { Call, Operation } from '../call.ts'
import { attribute, child, children, flagOf } from '../elements.ts'
import { findFolder } from '../folders.ts'
import { responseMessages } from '../response-messages.ts'

const folderIds = ({ body }: Call) => children(child(body, 'FolderIds'))

/** [MS-OXWSFOLD] 3.1.4.5: for good, or each thing in it into Deleted Items. */
export const emptyFolder: Operation = (call) => {
  const { mailboxes } = call.parts
  const subfolders = attribute(call.body, 'DeleteSubFolders') === 'true'
  const bin = attribute(call.body, 'DeleteType') === 'MoveToDeletedItems'
  return responseMessages(call, 'EmptyFolder', folderIds(call), async (each: Element) => {
    const folder = await findFolder(call, each)
    if (bin && folder.wellKnown !== 'deleteditems') await throwAway(call, folder, subfolders)
    else await mailboxes.emptyFolder(call.mailboxId, folder.id, { subfolders })
    return undefined
  })
}

async function throwAway(call: Call, folder: Folder, subfolders: boolean): Promise<void> {
  const { parts, mailboxId } = call
  const { mailboxes } = parts
  for await (const item of itemsIn(call, folder)) await mailboxes.deleteItem(mailboxId, item.id, 'toDeletedItems')
  if (!subfolders) return
  const bin = await mailboxes.wellKnownFolder(mailboxId, 'deleteditems')
  const below = (await mailboxes.listFolders(mailboxId)).filter(({ parentId }) => parentId === folder.id)
  for (const { id } of below) await mailboxes.updateFolder(mailboxId, id, { parentId: bin.id })
}

/** [MS-OXWSCORE] 3.1.4.9 MarkAllItemsAsRead: nobody here sends read receipts, suppressed or not. */
export const markAllItemsAsRead: Operation = (call) => {
  const unread = flagOf(call.body, 'ReadFlag') === false
  return responseMessages(call, 'MarkAllItemsAsRead', folderIds(call), async (each: Element) => {
    const folder = await findFolder(call, each)
    for await (const item of itemsIn(call, folder))
      if (item.kind === 'message' && item.unread !== unread)
        await call.parts.mailboxes.setUnread(call.mailboxId, item.id, unread)
    return undefined
  })
}

/** Those that are there when it begins, page by page. */
async function* itemsIn({ parts, mailboxId }: Call, { id }: Folder): AsyncGenerator<Item> {
  const pages: Item[] = []
  let before: string | undefined
  do {
    const page = await parts.mailboxes.listItems(mailboxId, id, { limit: 500, before })
    pages.push(...page.items)
    before = page.next
  } while (before !== undefined)
  yield* pages
}
