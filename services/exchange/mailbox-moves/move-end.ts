import type { ItemCopy } from '../mailbox/item-copies.ts'
import type { FolderCopy, ItemBatch, MailboxFacts } from '../mailbox/mailbox-transfer.ts'
import type { RecipientTypeDetails } from '../mailbox/recipient-store.ts'
import type { Settings } from '../organization/organization-store.ts'

/** What one end of a move knows of the person whose mailbox moves. */
export interface EndFacts {
  readonly displayName: string
  readonly emailAddress: string
  readonly typeDetails: RecipientTypeDetails
  /** Absent where the mailbox is not. */
  readonly mailboxId?: string | undefined
  readonly mailbox?: MailboxFacts | undefined
  /** What lives in the mailbox and is kept beside it, such as automatic replies. */
  readonly settings: Settings
  /** In bytes: what is larger cannot be kept here. */
  readonly largestItem: number
}

/**
 * One end of a move, here or behind the other place's MRSProxy. All of it may be called again: a move that was
 * interrupted goes on from its last position.
 */
export interface MoveEnd {
  describe(objectGuid: string): Promise<EndFacts | undefined>
  folders(mailboxId: string): Promise<readonly FolderCopy[]>
  items(mailboxId: string, since: number): Promise<ItemBatch>
  itemIds(mailboxId: string): Promise<readonly string[]>
  prepare(mailboxId: string): Promise<void>
  takeFolders(mailboxId: string, folders: readonly FolderCopy[]): Promise<void>
  takeItems(mailboxId: string, items: readonly ItemCopy[]): Promise<void>
  keepOnly(mailboxId: string, ids: readonly string[]): Promise<void>
  /** Mail for the person is not taken: it comes again once the mailbox is open. */
  hold(objectGuid: string, isHeld: boolean): Promise<void>
  /** Shuts the mailbox unless it changed since: then nothing happens, and false comes back. */
  release(objectGuid: string, release: Release): Promise<boolean>
  activate(objectGuid: string, activation: Activation): Promise<void>
  /** What is left of the mailbox at the source goes, with the partnerships of its devices. */
  discard(mailboxId: string): Promise<void>
}

export interface Release {
  readonly changeNumber: number
  /** Where mail goes from now on. */
  readonly externalAddress: string
}

export interface Activation {
  readonly mailboxId: string
  readonly changeNumber: number
  readonly quotaBytes: number | null
  readonly settings: Settings
}

/** The names by which the wire calls them. */
export const endOperations = [
  'describe',
  'folders',
  'items',
  'itemIds',
  'prepare',
  'takeFolders',
  'takeItems',
  'keepOnly',
  'hold',
  'release',
  'activate',
  'discard',
] as const satisfies readonly (keyof MoveEnd)[]
