import type { Element } from '@xmldom/xmldom'
import type { Folder } from '../mailbox/folder.ts'
import { attribute, child, children } from './elements.ts'
import { folderClassNames } from './folders.ts'
import { fieldUriOf } from './items/item-view.ts'
import { WebServicesError } from './web-services-error.ts'

type Read = (folder: Folder) => string

const className: Read = ({ folderClass }) => folderClassNames[folderClass]
const padded = (count: number) => String(count).padStart(12, '0')

/** By field, and by the property of MAPI that is the same ([MS-OXPROPS]). */
const values: Readonly<Record<string, Read>> = {
  'folder:DisplayName': ({ displayName }) => displayName,
  'folder:FolderClass': className,
  'folder:TotalCount': ({ totalCount }) => padded(totalCount),
  'folder:UnreadCount': ({ unreadCount }) => padded(unreadCount),
  'extended:0x3001': ({ displayName }) => displayName,
  'extended:0x3613': className,
}
const counts = new Set(['folder:TotalCount', 'folder:UnreadCount'])

type Test = (element: Element, folder: Folder) => boolean

/** [MS-OXWSSRCH] 2.2.4: as for items, without regard to case for texts. */
const tests: Readonly<Record<string, Test>> = {
  And: (element, folder) => children(element).every((each) => fits(each, folder)),
  Or: (element, folder) => children(element).some((each) => fits(each, folder)),
  Not: (element, folder) => !children(element).every((each) => fits(each, folder)),
  Exists: (element, folder) => left(element, folder) !== '',
  Contains: contains,
  IsEqualTo: (element, folder) => left(element, folder) === right(element),
  IsNotEqualTo: (element, folder) => left(element, folder) !== right(element),
  IsGreaterThan: (element, folder) => left(element, folder) > right(element),
  IsGreaterThanOrEqualTo: (element, folder) => left(element, folder) >= right(element),
  IsLessThan: (element, folder) => left(element, folder) < right(element),
  IsLessThanOrEqualTo: (element, folder) => left(element, folder) <= right(element),
}

/** Whether FindFolder shows the folder. A restriction that is not done here is refused: another folder would be found. */
export function fits(element: Element, folder: Folder): boolean {
  const test = tests[element.localName ?? '']
  if (test) return test(element, folder)
  throw gap(`the search expression ${element.localName} for folders`)
}

function left(element: Element, folder: Folder): string {
  const uri = uriIn(element)
  const read = values[uri]
  if (!read) throw gap(`a restriction of folders by "${uri.slice(0, 60)}"`)
  return read(folder).toLowerCase()
}

function uriIn(element: Element): string {
  const [path] = children(element)
  return path ? fieldUriOf(path) : ''
}

function right(element: Element): string {
  const constant = child(child(element, 'FieldURIOrConstant'), 'Constant')
  if (!constant) throw gap('comparing fields of folders')
  const value = attribute(constant, 'Value') ?? ''
  return counts.has(uriIn(element)) ? padded(Number(value)) : value.toLowerCase()
}

function contains(element: Element, folder: Folder): boolean {
  const text = left(element, folder)
  const wanted = (attribute(child(element, 'Constant'), 'Value') ?? '').toLowerCase()
  const mode = attribute(element, 'ContainmentMode') ?? 'FullString'
  if (mode === 'FullString') return text === wanted
  return mode === 'Prefixed' ? text.startsWith(wanted) : text.includes(wanted)
}

function gap(what: string): WebServicesError {
  return new WebServicesError('ErrorInvalidRequest', `gap: ${what}`, {
    text: `Fauxchange does not implement ${what}. See services/exchange/README.md.`,
  })
}
