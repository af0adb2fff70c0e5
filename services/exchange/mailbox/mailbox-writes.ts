import type { Random } from '#shared/random.ts'
import type { Store } from '#shared/store/store.ts'
import { attachmentFacts, changeItem, storeAttachments } from './change-item.ts'
import { conversationOf } from './conversation.ts'
import type { Delivery, Item, ItemPatch, Message, NewItem } from './item.ts'
import type { MailboxChange, MailboxNotices } from './mailbox-notices.ts'
import type { MailboxStore } from './mailbox-store.ts'
import type { MailboxTables } from './mailbox-tables.ts'
import { parseMessage } from './parse-message.ts'
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

/** Each is one transaction, then a notice to whoever waits. */
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
      const copied = await store.transaction(async (db) => {
        const row = await itemRow(db, mailboxId, itemId)
        return copyItem(db, row, folderId, { item: random.uuid(), attachment: () => random.uuid() })
      })
      return told(writing, mailboxId, copied, 'arrived')
    },
    deleteItem: (mailboxId, itemId, how) => remove(writing, mailboxId, itemId, how),
    setQuota: async (mailboxId, bytes) => {
      await store.db.updateTable('mailbox').set({ quota_bytes: bytes }).where('id', '=', mailboxId).execute()
    },
  }
}

function told<Kind extends Item>(
  { notices }: Writing,
  mailboxId: string,
  item: Kind,
  what: MailboxChange['what'],
): Kind {
  notices.tell({ mailboxId, number: item.changeNumber, folderId: item.folderId, what })
  return item
}

/** Read before the transaction, so that nobody waits for MIME to be taken apart. */
async function deliver(writing: Writing, mailboxId: string, delivery: Delivery): Promise<Message> {
  const parsed = await parseMessage(delivery.mime)
  const item = await writing.store.transaction(async (db) => {
    await folderRow(db, mailboxId, delivery.folderId)
    const conversation = await conversationOf(db, mailboxId, parsed, delivery.receivedAt)
    const changeNumber = await nextChangeNumber(db, mailboxId)
    const row = messageRow({ id: writing.random.uuid(), mailboxId, changeNumber }, delivery, parsed, conversation)
    const content = { mime: delivery.mime, composition: null, ...messageContent(parsed) }
    return itemOf(await storeItem(db, row, content, [parsed.text ?? '', ...addressWords(parsed.properties)])) as Message
  })
  return told(writing, mailboxId, item, 'arrived')
}

export function addressWords({ to, cc }: Message['properties']): readonly string[] {
  return [...to, ...cc].map(({ name, address }) => `${name} ${address}`)
}

async function create(writing: Writing, mailboxId: string, item: NewItem): Promise<Item> {
  const { attachments = [] } = item
  const ids = attachments.map(() => writing.random.uuid())
  const facts = attachmentFacts(attachments, ids)
  const created = await writing.store.transaction(async (db) => {
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
    return itemOf(stored)
  })
  return told(writing, mailboxId, created, 'arrived')
}

async function update(
  writing: Writing,
  mailboxId: string,
  itemId: string,
  patch: ItemPatch,
): Promise<Item | undefined> {
  const parsed = patch.mime && (await parseMessage(patch.mime))
  const attachmentIds = (patch.addAttachments ?? []).map(() => writing.random.uuid())
  const changed = await writing.store.transaction(async (db) => {
    const row = await findItemRow(db, mailboxId, itemId)
    return row && changeItem(db, row, { ...patch, ...(parsed && { parsed }), attachmentIds })
  })
  return changed && told(writing, mailboxId, changed, 'changed')
}

async function move(writing: Writing, mailboxId: string, itemId: string, folderId: string): Promise<Item> {
  const { moved, from } = await writing.store.transaction(async (db) => {
    const row = await itemRow(db, mailboxId, itemId)
    return { moved: await moveItem(db, row, folderId, writing.random.uuid()), from: row.folder_id }
  })
  writing.notices.tell({ mailboxId, number: moved.changeNumber, folderId: from, what: 'gone' })
  return told(writing, mailboxId, moved, 'arrived')
}

async function remove(
  writing: Writing,
  mailboxId: string,
  itemId: string,
  how: 'toDeletedItems' | 'forGood',
): Promise<number> {
  const gone = await writing.store.transaction(async (db) => {
    const row = await itemRow(db, mailboxId, itemId)
    const bin = await deletedItems(db, mailboxId)
    if (how === 'forGood' || row.folder_id === bin) return { row, number: await removeItem(db, row), moved: undefined }
    const moved = await moveItem(db, row, bin, writing.random.uuid())
    return { row, number: moved.numbers.arrived - 1, moved }
  })
  writing.notices.tell({ mailboxId, number: gone.number, folderId: gone.row.folder_id, what: 'gone' })
  if (gone.moved) told(writing, mailboxId, gone.moved, 'arrived')
  return gone.number
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
