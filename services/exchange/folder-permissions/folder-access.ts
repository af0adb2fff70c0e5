import type { Folder } from '../mailbox/folder.ts'
import { type PermissionParts, trusteesOf } from '../organization/permissions.ts'
import { everybody, type FolderPermission, type FolderPermissionStore } from './folder-permission-store.ts'
import { type FolderRights, rightsOf } from './folder-rights.ts'

/** What a visitor may do in each folder of another's mailbox. */
export interface FolderAccess {
  readonly mailboxId: string
  rightsIn(folderId: string): FolderRights
  /** Whether there is any folder that the visitor sees. */
  readonly isAny: boolean
}

const none = rightsOf('None')

/** A person's own entries and those of their groups count together; whoever has none gets what everybody has. */
export async function folderAccess(
  parts: PermissionParts & { readonly folderPermissions: FolderPermissionStore },
  visitorGuid: string,
  mailboxId: string,
): Promise<FolderAccess> {
  const all = await parts.folderPermissions.permissionsIn(mailboxId)
  const trustees = all.length === 0 ? [] : await trusteesOf(parts, visitorGuid)
  const byFolder = new Map(
    [...Map.groupBy(all, ({ folderId }) => folderId)].map(([id, on]) => [id, rightsAmong(on, trustees)]),
  )
  return {
    mailboxId,
    rightsIn: (folderId) => byFolder.get(folderId) ?? none,
    isAny: [...byFolder.values()].some((rights) => rights.has('FolderVisible')),
  }
}

function rightsAmong(on: readonly FolderPermission[], trustees: readonly string[]): FolderRights {
  const named = on.filter(({ trustee }) => trustees.includes(trustee))
  const counting = named.length > 0 ? named : on.filter(({ trustee }) => trustee === everybody.Default)
  return new Set(counting.flatMap(({ rights }) => [...rights]))
}

/** What a folder shares before anybody changed it: of the calendar when its owner is busy, of others nothing. */
export function initialPermissions({ id, wellKnown }: Pick<Folder, 'id' | 'wellKnown'>): readonly FolderPermission[] {
  const forDefault = rightsOf(wellKnown === 'calendar' ? 'AvailabilityOnly' : 'None')
  return [
    { folderId: id, trustee: everybody.Default, rights: forDefault },
    { folderId: id, trustee: everybody.Anonymous, rights: none },
  ]
}

/** All permissions of a folder, `Default` and `Anonymous` first. */
export async function permissionsOn(
  store: FolderPermissionStore,
  mailboxId: string,
  folder: Folder,
): Promise<readonly FolderPermission[]> {
  const kept = (await store.permissionsIn(mailboxId)).filter(({ folderId }) => folderId === folder.id)
  const initial = initialPermissions(folder)
  const first = initial.map((each) => kept.find(({ trustee }) => trustee === each.trustee) ?? each)
  return [...first, ...kept.filter(({ trustee }) => !(trustee in everybody))]
}
