import type { Random } from '#shared/random.ts'
import type { Store } from '#shared/store/store.ts'
import { attachmentFacts, changeItem, storeAttachments } from './change-item.ts'
import { conversationOf } from './conversation.ts'
import type { Delivery, Item, ItemPatch, Message, NewItem } from './item.ts'
import type { MailboxChange, MailboxNotices } from './mailbox-notices.ts'
import type { MailboxStore } from './mailbox-store.ts'
import type { MailboxTables } from './mailbox-tables.ts'
import { parseMessage, searchedTexts } from './parse-message.ts'
import { copyItem, moveItem, removeItem } from './relocate-item.ts'
import { findItemRow, folderRow, itemOf, itemRow, type MailboxDatabase, nextChangeNumber } from './rows.ts'
import { itemRowOf, messageContent, messageRow, storeItem } from './store-item.ts'

type Writes = Pick<
  MailboxStore,
  'deliver' | 'createItem' | 'updateItem' | 'setUnread' | 'moveItem' | 'copyItem' | 'deleteItem' | 'setQuota'
>

interface Writing {
  readonly store: Store<MailboxTables>
  readonly notices: MailboxNotices
  readonly random: Random
}

/** Each is one transaction, at whose end whoever waits has a notice. */
export function mailboxWrites(store: Store<MailboxTables>, notices: MailboxNotices, random: Random): Writes {
  const writing = { store, notices, random }
  const updateItem = (mailboxId: string, itemId: string, patch: ItemPatch) => update(writing, mailboxId, itemId, patch)
  return {
    deliver: (mailboxId, delivery) => deliver(writing, mailboxId, delivery),
    createItem: (mailboxId, item) => create(writing, mailboxId, item),
    updateItem,
    setUnread: async (mailboxId, messageId, unread) =>
      (await updateItem(mailboxId, messageId, { unread })) !== undefined,
    moveItem: (mailboxId, itemId, folderId) => move(writing, mailboxId, itemId, folderId),
    copyItem: async (mailboxId, itemId, folderId) => {
      return store.transaction(async (db) => {
        const row = await itemRow(db, mailboxId, itemId)
        const copied = await copyItem(db, row, folderId, { item: random.uuid(), attachment: () => random.uuid() })
        return told(writing, mailboxId, copied, 'arrived')
      })
    },
    deleteItem: (mailboxId, itemId, how) => remove(writing, mailboxId, itemId, how),
    setQuota: async (mailboxId, bytes) => {
      await store.db.updateTable('mailbox').set({ quota_bytes: bytes }).where('id', '=', mailboxId).execute()
    },
  }
}

async function told<Kind extends Item>(
  { notices }: Writing,
  mailboxId: string,
  item: Kind,
  what: MailboxChange['what'],
): Promise<Kind> {
  await notices.tell({ mailboxId, number: item.changeNumber, folderId: item.folderId, what })
  return item
}

/** Read before the transaction, so that nobody waits for MIME to be taken apart. */
async function deliver(writing: Writing, mailboxId: string, delivery: Delivery): Promise<Message> {
  const parsed = await parseMessage(delivery.mime)
  return writing.store.transaction(async (db) => {
    await folderRow(db, mailboxId, delivery.folderId)
    const conversation = await conversationOf(db, mailboxId, parsed, delivery.receivedAt)
    const changeNumber = await nextChangeNumber(db, mailboxId)
    const row = messageRow({ id: writing.random.uuid(), mailboxId, changeNumber }, delivery, parsed, conversation)
    const content = { mime: delivery.mime, composition: null, ...messageContent(parsed) }
    const stored = await storeItem(db, row, content, searchedTexts(parsed))
    return told(writing, mailboxId, itemOf(stored) as Message, 'arrived')
  })
}

async function create(writing: Writing, mailboxId: string, item: NewItem): Promise<Item> {
  const { attachments = [] } = item
  const ids = attachments.map(() => writing.random.uuid())
  const facts = attachmentFacts(attachments, ids)
  return writing.store.transaction(async (db) => {
    await folderRow(db, mailboxId, item.folderId)
    const changeNumber = await nextChangeNumber(db, mailboxId)
    const row = itemRowOf({ id: writing.random.uuid(), mailboxId, changeNumber }, item, facts)
    const content = {
      mime: null,
      composition: null,
      body_text: item.text ?? null,
      body_html: item.html ?? null,
      attachments: JSON.stringify(facts),
    }
    const stored = await storeItem(db, row, content, [item.text ?? '', row.properties])
    await storeAttachments(db, stored.number, attachments, ids)
    return told(writing, mailboxId, itemOf(stored), 'arrived')
  })
}

async function update(
  writing: Writing,
  mailboxId: string,
  itemId: string,
  patch: ItemPatch,
): Promise<Item | undefined> {
  const parsed = patch.mime && (await parseMessage(patch.mime))
  const attachmentIds = (patch.addAttachments ?? []).map(() => writing.random.uuid())
  return writing.store.transaction(async (db) => {
    const row = await findItemRow(db, mailboxId, itemId)
    const changed = row && (await changeItem(db, row, { ...patch, ...(parsed && { parsed }), attachmentIds }))
    return changed && told(writing, mailboxId, changed, 'changed')
  })
}

async function move(writing: Writing, mailboxId: string, itemId: string, folderId: string): Promise<Item> {
  return writing.store.transaction(async (db) => {
    const row = await itemRow(db, mailboxId, itemId)
    const moved = await moveItem(db, row, folderId, writing.random.uuid())
    await writing.notices.tell({ mailboxId, number: moved.changeNumber, folderId: row.folder_id, what: 'gone' })
    return told(writing, mailboxId, moved, 'arrived')
  })
}

async function remove(
  writing: Writing,
  mailboxId: string,
  itemId: string,
  how: 'toDeletedItems' | 'forGood',
): Promise<number> {
  return writing.store.transaction(async (db) => {
    const row = await itemRow(db, mailboxId, itemId)
    const bin = await deletedItems(db, mailboxId)
    const forGood = how === 'forGood' || row.folder_id === bin
    const moved = forGood ? undefined : await moveItem(db, row, bin, writing.random.uuid())
    const number = moved ? moved.numbers.arrived - 1 : await removeItem(db, row)
    await writing.notices.tell({ mailboxId, number, folderId: row.folder_id, what: 'gone' })
    if (moved) await told(writing, mailboxId, moved, 'arrived')
    return number
  })
}

async function deletedItems(db: MailboxDatabase, mailboxId: string): Promise<string> {
  const row = await db
    .selectFrom('folder')
    .select('id')
    .where('mailbox_id', '=', mailboxId)
    .where('well_known', '=', 'deleteditems')
    .executeTakeFirstOrThrow()
  return row.id
}
