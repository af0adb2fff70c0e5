// What somebody may do in a folder of another's mailbox ("Add-MailboxFolderPermission", -AccessRights).

/** In the order in which the shell shows them. */
export const folderRights = [
  'CreateItems',
  'ReadItems',
  'CreateSubfolders',
  'FolderOwner',
  'FolderContact',
  'FolderVisible',
  'EditOwnedItems',
  'EditAllItems',
  'DeleteOwnedItems',
  'DeleteAllItems',
  'AvailabilityOnly',
  'LimitedDetails',
] as const

export type FolderRight = (typeof folderRights)[number]
export type FolderRights = ReadonlySet<FolderRight>

const reviewer = ['ReadItems', 'FolderVisible'] as const
const author = [...reviewer, 'CreateItems', 'EditOwnedItems', 'DeleteOwnedItems'] as const
const editor = [...author, 'EditAllItems', 'DeleteAllItems'] as const

const roles = {
  Owner: [...editor, 'CreateSubfolders', 'FolderOwner', 'FolderContact'],
  PublishingEditor: [...editor, 'CreateSubfolders'],
  Editor: editor,
  PublishingAuthor: [...author, 'CreateSubfolders'],
  Author: author,
  NonEditingAuthor: [...reviewer, 'CreateItems', 'DeleteOwnedItems'],
  Reviewer: reviewer,
  Contributor: ['CreateItems', 'FolderVisible'],
  AvailabilityOnly: ['AvailabilityOnly'],
  LimitedDetails: ['LimitedDetails'],
  None: [],
} as const satisfies Record<string, readonly FolderRight[]>

export type FolderRole = keyof typeof roles
export const folderRoles = Object.keys(roles) as readonly FolderRole[]

export function rightsOf(role: FolderRole): FolderRights {
  return new Set(roles[role])
}

/** The role with exactly these rights; undefined for rights that are no role's. */
export function roleWith(rights: FolderRights): FolderRole | undefined {
  return folderRoles.find((role) => roles[role].length === rights.size && roles[role].every((each) => rights.has(each)))
}
