/** DistinguishedFolderId of EWS, in the order in which clients show them. */
export const wellKnownFolders = [
  'inbox',
  'drafts',
  'sentitems',
  'deleteditems',
  'archive',
  'junkemail',
  'outbox',
  'calendar',
  'contacts',
  'tasks',
  'notes',
] as const

export type WellKnownFolder = (typeof wellKnownFolders)[number]

/** What a folder is made to hold (PidTagContainerClass IPF.Note, IPF.Appointment, …). */
export type FolderClass = 'mail' | 'calendar' | 'contacts' | 'tasks' | 'notes'

export interface Folder {
  readonly id: string
  /** Absent for a folder right below the root of the mailbox. */
  readonly parentId?: string
  readonly wellKnown?: WellKnownFolder
  readonly folderClass: FolderClass
  readonly displayName: string
  readonly unreadCount: number
  readonly totalCount: number
  /** The last change of anything in the folder, or of the folder itself. */
  readonly changeNumber: number
  /** The last change of its name or place. */
  readonly hierarchyNumber: number
  readonly createdNumber: number
}

export const folderClasses: Readonly<Record<WellKnownFolder, FolderClass>> = {
  inbox: 'mail',
  drafts: 'mail',
  sentitems: 'mail',
  deleteditems: 'mail',
  archive: 'mail',
  junkemail: 'mail',
  outbox: 'mail',
  calendar: 'calendar',
  contacts: 'contacts',
  tasks: 'tasks',
  notes: 'notes',
}

export const folderNames: Readonly<Record<WellKnownFolder, string>> = {
  inbox: 'Inbox',
  drafts: 'Drafts',
  sentitems: 'Sent Items',
  deleteditems: 'Deleted Items',
  archive: 'Archive',
  junkemail: 'Junk Email',
  outbox: 'Outbox',
  calendar: 'Calendar',
  contacts: 'Contacts',
  tasks: 'Tasks',
  notes: 'Notes',
}

export interface NewFolder {
  /** Absent: right below the root. */
  readonly parentId?: string | undefined
  readonly displayName: string
  readonly folderClass?: FolderClass | undefined
}

export interface FolderPatch {
  readonly displayName?: string | undefined
  /** `null` moves the folder right below the root. */
  readonly parentId?: string | null | undefined
}

/** What a client that knew the hierarchy at `since` has to learn. */
export interface FolderChanges {
  /** The number to ask with next time. */
  readonly number: number
  /** New ones have `createdNumber > since`; parents come before their children. */
  readonly changed: readonly Folder[]
  readonly deletedIds: readonly string[]
}
