import type { Folder, FolderChanges, FolderPatch, NewFolder, WellKnownFolder } from './folder.ts'
import type { Appointment, Delivery, Item, ItemBody, ItemPatch, Message, NewItem } from './item.ts'
import type { ItemChanges, ItemChangesRequest, SyncPosition } from './item-changes.ts'
import type { MailboxChange } from './mailbox-notices.ts'
import type { HeadPage, HeadRequest } from './message-heads.ts'
import type { ReadAttachment } from './read-mime.ts'

export { type Folder, type WellKnownFolder, wellKnownFolders } from './folder.ts'
export type { Importance, Item, Message } from './item.ts'
export type { MessageHead } from './message-heads.ts'
export type {
  NewRecipient,
  Recipient,
  RecipientChanges,
  RecipientKey,
  RecipientStore,
  RecipientType,
} from './recipient-store.ts'

/**
 * What the protocols of Exchange know of a mailbox: folders, items and change numbers. A message is its MIME text with
 * what lists show kept beside; other items are typed properties. Knows no protocol and no user's session.
 * Whatever is asked with the id of another mailbox is not there. Writing throws `MailboxRefusal`.
 */
export interface MailboxStore {
  /** The folders of the mailbox, well-known ones first and in their usual order. */
  listFolders(mailboxId: string): Promise<readonly Folder[]>
  findFolder(mailboxId: string, folderId: string): Promise<Folder | undefined>
  wellKnownFolder(mailboxId: string, name: WellKnownFolder): Promise<Folder>
  createFolder(mailboxId: string, folder: NewFolder): Promise<Folder>
  updateFolder(mailboxId: string, folderId: string, patch: FolderPatch): Promise<Folder>
  /** With its items and everything below it, into another folder or, without `parentId`, below the root. */
  copyFolder(mailboxId: string, folderId: string, parentId: string | undefined): Promise<Folder>
  /** For good, with everything in it. */
  deleteFolder(mailboxId: string, folderId: string): Promise<void>
  /** Deletes its items for good, and with `subfolders` those of the folders below, and the folders. */
  emptyFolder(mailboxId: string, folderId: string, options?: { readonly subfolders?: boolean }): Promise<void>
  folderChanges(mailboxId: string, since: number): Promise<FolderChanges>

  /** Newest first; `before` is the cursor of an earlier page. */
  listItems(mailboxId: string, folderId: string, page: PageRequest): Promise<ItemPage>
  /** The messages among them. */
  listMessages(mailboxId: string, folderId: string, page: PageRequest): Promise<MessagePage>
  /** What a list shows of the messages of a folder, one row each or one for each conversation. */
  listHeads(mailboxId: string, folderId: string, page: HeadRequest): Promise<HeadPage>
  /** Appointments that may touch the span, in order of their start: a series from its first day to its last. */
  listAppointments(mailboxId: string, folderId: string, span: TimeSpan): Promise<readonly Appointment[]>
  /** Every message of a conversation, newest first, at most 200. */
  listConversation(mailboxId: string, conversationId: string): Promise<readonly Message[]>
  findItem(mailboxId: string, itemId: string): Promise<Item | undefined>
  findItems(mailboxId: string, itemIds: readonly string[]): Promise<readonly Item[]>
  findMessage(mailboxId: string, messageId: string): Promise<Message | undefined>
  /** The mailbox that holds a folder or an item. */
  ownerOf(id: string): Promise<string | undefined>
  findByUid(mailboxId: string, uid: string): Promise<Appointment | undefined>
  /** The message as it would travel, byte by byte. */
  readMime(mailboxId: string, messageId: string): Promise<Buffer | undefined>
  readBody(mailboxId: string, itemId: string): Promise<ItemBody | undefined>
  /** The bodies of those of the items that exist, by id. */
  readBodies(mailboxId: string, itemIds: readonly string[]): Promise<ReadonlyMap<string, ItemBody>>
  readAttachment(mailboxId: string, itemId: string, attachmentId: string): Promise<ReadAttachment | undefined>
  /** Items with all the words of the text, each as the beginning of a word; newest first. */
  search(mailboxId: string, request: SearchRequest): Promise<ItemPage>

  deliver(mailboxId: string, delivery: Delivery): Promise<Message>
  createItem(mailboxId: string, item: NewItem): Promise<Item>
  /** Nothing when the mailbox has no such item. */
  updateItem(mailboxId: string, itemId: string, patch: ItemPatch): Promise<Item | undefined>
  /** False when the mailbox has no such message. */
  setUnread(mailboxId: string, messageId: string, unread: boolean): Promise<boolean>
  /** The item under its new id; it left its old folder with the change before the one it arrived with. */
  moveItem(mailboxId: string, itemId: string, folderId: string): Promise<Item>
  copyItem(mailboxId: string, itemId: string, folderId: string): Promise<Item>
  /**
   * To Deleted Items, or for good; an item that is in Deleted Items already goes for good.
   * The number of the change with which it left its folder.
   */
  deleteItem(mailboxId: string, itemId: string, how: 'toDeletedItems' | 'forGood'): Promise<number>

  /** An empty mailbox with its well-known folders; nothing happens when it is there. */
  createMailbox(mailboxId: string): Promise<void>
  /** With everything in it, for good. */
  removeMailbox(mailboxId: string): Promise<void>

  /** Grows with every change of the mailbox. */
  changeNumber(mailboxId: string): Promise<number>
  /** What a client that is at `position` has to learn of a folder. */
  itemChanges(request: ItemChangesRequest): Promise<ItemChanges>
  /** Where a client stands that knows nothing of the folder yet. */
  startPosition(mailboxId: string): Promise<SyncPosition>
  usage(mailboxId: string): Promise<MailboxUsage>
  /** `null` lifts the limit. */
  setQuota(mailboxId: string, bytes: number | null): Promise<void>
  /** Calls `listener` after each change of the mailbox that this process makes, until disposed. */
  onChange(mailboxId: string, listener: (change: MailboxChange) => void): Disposable
}

export interface PageRequest {
  readonly limit: number
  readonly before?: string | undefined
}

export interface MessagePage {
  readonly messages: readonly Message[]
  /** The cursor of the next page; absent on the last one. */
  readonly next?: string
}

export interface ItemPage {
  readonly items: readonly Item[]
  readonly next?: string
}

export interface TimeSpan {
  readonly from: Date
  readonly to: Date
}

export interface SearchRequest extends PageRequest {
  readonly text: string
  /** Everywhere when absent. */
  readonly folderIds?: readonly string[]
  readonly receivedAfter?: Date
  readonly receivedBefore?: Date
  /** What else an item has to be. */
  readonly matches?: (item: Item) => boolean
}

export interface MailboxUsage {
  readonly bytes: number
  readonly quotaBytes: number | null
}
