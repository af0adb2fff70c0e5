import type { XmlPart } from '#shared/xml/markup.ts'
import type { Folder } from '../mailbox/folder.ts'
import { extendedElement } from './items/extended-properties.ts'
import type { NamedProperty } from './items/property-names.ts'

interface FolderFacts extends Folder {
  readonly className: string
  readonly childCount: number
}

type Read = (folder: FolderFacts) => string | number | boolean

/** Properties of MAPI that a folder's own facts answer ([MS-OXPROPS]), by the tag without its type. */
const properties: Readonly<Record<string, Read>> = {
  'extended:0x10f3': ({ displayName }) => displayName,
  'extended:0x3001': ({ displayName }) => displayName,
  'extended:0x3602': ({ totalCount }) => totalCount,
  'extended:0x3603': ({ unreadCount }) => unreadCount,
  'extended:0x360a': ({ childCount }) => childCount > 0,
  'extended:0x3613': ({ className }) => className,
  // Above the number of every article that is there: what arrives next has it or a higher one.
  'extended:0x6751': ({ changeNumber }) => changeNumber + 1,
}

/** Those that were asked for and that folders have. */
export function folderProperties(folder: FolderFacts, asked: readonly NamedProperty[]): XmlPart {
  return asked.map((property) => {
    const read = properties[property.uri]
    return read && extendedElement(property, [String(read(folder))])
  })
}
