import type { Folder } from '../mailbox/mailbox-store.ts'

export interface PlacedFolder {
  readonly folder: Folder
  /** 0 right below the root of the mailbox. */
  readonly depth: number
  /** With the names above: "Projects / Alpha". */
  readonly path: string
}

/** The mail folders, each followed by those below it; one whose parent is of another class is right below the root. */
export function mailFolders(folders: readonly Folder[]): readonly PlacedFolder[] {
  return below(
    folders.filter(({ folderClass }) => folderClass === 'mail'),
    undefined,
  )
}

function below(folders: readonly Folder[], parent: PlacedFolder | undefined): readonly PlacedFolder[] {
  return childrenOf(folders, parent?.folder.id).flatMap((folder) => {
    const path = parent ? `${parent.path} / ${folder.displayName}` : folder.displayName
    const placed = { folder, path, depth: parent ? parent.depth + 1 : 0 }
    return [placed, ...below(folders, placed)]
  })
}

/** Of the given folders, those of the mailbox first and the person's own by name; without a parent those whose parent is not among them. */
export function childrenOf(folders: readonly Folder[], parentId: string | undefined): readonly Folder[] {
  const children = folders.filter((each) =>
    parentId === undefined ? folders.every(({ id }) => id !== each.parentId) : each.parentId === parentId,
  )
  const own = children.filter(({ wellKnown }) => wellKnown === undefined)
  if (own.length === 0) return children
  const byName = own.toSorted((a, b) => a.displayName.localeCompare(b.displayName, 'en'))
  return [...children.filter(({ wellKnown }) => wellKnown !== undefined), ...byName]
}
