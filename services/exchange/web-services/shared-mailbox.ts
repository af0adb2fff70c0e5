import type { FolderAccess } from '../folder-permissions/folder-access.ts'
import type { FolderRight } from '../folder-permissions/folder-rights.ts'
import type { Item } from '../mailbox/item.ts'
import type { MailboxStore } from '../mailbox/mailbox-store.ts'
import { WebServicesError } from './web-services-error.ts'

/**
 * Another's mailbox as somebody sees it who has rights on single folders: what they may not see is not there, what they
 * may not do is refused. Other mailboxes, which an operation reaches on the visitor's behalf, stay as they are.
 */
export function sharedMailboxes(mailboxes: MailboxStore, access: FolderAccess): MailboxStore {
  const guard = new Guard(mailboxes, access)
  return {
    ...mailboxes,
    ...sharedFolders(mailboxes, guard),
    ...sharedLists(mailboxes, guard),
    ...sharedItems(mailboxes, guard),
    ...sharedWrites(mailboxes, guard),
  }
}

class Guard {
  readonly #mailboxes: MailboxStore
  readonly #access: FolderAccess

  constructor(mailboxes: MailboxStore, access: FolderAccess) {
    this.#mailboxes = mailboxes
    this.#access = access
  }

  may(mailboxId: string, folderId: string, right: FolderRight): boolean {
    return mailboxId !== this.#access.mailboxId || this.#access.rightsIn(folderId).has(right)
  }

  /** @throws WebServicesError ErrorAccessDenied */
  need(mailboxId: string, folderId: string | undefined, right: FolderRight): void {
    if (folderId !== undefined ? this.may(mailboxId, folderId, right) : mailboxId !== this.#access.mailboxId) return
    throw new WebServicesError('ErrorAccessDenied', `${right} is not among the rights on the folder`)
  }

  reads(mailboxId: string): (item: Pick<Item, 'folderId'>) => boolean {
    return ({ folderId }) => this.may(mailboxId, folderId, 'ReadItems')
  }

  async readable(mailboxId: string, itemId: string): Promise<Item | undefined> {
    const item = await this.#mailboxes.findItem(mailboxId, itemId)
    return item && this.reads(mailboxId)(item) ? item : undefined
  }

  async needOn(mailboxId: string, itemId: string, right: FolderRight): Promise<void> {
    const item = await this.readable(mailboxId, itemId)
    if (item) this.need(mailboxId, item.folderId, right)
    else throw new WebServicesError('ErrorItemNotFound', 'no item that the visitor may read')
  }
}

function sharedFolders(mailboxes: MailboxStore, guard: Guard) {
  const sees = (mailboxId: string) => (folder: { readonly id: string }) =>
    guard.may(mailboxId, folder.id, 'FolderVisible')
  return {
    listFolders: async (mailboxId) => (await mailboxes.listFolders(mailboxId)).filter(sees(mailboxId)),
    findFolder: async (mailboxId, folderId) =>
      sees(mailboxId)({ id: folderId }) ? mailboxes.findFolder(mailboxId, folderId) : undefined,
    wellKnownFolder: async (mailboxId, name) => {
      const folder = await mailboxes.wellKnownFolder(mailboxId, name)
      guard.need(mailboxId, folder.id, 'FolderVisible')
      return folder
    },
    createFolder: async (mailboxId, folder) => {
      guard.need(mailboxId, folder.parentId, 'CreateSubfolders')
      return mailboxes.createFolder(mailboxId, folder)
    },
    updateFolder: async (mailboxId, folderId, patch) => {
      guard.need(mailboxId, folderId, 'FolderOwner')
      if (patch.parentId !== undefined) guard.need(mailboxId, patch.parentId ?? undefined, 'CreateSubfolders')
      return mailboxes.updateFolder(mailboxId, folderId, patch)
    },
    copyFolder: async (mailboxId, folderId, parentId) => {
      guard.need(mailboxId, folderId, 'FolderOwner')
      guard.need(mailboxId, parentId, 'CreateSubfolders')
      return mailboxes.copyFolder(mailboxId, folderId, parentId)
    },
    deleteFolder: async (mailboxId, folderId) => {
      guard.need(mailboxId, folderId, 'FolderOwner')
      return mailboxes.deleteFolder(mailboxId, folderId)
    },
    emptyFolder: async (mailboxId, folderId, options) => {
      guard.need(mailboxId, folderId, options?.subfolders ? 'FolderOwner' : 'DeleteAllItems')
      return mailboxes.emptyFolder(mailboxId, folderId, options)
    },
    folderChanges: async (mailboxId, since) => {
      const changes = await mailboxes.folderChanges(mailboxId, since)
      return { ...changes, changed: changes.changed.filter(sees(mailboxId)) }
    },
  } satisfies Partial<MailboxStore>
}

function sharedLists(mailboxes: MailboxStore, guard: Guard) {
  const read = (mailboxId: string, folderId: string) => guard.need(mailboxId, folderId, 'ReadItems')
  return {
    listItems: async (mailboxId, folderId, page) => {
      read(mailboxId, folderId)
      return mailboxes.listItems(mailboxId, folderId, page)
    },
    listMessages: async (mailboxId, folderId, page) => {
      read(mailboxId, folderId)
      return mailboxes.listMessages(mailboxId, folderId, page)
    },
    listHeads: async (mailboxId, folderId, page) => {
      read(mailboxId, folderId)
      return mailboxes.listHeads(mailboxId, folderId, page)
    },
    listAppointments: async (mailboxId, folderId, span) => {
      read(mailboxId, folderId)
      return mailboxes.listAppointments(mailboxId, folderId, span)
    },
    listConversation: async (mailboxId, conversationId) =>
      (await mailboxes.listConversation(mailboxId, conversationId)).filter(guard.reads(mailboxId)),
    itemChanges: async (request) => {
      read(request.mailboxId, request.folderId)
      return mailboxes.itemChanges(request)
    },
    search: async (mailboxId, request) => {
      const { matches = () => true } = request
      const reads = guard.reads(mailboxId)
      return mailboxes.search(mailboxId, { ...request, matches: (item) => reads(item) && matches(item) })
    },
  } satisfies Partial<MailboxStore>
}

function sharedItems(mailboxes: MailboxStore, guard: Guard) {
  return {
    findItem: (mailboxId, itemId) => guard.readable(mailboxId, itemId),
    findItems: async (mailboxId, itemIds) =>
      (await mailboxes.findItems(mailboxId, itemIds)).filter(guard.reads(mailboxId)),
    findMessage: async (mailboxId, messageId) => {
      const message = await mailboxes.findMessage(mailboxId, messageId)
      return message && guard.reads(mailboxId)(message) ? message : undefined
    },
    findByUid: async (mailboxId, uid) => {
      const found = await mailboxes.findByUid(mailboxId, uid)
      return found && guard.reads(mailboxId)(found) ? found : undefined
    },
    readMime: async (mailboxId, messageId) =>
      (await guard.readable(mailboxId, messageId)) && mailboxes.readMime(mailboxId, messageId),
    readBody: async (mailboxId, itemId) =>
      (await guard.readable(mailboxId, itemId)) && mailboxes.readBody(mailboxId, itemId),
    readBodies: async (mailboxId, itemIds) => {
      const readable = (await mailboxes.findItems(mailboxId, itemIds)).filter(guard.reads(mailboxId))
      return mailboxes.readBodies(
        mailboxId,
        readable.map(({ id }) => id),
      )
    },
    readAttachment: async (mailboxId, itemId, attachmentId) =>
      (await guard.readable(mailboxId, itemId)) && mailboxes.readAttachment(mailboxId, itemId, attachmentId),
  } satisfies Partial<MailboxStore>
}

function sharedWrites(mailboxes: MailboxStore, guard: Guard) {
  return {
    deliver: async (mailboxId, delivery) => {
      guard.need(mailboxId, delivery.folderId, 'CreateItems')
      return mailboxes.deliver(mailboxId, delivery)
    },
    createItem: async (mailboxId, item) => {
      guard.need(mailboxId, item.folderId, 'CreateItems')
      return mailboxes.createItem(mailboxId, item)
    },
    updateItem: async (mailboxId, itemId, patch) => {
      await guard.needOn(mailboxId, itemId, 'EditAllItems')
      return mailboxes.updateItem(mailboxId, itemId, patch)
    },
    setUnread: async (mailboxId, messageId, unread) => {
      await guard.needOn(mailboxId, messageId, 'EditAllItems')
      return mailboxes.setUnread(mailboxId, messageId, unread)
    },
    moveItem: async (mailboxId, itemId, folderId) => {
      await guard.needOn(mailboxId, itemId, 'DeleteAllItems')
      guard.need(mailboxId, folderId, 'CreateItems')
      return mailboxes.moveItem(mailboxId, itemId, folderId)
    },
    copyItem: async (mailboxId, itemId, folderId) => {
      await guard.needOn(mailboxId, itemId, 'ReadItems')
      guard.need(mailboxId, folderId, 'CreateItems')
      return mailboxes.copyItem(mailboxId, itemId, folderId)
    },
    deleteItem: async (mailboxId, itemId, how) => {
      await guard.needOn(mailboxId, itemId, 'DeleteAllItems')
      return mailboxes.deleteItem(mailboxId, itemId, how)
    },
  } satisfies Partial<MailboxStore>
}
