import type { XmlPart } from '#shared/xml/markup.ts'
import type { Folder } from '../mailbox/folder.ts'
import { extendedElement, type PropertyType } from './items/extended-properties.ts'

interface FolderFacts extends Folder {
  readonly className: string
  readonly childCount: number
}

interface Property {
  readonly type: PropertyType
  readonly read: (folder: FolderFacts) => string | number | boolean
}

/** Properties of MAPI that a folder's own facts answer ([MS-OXPROPS]), by the tag without its type. */
const properties: Readonly<Record<string, Property>> = {
  'extended:0x10f3': { type: 'String', read: ({ displayName }) => displayName },
  'extended:0x3001': { type: 'String', read: ({ displayName }) => displayName },
  'extended:0x3602': { type: 'Integer', read: ({ totalCount }) => totalCount },
  'extended:0x3603': { type: 'Integer', read: ({ unreadCount }) => unreadCount },
  'extended:0x360a': { type: 'Boolean', read: ({ childCount }) => childCount > 0 },
  'extended:0x3613': { type: 'String', read: ({ className }) => className },
  // Above the number of every article that is there: what arrives next has it or a higher one.
  'extended:0x6751': { type: 'Integer', read: ({ changeNumber }) => changeNumber + 1 },
}

/** Those that were asked for and that folders have. */
export function folderProperties(folder: FolderFacts, asked: ReadonlySet<string>): XmlPart {
  return [...asked].map((uri) => {
    const property = properties[uri]
    return property && extendedElement(uri, property.type, [String(property.read(folder))])
  })
}
