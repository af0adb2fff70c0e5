import type { Element } from '@xmldom/xmldom'
import type { ItemBody } from '../../mailbox/item.ts'
import type { Call } from '../call.ts'
import { attribute, child, children, flagOf, textOf } from '../elements.ts'
import type { ShownItem } from '../shown-item.ts'
import { WebServicesError } from '../web-services-error.ts'
import { wantsHeaders } from './message-headers.ts'
import { extendedUri, type NamedProperty, readPropertyPath } from './property-names.ts'

/** What a client wants to see of an item: [MS-OXWSCDATA] ItemResponseShapeType. */
export interface ItemShape {
  readonly base: 'IdOnly' | 'Default' | 'AllProperties'
  readonly bodyType: 'Best' | 'HTML' | 'Text'
  readonly mime: boolean
  /** Of an item that is in no folder. */
  readonly embedded?: boolean
  /** FieldURI, such as `item:Subject`. */
  readonly fields: ReadonlySet<string>
  /** Properties of MAPI, as they were asked for. */
  readonly extended: readonly NamedProperty[]
}

/** An item with what else its fields are written from. */
export interface ItemView {
  readonly call: Call
  readonly item: ShownItem
  readonly body: ItemBody | undefined
  readonly mime: Buffer | undefined
  /** A message from its first byte on, where its headers are asked for. */
  readonly head: Buffer | undefined
  readonly shape: ItemShape
}

export function readItemShape({ body }: Pick<Call, 'body'>, name = 'ItemShape'): ItemShape {
  const shape = child(body, name)
  const base = textOf(shape, 'BaseShape') ?? 'IdOnly'
  if (base !== 'IdOnly' && base !== 'Default' && base !== 'AllProperties')
    throw new WebServicesError('ErrorSchemaValidation', `BaseShape is "${base.slice(0, 40)}"`)
  const bodyType = textOf(shape, 'BodyType')
  const added = children(child(shape, 'AdditionalProperties'))
  return {
    base,
    bodyType: bodyType === 'HTML' || bodyType === 'Text' ? bodyType : 'Best',
    mime: flagOf(shape, 'IncludeMimeContent') === true,
    fields: new Set(added.map(fieldUriOf)),
    extended: extendedIn(added),
  }
}

export function extendedIn(paths: readonly Element[]): readonly NamedProperty[] {
  return paths.filter(({ localName }) => localName === 'ExtendedFieldURI').map(readPropertyPath)
}

/** `item:Subject`, `contacts:EmailAddress:EmailAddress1` for an entry of a list, `extended:…` for a property of MAPI. */
export function fieldUriOf(path: Element): string {
  if (path.localName === 'ExtendedFieldURI') return extendedUri(path)
  const uri = attribute(path, 'FieldURI') ?? ''
  return path.localName === 'IndexedFieldURI' ? `${uri}:${attribute(path, 'FieldIndex') ?? ''}` : uri
}

/** Without body and attachments for a list: FindItem shows neither, whatever its shape says. */
export async function viewItem(call: Call, item: ShownItem, shape: ItemShape, inList = false): Promise<ItemView> {
  const { mailboxes } = call.parts
  const isIdOnly = shape.base === 'IdOnly' && shape.fields.size === 0
  const body = inList || isIdOnly ? undefined : await mailboxes.readBody(call.mailboxId, item.id)
  const wantsMime = !inList && (shape.mime || shape.fields.has('item:MimeContent'))
  const mime = wantsMime ? await mimeOf(call, item, body) : undefined
  const wantsHead = !inList && item.kind === 'message' && wantsHeaders(shape)
  const head = wantsHead ? (mime ?? (await mailboxes.readMime(call.mailboxId, item.id))) : undefined
  return { call, item, body: bodyOf(item, body), mime, head, shape }
}

/** A message as it came, an appointment as iCalendar text; other items have none. */
async function mimeOf(call: Call, item: ShownItem, body: ItemBody | undefined): Promise<Buffer | undefined> {
  if (item.kind === 'message') return call.parts.mailboxes.readMime(call.mailboxId, item.id)
  if (item.kind !== 'appointment') return undefined
  const { textOfAppointment } = await import('./calendar-text.ts')
  return textOfAppointment(call, item, body)
}

/** An occurrence may have a text of its own. */
function bodyOf({ occurrence }: ShownItem, body: ItemBody | undefined): ItemBody | undefined {
  const { bodyText, bodyHtml } = occurrence?.exception ?? {}
  if (!body || (bodyText === undefined && bodyHtml === undefined)) return body
  const { attachments } = body
  return { attachments, ...(bodyHtml === undefined ? { text: bodyText ?? '' } : { html: bodyHtml }) }
}
