import { previewOf, textOfHtml, topicOf } from './body-text.ts'
import type { AttachmentFacts, Importance } from './item.ts'
import type { MessageProperties } from './item-properties.ts'
import { readWishes } from './message-wishes.ts'
import { type ReadEnvelope, readEnvelope } from './read-mime.ts'

/** What a message says of itself, ready to be stored beside its MIME text. */
export interface ParsedMessage {
  readonly sender: string
  readonly senderAddress: string
  readonly subject: string
  readonly preview: string
  readonly importance: Importance
  readonly messageClass: string
  readonly internetMessageId: string
  readonly properties: MessageProperties
  readonly text?: string
  readonly html?: string
  readonly attachments: readonly AttachmentFacts[]
  readonly size: number
}

export async function parseMessage(mime: Buffer): Promise<ParsedMessage> {
  const read = await readEnvelope(mime)
  const { from } = read.addresses
  const text = read.text ?? (read.html === undefined ? undefined : await textOfHtml(read.html))
  return {
    sender: from?.name ?? '',
    senderAddress: from?.address ?? '',
    subject: read.subject,
    preview: previewOf(text ?? ''),
    importance: importanceOf(read.headers),
    messageClass: messageClassOf(read),
    internetMessageId: read.messageId,
    properties: propertiesOf(read),
    ...(text !== undefined && { text }),
    ...(read.html !== undefined && { html: read.html }),
    attachments: read.attachments.map(({ content, method: _, ...facts }) => ({ ...facts, size: content.length })),
    size: mime.length,
  }
}

/** What a message is found by: its own text, who has to do with it, and the names of its files. */
export function searchedTexts(
  parsed: Pick<ParsedMessage, 'subject' | 'sender' | 'senderAddress' | 'properties' | 'attachments' | 'text'>,
): readonly string[] {
  const { subject, sender, senderAddress, properties, attachments, text = '' } = parsed
  const people = [...properties.to, ...properties.cc].map(({ name, address }) => `${name} ${address}`)
  return [subject, sender, senderAddress, ...people, ...attachments.map(({ name }) => name), text]
}

function propertiesOf(read: ReadEnvelope): MessageProperties {
  return {
    ...read.addresses,
    ...(read.inReplyTo && { inReplyTo: read.inReplyTo }),
    references: read.references.slice(-50),
    topic: topicOf(read.subject),
    ...(read.calendar && { calendarText: read.calendar.text }),
    ...readWishes(read.headers),
  }
}

function importanceOf(headers: ReadonlyMap<string, string>): Importance {
  const importance = headers.get('importance')?.trim().toLowerCase()
  if (importance === 'low' || importance === 'high') return importance
  const priority = Number.parseInt(headers.get('x-priority') ?? '3', 10)
  if (priority <= 2) return 'high'
  return priority >= 4 ? 'low' : 'normal'
}

/** [MS-OXOCAL] 2.2.10: what the organizer of a meeting reads when it is forwarded. */
export const forwardNotice = 'IPM.Schedule.Meeting.Notification.Forward'

/** [MS-OXOMSG] and [MS-OXOCAL]: the class by which clients choose how to show a message. */
function messageClassOf({ headers, calendar }: ReadEnvelope): string {
  const contentType = headers.get('content-type')?.toLowerCase() ?? ''
  if (contentType.startsWith('multipart/signed')) return 'IPM.Note.SMIME.MultipartSigned'
  if (/^application\/(x-)?pkcs7-mime/.test(contentType)) return 'IPM.Note.SMIME'
  if (contentType.startsWith('multipart/report')) return reportClassOf(contentType)
  if (headers.get('content-class') === forwardNotice) return forwardNotice
  return calendar ? meetingClassOf(calendar) : 'IPM.Note'
}

function reportClassOf(contentType: string): string {
  if (contentType.includes('disposition-notification')) return 'REPORT.IPM.Note.IPNRN'
  return 'REPORT.IPM.Note.NDR'
}

function meetingClassOf({ method, text }: { readonly method: string; readonly text: string }): string {
  if (method === 'REQUEST') return 'IPM.Schedule.Meeting.Request'
  if (method === 'CANCEL') return 'IPM.Schedule.Meeting.Canceled'
  if (method !== 'REPLY' && method !== 'COUNTER') return 'IPM.Note'
  const status = /PARTSTAT=(\w+)/i.exec(text)?.[1]?.toUpperCase()
  if (status === 'ACCEPTED') return 'IPM.Schedule.Meeting.Resp.Pos'
  return status === 'DECLINED' ? 'IPM.Schedule.Meeting.Resp.Neg' : 'IPM.Schedule.Meeting.Resp.Tent'
}
