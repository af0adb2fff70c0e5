import type { Address, Attachment, Email } from 'postal-mime'
import type { MailAddress } from './item-properties.ts'

export interface ReadMessage {
  readonly subject: string
  readonly from: string
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly text?: string
  readonly html?: string
  readonly attachments: readonly ReadAttachment[]
}

export interface ReadAttachment {
  /** The place among the attachments of its message. */
  readonly id: string
  readonly name: string
  readonly contentType: string
  /** The Content-ID by which the HTML body shows it, without angle brackets. */
  readonly contentId?: string
  readonly isInline: boolean
  /** Of an iCalendar part of a meeting message: `REQUEST`, `REPLY` … (RFC 6047). */
  readonly method?: string
  readonly content: Buffer
}

/** What else there is to know of a message. */
export interface ReadEnvelope extends ReadMessage {
  readonly addresses: {
    readonly from?: MailAddress
    readonly sender?: MailAddress
    readonly to: readonly MailAddress[]
    readonly cc: readonly MailAddress[]
    readonly bcc: readonly MailAddress[]
    readonly replyTo: readonly MailAddress[]
  }
  /** Without angle brackets. */
  readonly messageId: string
  readonly inReplyTo?: string
  readonly references: readonly string[]
  /** By lower-case name, the first of each. */
  readonly headers: ReadonlyMap<string, string>
  /** The iCalendar part of a meeting message. */
  readonly calendar?: { readonly method: string; readonly text: string }
}

/** The parts of a MIME text that a reader sees. */
export function readMime(mime: Buffer): Promise<ReadMessage> {
  return readEnvelope(mime)
}

/** A text that no reader of MIME takes apart is shown as it is. */
export async function readEnvelope(mime: Buffer): Promise<ReadEnvelope> {
  const { default: PostalMime, decodeWords } = await import('postal-mime')
  try {
    return envelopeOf(
      decodeWords,
      await PostalMime.parse(firstParts(mime), { maxNestingDepth: 100, forceRfc822Attachments: true }),
    )
  } catch {
    return envelopeOf(decodeWords, { headers: [], headerLines: [], attachments: [], ...asText(mime) })
  }
}

/** Each part costs time: a message of millions of them would keep everybody else waiting. */
const mostDelimiters = 10_000

/** The message up to where it has more delimiters of parts than anybody reads; its source stays whole. */
function firstParts(mime: Buffer): Buffer {
  let end = -1
  for (let count = 0; count <= mostDelimiters; count++) {
    end = mime.indexOf('\n--', end + 1)
    if (end < 0) return mime
  }
  return mime.subarray(0, end + 1)
}

const longestPlainBody = 256 * 1024

function asText(mime: Buffer): Pick<Email, 'subject' | 'text'> {
  const text = mime.subarray(0, longestPlainBody).toString('latin1')
  return { subject: /^subject:[ \t]*(.*)$/im.exec(text)?.[1]?.trim() ?? '', text }
}

type Decode = (words: string) => string

function envelopeOf(decode: Decode, mail: Email): ReadEnvelope {
  const calendar = mail.attachments.find(({ mimeType, method }) => mimeType === 'text/calendar' && method)
  return {
    subject: oneLine(mail.subject ?? ''),
    from: mail.from ? written(mail.from) : '',
    to: (mail.to ?? []).map(written),
    cc: (mail.cc ?? []).map(written),
    ...(mail.text !== undefined && { text: mail.text }),
    ...(mail.html !== undefined && { html: mail.html }),
    attachments: mail.attachments.map((each, index) => attachmentOf(each, index, decode)),
    addresses: addressesOf(mail),
    messageId: withoutBrackets(mail.messageId ?? ''),
    ...(mail.inReplyTo && { inReplyTo: withoutBrackets(mail.inReplyTo) }),
    references: (mail.references ?? '').match(/[^\s<>]+/g) ?? [],
    headers: new Map([...mail.headers].reverse().map(({ key, value }) => [key, value])),
    ...(calendar?.method && { calendar: { method: calendar.method, text: bytesOf(calendar.content).toString() } }),
  }
}

function attachmentOf(each: Attachment, index: number, decode: Decode): ReadAttachment {
  return {
    id: String(index),
    name: oneLine(each.filename ?? nameOf(each, index, decode)),
    contentType: each.mimeType,
    ...(each.contentId && { contentId: withoutBrackets(each.contentId) }),
    isInline: each.related === true,
    ...(each.method && { method: each.method }),
    content: bytesOf(each.content),
  }
}

/** A message inside another is called by its subject. */
function nameOf({ mimeType, content }: Attachment, index: number, decode: Decode): string {
  const ending = { 'message/rfc822': '.eml', 'text/calendar': '.ics' }[mimeType] ?? ''
  const subject = mimeType === 'message/rfc822' ? subjectOf(bytesOf(content), decode) : ''
  if (subject !== '') return `${subject}${ending}`
  return `attachment-${index + 1}${ending}`
}

const longestHead = 64 * 1024

function subjectOf(mime: Buffer, decode: Decode): string {
  const [head = ''] = mime
    .subarray(0, longestHead)
    .toString('utf8')
    .split(/\r?\n\r?\n/, 1)
  const written = /^subject:[ \t]*(.*(?:\r?\n[ \t].*)*)/im.exec(head)?.[1] ?? ''
  return decode(written.replaceAll(/\r?\n[ \t]+/g, ' '))
    .replaceAll(/[\\/:*?"<>|]/g, ' ')
    .trim()
    .slice(0, 200)
}

function addressesOf(mail: Email): ReadEnvelope['addresses'] {
  const [from] = mail.from ? flat(mail.from) : []
  const [sender] = mail.sender ? flat(mail.sender) : []
  return {
    ...(from && { from }),
    ...(sender && sender.address !== from?.address && { sender }),
    to: (mail.to ?? []).flatMap(flat),
    cc: (mail.cc ?? []).flatMap(flat),
    bcc: (mail.bcc ?? []).flatMap(flat),
    replyTo: (mail.replyTo ?? []).flatMap(flat),
  }
}

function flat(each: Address): readonly MailAddress[] {
  if (each.group) return each.group.flatMap(flat)
  return [{ name: oneLine(each.name || each.address), address: each.address }]
}

function written({ name, address, group }: Address): string {
  if (group) return `${name ?? ''}: ${group.map(written).join('; ')}`
  return name && name !== address ? `${name} <${address ?? ''}>` : (address ?? '')
}

function withoutBrackets(id: string): string {
  return id.trim().replace(/^<|>$/g, '')
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ')
}

function bytesOf(content: string | ArrayBuffer | Uint8Array): Buffer {
  if (typeof content === 'string') return Buffer.from(content)
  return content instanceof Uint8Array ? Buffer.from(content) : Buffer.from(new Uint8Array(content))
}
