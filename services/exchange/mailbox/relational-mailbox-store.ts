import type { Random } from '#shared/random.ts'
import { prepared } from '#shared/store/prepared.ts'
import type { Store } from '#shared/store/store.ts'
import { createFolder, deleteFolder, emptyFolder, folderChanges, folderQuery, updateFolder } from './change-folder.ts'
import { copyFolder } from './copy-folder.ts'
import type { Appointment, Message } from './item.ts'
import { itemChanges } from './item-changes.ts'
import { MailboxNotices } from './mailbox-notices.ts'
import { MailboxRefusal } from './mailbox-refusal.ts'
import type { MailboxStore } from './mailbox-store.ts'
import type { MailboxTables } from './mailbox-tables.ts'
import { mailboxWrites } from './mailbox-writes.ts'
import { createMailbox, removeMailbox } from './make-mailbox.ts'
import { messageHeads } from './message-heads.ts'
import { readAttachmentOf, readMimeOf } from './read-content.ts'
import { findItems, listAppointments, listConversation, listItems, readBodies, search } from './read-items.ts'
import { findItemRow, folderOf, itemOf, type MailboxDatabase } from './rows.ts'

export function relationalMailboxStore<Schema extends MailboxTables>(
  schemaStore: Store<Schema>,
  random: Random,
): MailboxStore {
  const store = schemaStore as unknown as Store<MailboxTables>
  const notices = new MailboxNotices(store.notices)
  return {
    ...reads(store.db),
    ...folderWrites(store, notices, random),
    ...mailboxWrites(store, notices, random),
    createMailbox: (mailboxId) => store.transaction((db) => createMailbox(db, mailboxId)),
    removeMailbox: async (mailboxId) => {
      await store.transaction(async (db) => {
        await removeMailbox(db, mailboxId)
        await notices.tell({ mailboxId, number: 0, what: 'hierarchy' })
      })
    },
    itemChanges: (request) => store.transaction((db) => itemChanges(db, request)),
    folderChanges: (mailboxId, since) => store.transaction((db) => folderChanges(db, mailboxId, since)),
    onChange: (mailboxId, listener) => notices.listen(mailboxId, listener),
  }
}

type Reads = Pick<
  MailboxStore,
  | 'listFolders'
  | 'findFolder'
  | 'wellKnownFolder'
  | 'listItems'
  | 'listMessages'
  | 'listHeads'
  | 'listAppointments'
  | 'listConversation'
  | 'findItem'
  | 'findItems'
  | 'findMessage'
  | 'ownerOf'
  | 'findByUid'
  | 'readMime'
  | 'readBody'
  | 'readBodies'
  | 'readAttachment'
  | 'search'
  | 'changeNumber'
  | 'startPosition'
  | 'usage'
>

function reads(db: MailboxDatabase): Reads {
  const findItem = itemIn(db)
  const oneFolder = prepared(db, ({ mailboxId, folderId }: { readonly mailboxId: string; readonly folderId: string }) =>
    db.selectFrom('folder').selectAll().where('id', '=', folderId).where('mailbox_id', '=', mailboxId),
  )
  const foldersOf = prepared(db, ({ mailboxId }: { readonly mailboxId: string }) => folderQuery(db, mailboxId))
  const numberOf = prepared(db, ({ mailboxId }: { readonly mailboxId: string }) =>
    db.selectFrom('mailbox').select('change_number').where('id', '=', mailboxId),
  )
  const changeNumber = async (mailboxId: string) => (await numberOf({ mailboxId })).rows[0]?.change_number ?? 0
  return {
    listFolders: async (mailboxId) => (await foldersOf({ mailboxId })).rows.map(folderOf),
    findFolder: async (mailboxId, folderId) => {
      const { rows } = await oneFolder({ mailboxId, folderId })
      return rows[0] && folderOf(rows[0])
    },
    wellKnownFolder: (mailboxId, name) => wellKnownFolder(db, mailboxId, name),
    listItems: (mailboxId, folderId, page) => listItems(db, mailboxId, { ...page, folderId }),
    listMessages: async (mailboxId, folderId, page) => {
      const { items, ...rest } = await listItems(db, mailboxId, { ...page, folderId, kind: 'message' })
      return { messages: items as readonly Message[], ...rest }
    },
    listHeads: messageHeads(db),
    listAppointments: (mailboxId, folderId, span) => listAppointments(db, mailboxId, folderId, span),
    listConversation: (mailboxId, conversationId) => listConversation(db, mailboxId, conversationId),
    findItem,
    findItems: (mailboxId, itemIds) => findItems(db, mailboxId, itemIds),
    findMessage: async (mailboxId, messageId) => {
      const item = await findItem(mailboxId, messageId)
      return item?.kind === 'message' ? item : undefined
    },
    ownerOf: ownerIn(db),
    findByUid: (mailboxId, uid) => findByUid(db, mailboxId, uid),
    readMime: (mailboxId, messageId) => readMimeOf(db, mailboxId, messageId),
    readBody: async (mailboxId, itemId) => (await readBodies(db, mailboxId, [itemId])).get(itemId),
    readBodies: (mailboxId, itemIds) => readBodies(db, mailboxId, itemIds),
    readAttachment: (mailboxId, itemId, attachmentId) => readAttachmentOf(db, mailboxId, itemId, attachmentId),
    search: (mailboxId, request) => search(db, mailboxId, request),
    changeNumber,
    startPosition: async (mailboxId) => ({ number: await changeNumber(mailboxId), own: {} }),
    usage: async (mailboxId) => {
      const row = await mailboxRow(db, mailboxId)
      return { bytes: row?.size_bytes ?? 0, quotaBytes: row?.quota_bytes ?? null }
    },
  }
}

function mailboxRow(db: MailboxDatabase, mailboxId: string) {
  return db.selectFrom('mailbox').selectAll().where('id', '=', mailboxId).executeTakeFirst()
}

async function wellKnownFolder(db: MailboxDatabase, mailboxId: string, name: string) {
  const row = await db
    .selectFrom('folder')
    .selectAll()
    .where('mailbox_id', '=', mailboxId)
    .where('well_known', '=', name)
    .executeTakeFirst()
  if (!row) throw new MailboxRefusal('noSuchMailbox', `there is no mailbox "${mailboxId}" with a folder "${name}"`)
  return folderOf(row)
}

/** In the mailbox's calendar folders, not among what was thrown away. */
function itemIn(db: MailboxDatabase): MailboxStore['findItem'] {
  return async (mailboxId, itemId) => {
    const row = await findItemRow(db, mailboxId, itemId)
    return row && itemOf(row)
  }
}

function ownerIn(db: MailboxDatabase): MailboxStore['ownerOf'] {
  return async (id) => {
    for (const table of ['item', 'folder'] as const) {
      const row = await db.selectFrom(table).select('mailbox_id').where('id', '=', id).executeTakeFirst()
      if (row) return row.mailbox_id
    }
    return undefined
  }
}

async function findByUid(db: MailboxDatabase, mailboxId: string, uid: string): Promise<Appointment | undefined> {
  const row = await db
    .selectFrom('item')
    .innerJoin('folder', 'folder.id', 'item.folder_id')
    .selectAll('item')
    .where('item.mailbox_id', '=', mailboxId)
    .where('item.uid', '=', uid)
    .where('folder.folder_class', '=', 'calendar')
    .orderBy('item.number')
    .executeTakeFirst()
  return row && (itemOf(row) as Appointment)
}

type FolderWrites = Pick<MailboxStore, 'createFolder' | 'updateFolder' | 'copyFolder' | 'deleteFolder' | 'emptyFolder'>

function folderWrites(store: Store<MailboxTables>, notices: MailboxNotices, random: Random): FolderWrites {
  const write = async <T>(mailboxId: string, work: (db: MailboxDatabase) => Promise<T>): Promise<T> => {
    return store.transaction(async (db) => {
      const result = await work(db)
      const row = await mailboxRow(db, mailboxId)
      await notices.tell({ mailboxId, number: row?.change_number ?? 0, what: 'hierarchy' })
      return result
    })
  }
  return {
    createFolder: (mailboxId, folder) => write(mailboxId, (db) => createFolder(db, mailboxId, folder, random.uuid())),
    updateFolder: (mailboxId, folderId, patch) =>
      write(mailboxId, (db) => updateFolder(db, mailboxId, folderId, patch)),
    copyFolder: (mailboxId, folderId, parentId) =>
      write(mailboxId, (db) => copyFolder(db, mailboxId, { folderId, parentId }, random)),
    deleteFolder: (mailboxId, folderId) => write(mailboxId, (db) => deleteFolder(db, mailboxId, folderId)),
    emptyFolder: async (mailboxId, folderId, { subfolders = false } = {}) => {
      await write(mailboxId, async (db) => {
        await emptyFolder(db, mailboxId, folderId, subfolders)
        await notices.tell({ mailboxId, number: 0, folderId, what: 'gone' })
      })
    },
  }
}
