import type { Element } from '@xmldom/xmldom'
import { type Xml, xml } from '#shared/xml/markup.ts'
import type { Folder } from '../mailbox/folder.ts'
import type { Item } from '../mailbox/item.ts'
import { attribute } from './elements.ts'
import { WebServicesError } from './web-services-error.ts'

type IdKind = 'folder' | 'item' | 'attachment'

const letters: Readonly<Record<IdKind, string>> = { folder: 'f', item: 'i', attachment: 'a' }
/** With these the text begins with AAMk, as ids of the product do. */
const head = Buffer.from([0x00, 0x03, 0x24])

export function writeId(kind: IdKind, ...parts: readonly string[]): string {
  return Buffer.concat([head, Buffer.from(`${letters[kind]}${parts.join('\n')}`)]).toString('base64')
}

/** @throws WebServicesError ErrorInvalidIdMalformed for anything that was not written by `writeId` for this kind. */
export function readId(kind: IdKind, id: string | undefined): readonly [string, ...string[]] {
  const bytes = Buffer.from(id ?? '', 'base64')
  const text = bytes.subarray(head.length).toString()
  if (bytes.toString('base64') !== id || !bytes.subarray(0, 3).equals(head) || text[0] !== letters[kind])
    throw new WebServicesError('ErrorInvalidIdMalformed', `"${String(id).slice(0, 80)}" is no id of a ${kind}`)
  const [first = '', ...rest] = text.slice(1).split('\n')
  return [first, ...rest]
}

/** Whether a text is an id of any kind. */
export function isWrittenId(id: string): boolean {
  const bytes = Buffer.from(id, 'base64')
  const letter = bytes.subarray(head.length).toString()[0] ?? ''
  return bytes.toString('base64') === id && bytes.subarray(0, 3).equals(head) && Object.values(letters).includes(letter)
}

export function itemIdOf(element: Element | undefined): string {
  return readId('item', attribute(element, 'Id'))[0]
}

/** Changes with every change of what it belongs to. */
export function changeKeyOf(number: number): string {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32LE(0x16_00_00_09)
  bytes.writeBigUInt64BE(BigInt(number), 8)
  return bytes.toString('base64')
}

export function itemIdElement({ id, changeNumber }: Pick<Item, 'id' | 'changeNumber'>): Xml {
  return xml`<t:ItemId Id="${writeId('item', id)}" ChangeKey="${changeKeyOf(changeNumber)}"/>`
}

export function folderIdElement({ id, changeNumber }: Pick<Folder, 'id' | 'changeNumber'>, name = 'FolderId'): Xml {
  return xml`<t:${name} Id="${writeId('folder', id)}" ChangeKey="${changeKeyOf(changeNumber)}"/>`
}
