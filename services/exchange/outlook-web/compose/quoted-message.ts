import { type Html, html } from '#shared/html/html.ts'
import type { MailAddress } from '../../mailbox/item-properties.ts'
import type { Message } from '../../mailbox/mailbox-store.ts'
import type { TimeZone } from '../../mailbox/time-zones.ts'
import { longMoment } from '../../pages/moments.ts'
import { writtenAddress } from './recipients.ts'

export const composeModes = ['new', 'reply', 'replyAll', 'forward', 'draft'] as const
export type ComposeMode = (typeof composeModes)[number]

/** What the form begins with. */
export interface Beginning {
  readonly to: string
  readonly cc: string
  readonly subject: string
  readonly body: string
  /** The same for the editor. */
  readonly html: Html
}

/** What is quoted: as text, and as the editor shows it. */
export interface Quoted {
  readonly text: string
  readonly html: Html
  /** When it was sent, and the zone of whoever quotes it. */
  readonly sentAt: Date
  readonly zone: TimeZone
}

/** The beginning of an answer to a message, or of one that passes it on; `own` are the answerer's addresses in lower case. */
export function beginningOf(
  mode: 'reply' | 'replyAll' | 'forward',
  message: Message,
  body: Quoted,
  own: readonly string[],
): Beginning {
  const { from, to, cc, replyTo } = message.properties
  const isOther = ({ address }: MailAddress) => !own.includes(address.toLowerCase())
  const sender = replyTo.length > 0 ? replyTo : from ? [from] : []
  const others = mode === 'replyAll' ? unique([...sender, ...to.filter(isOther)]) : sender
  const head = headOf(message, body)
  const copies = mode === 'replyAll' ? cc.filter(isOther) : []
  return {
    to: mode === 'forward' ? '' : others.map(writtenAddress).join('; '),
    cc: copies.map(writtenAddress).join('; '),
    subject: prefixed(mode === 'forward' ? 'Fw' : 'Re', message.subject),
    body: `\r\n\r\n${[rule, ...head].join('\r\n')}\r\n\r\n${body.text}`,
    html: html`<div>${lineBreak}</div><div>${lineBreak}</div><hr><div>${head.map((line) => html`${line}${lineBreak}`)}</div><div>${lineBreak}</div>${body.html}`,
  }
}

function unique(addresses: readonly MailAddress[]): readonly MailAddress[] {
  return addresses.filter((each, index) => addresses.findIndex(({ address }) => address === each.address) === index)
}

function prefixed(prefix: 'Re' | 'Fw', subject: string): string {
  const bare = subject.replace(/^\s*(?:re|fw|fwd|aw|wg)\s*:\s*/i, '')
  return `${prefix}: ${bare}`
}

const rule = '________________________________'
const lineBreak = html`<br>`

function headOf({ properties, subject, sender }: Message, { sentAt, zone }: Quoted): readonly string[] {
  return [
    `From: ${properties.from ? writtenAddress(properties.from) : sender}`,
    `Sent: ${longMoment(sentAt, zone)}`,
    `To: ${properties.to.map(writtenAddress).join('; ')}`,
    ...(properties.cc.length > 0 ? [`Cc: ${properties.cc.map(writtenAddress).join('; ')}`] : []),
    `Subject: ${subject}`,
  ]
}
