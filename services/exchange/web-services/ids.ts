import { type Xml, xml } from '#shared/xml/markup.ts'
import type { Folder } from '../mailbox/folder.ts'
import type { ShownItem } from './shown-item.ts'
import { WebServicesError } from './web-services-error.ts'

type IdKind = 'folder' | 'item' | 'attachment' | 'occurrence'

const letters: Readonly<Record<IdKind, string>> = {
  folder: 'f',
  item: 'i',
  attachment: 'a',
  occurrence: 'o',
}
/** With these the text begins with AAMk, as ids of the product do. */
const head = Buffer.from([0x00, 0x03, 0x24])

export function writeId(kind: IdKind, ...parts: readonly string[]): string {
  return Buffer.concat([head, Buffer.from(`${letters[kind]}${parts.join('\n')}`)]).toString('base64')
}

/** @throws WebServicesError ErrorInvalidIdMalformed for anything that was not written by `writeId` for this kind. */
export function readId(kind: IdKind, id: string | undefined): readonly [string, ...string[]] {
  const text = textIn(id ?? '')
  if (text?.[0] !== letters[kind])
    throw new WebServicesError('ErrorInvalidIdMalformed', `"${String(id).slice(0, 80)}" is no id of a ${kind}`)
  const [first = '', ...rest] = text.slice(1).split('\n')
  return [first, ...rest]
}

/** The folder or item that an id of any kind begins with; undefined for a text that is none. */
export function storedIdOf(id: string | undefined): string | undefined {
  return id !== undefined && isWrittenId(id) ? textIn(id)?.slice(1).split('\n')[0] : undefined
}

/** Whether a text is an id of any kind. */
export function isWrittenId(id: string): boolean {
  const letter = textIn(id)?.[0]
  return letter !== undefined && Object.values(letters).includes(letter)
}

/** What `writeId` wrote; nothing else has got these letters only, so that no store ever sees a NUL. */
function textIn(id: string): string | undefined {
  const bytes = Buffer.from(id, 'base64')
  if (bytes.toString('base64') !== id || !bytes.subarray(0, head.length).equals(head)) return undefined
  const text = bytes.subarray(head.length).toString()
  return /^[\n\x20-\x7e]+$/.test(text) ? text : undefined
}

/** An item, or one occurrence of a series by the start that the pattern gives it. */
export interface NamedItem {
  readonly id: string
  readonly occurrence?: string | undefined
}

/** What the value of `Id`, or of `OccurrenceId`, names. */
export function readItemId(id: string | undefined): NamedItem {
  const bytes = Buffer.from(id ?? '', 'base64')
  if (bytes[head.length] !== letters.occurrence.charCodeAt(0)) return { id: readId('item', id)[0] }
  const [series, occurrence] = readId('occurrence', id)
  return { id: series, occurrence }
}

/** The id under which programs know the item. */
export function shownIdOf({ id, occurrence }: Pick<ShownItem, 'id' | 'occurrence'>): string {
  return occurrence ? writeId('occurrence', id, occurrence.originalStart) : writeId('item', id)
}

/** Changes with every change of what it belongs to. */
export function changeKeyOf(number: number): string {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32LE(0x16_00_00_09)
  bytes.writeBigUInt64BE(BigInt(number), 8)
  return bytes.toString('base64')
}

export function itemIdElement(item: Pick<ShownItem, 'id' | 'changeNumber' | 'occurrence'>, name = 'ItemId'): Xml {
  return xml`<t:${name} Id="${shownIdOf(item)}" ChangeKey="${changeKeyOf(item.changeNumber)}"/>`
}

export function folderIdElement({ id, changeNumber }: Pick<Folder, 'id' | 'changeNumber'>, name = 'FolderId'): Xml {
  return xml`<t:${name} Id="${writeId('folder', id)}" ChangeKey="${changeKeyOf(changeNumber)}"/>`
}
