import { escapeHtml } from '#shared/html/html.ts'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { AttachmentFacts, Item, ItemBody } from '../../mailbox/item.ts'
import { shownFiles } from '../../mailbox/shown-files.ts'
import type { BodyPreference, CollectionOptions } from '../devices/device-state.ts'
import { element, opaque, optional, text } from '../elements.ts'

export interface BodySource {
  readonly body: ItemBody
  /** The whole MIME text; read only when it is wanted. */
  readonly mime: () => Promise<Buffer | undefined>
  readonly isSigned: boolean
}

const asText: BodyPreference = { type: 1 }

interface Representation {
  readonly type: number
  readonly data: string
}

/** [MS-ASAIRS] 2.2.2.9: what the client prefers, as far as there is such a thing. */
export async function bodyElement(
  source: BodySource,
  { bodies, mimeSupport }: Pick<CollectionOptions, 'bodies' | 'mimeSupport'>,
): Promise<WbxmlElement> {
  const native = nativeType(source.body)
  const wantsMime = mimeSupport === 2 || (mimeSupport === 1 && source.isSigned)
  const usable = bodies.filter(({ type }) => type === 1 || type === 2 || (type === 4 && wantsMime))
  const sorted = source.isSigned && wantsMime ? byType(usable, 4) : byType(usable, native)
  const preferences = sorted.length > 0 ? sorted : [asText]
  for (const preference of preferences) {
    const represented = await represent(source, preference.type)
    if (fits(represented.data, preference) || preference === preferences.at(-1) || !preference.allOrNone)
      return written(represented, preference, source.body)
  }
  return written(await represent(source, 1), asText, source.body)
}

/** The preference of the type first; the others as they came. */
function byType(preferences: readonly BodyPreference[], type: number): readonly BodyPreference[] {
  return [...preferences.filter((each) => each.type === type), ...preferences.filter((each) => each.type !== type)]
}

/** 1 text, 2 HTML; never 0, at which Outlook stops. */
export function nativeType(body: ItemBody): 1 | 2 {
  return body.html === undefined ? 1 : 2
}

async function represent({ body, mime }: BodySource, type: number): Promise<Representation> {
  if (type === 4) {
    const bytes = await mime()
    if (bytes) return { type, data: bytes.toString('utf8') }
  }
  if (type === 2) return { type, data: body.html ?? htmlOf(body.text ?? '') }
  return { type: 1, data: body.text ?? '' }
}

function htmlOf(plain: string): string {
  if (plain === '') return ''
  return `<html><body><div style="white-space:pre-wrap">${escapeHtml(plain)}</div></body></html>`
}

function fits(data: string, { truncationSize }: BodyPreference): boolean {
  return truncationSize === undefined || Buffer.byteLength(data) <= truncationSize
}

/** An empty body has no Data: an empty one crashes clients, and without Body they show nothing. */
function written({ type, data }: Representation, preference: BodyPreference, body: ItemBody): WbxmlElement {
  const size = Buffer.byteLength(data)
  const isWhole = fits(data, preference)
  const shown = isWhole ? data : preference.allOrNone ? '' : cut(data, preference.truncationSize ?? 0)
  const preview = preference.preview && type !== 1 ? (body.text ?? '').slice(0, preference.preview).toWellFormed() : ''
  return element(
    'AirSyncBase:Body',
    text('AirSyncBase:Type', type),
    text('AirSyncBase:EstimatedDataSize', size),
    !isWhole && text('AirSyncBase:Truncated', true),
    optional('AirSyncBase:Data', shown),
    optional('AirSyncBase:Preview', preview),
  )
}

/** At most so many bytes, and no part of a character. */
export function cut(data: string, bytes: number): string {
  const whole = Buffer.from(data)
  let end = Math.min(bytes, whole.length)
  while (end > 0 && ((whole[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return whole.toString('utf8', 0, end)
}

/** BodyPart (14.1): the part of a message that its conversation does not have. We give the message. */
export function bodyPartElement(body: ItemBody, preference: BodyPreference): WbxmlElement {
  const data = body.html ?? htmlOf(body.text ?? '')
  const isWhole = fits(data, preference)
  return element(
    'AirSyncBase:BodyPart',
    text('AirSyncBase:Status', 1),
    text('AirSyncBase:Type', 2),
    text('AirSyncBase:EstimatedDataSize', Buffer.byteLength(data)),
    text('AirSyncBase:Truncated', !isWhole),
    optional('AirSyncBase:Data', isWhole ? data : cut(data, preference.truncationSize ?? 0)),
    optional('AirSyncBase:Preview', (body.text ?? '').slice(0, preference.preview ?? 0).toWellFormed()),
  )
}

/** Letters, digits, `-` and `_` only: it comes back in URLs. */
export function fileReference(itemId: string, attachmentId: string): string {
  return `${itemId}_${attachmentId}`
}

export function readFileReference(reference: string): { readonly itemId: string; readonly attachmentId: string } {
  const place = reference.indexOf('_')
  return { itemId: reference.slice(0, place), attachmentId: reference.slice(place + 1) }
}

export function attachmentElements(item: Item, attachments: readonly AttachmentFacts[]): WbxmlElement | undefined {
  const files = shownFiles(item, attachments)
  if (files.length === 0) return undefined
  return element(
    'AirSyncBase:Attachments',
    files.map((each) => attachmentElement(item, each)),
  )
}

/** A ContentId only on what the text shows: clients hide attachments that have one. */
function attachmentElement(item: Item, each: AttachmentFacts): WbxmlElement {
  return element(
    'AirSyncBase:Attachment',
    text('AirSyncBase:DisplayName', each.name),
    text('AirSyncBase:FileReference', fileReference(item.id, each.id)),
    text('AirSyncBase:Method', each.contentType === 'message/rfc822' ? 5 : 1),
    text('AirSyncBase:EstimatedDataSize', each.size),
    each.isInline && optional('AirSyncBase:ContentId', each.contentId),
    each.isInline && text('AirSyncBase:IsInline', 1),
  )
}

export function conversationElements(item: Item, version: number): readonly WbxmlElement[] {
  if (version < 140) return []
  return [
    opaque('Email2:ConversationId', Buffer.from(item.conversationId, 'hex')),
    opaque('Email2:ConversationIndex', Buffer.from(item.conversationIndex, 'base64')),
  ]
}
