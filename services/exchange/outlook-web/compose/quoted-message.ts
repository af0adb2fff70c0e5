import type { MailAddress } from '../../mailbox/item-properties.ts'
import type { Message } from '../../mailbox/mailbox-store.ts'
import { writtenAddress } from './recipients.ts'

export const composeModes = ['new', 'reply', 'replyAll', 'forward', 'draft'] as const
export type ComposeMode = (typeof composeModes)[number]

/** What the form begins with. */
export interface Beginning {
  readonly to: string
  readonly cc: string
  readonly subject: string
  readonly body: string
}

/** The beginning of an answer to a message, or of one that passes it on. */
export function beginningOf(
  mode: 'reply' | 'replyAll' | 'forward',
  message: Message,
  body: string,
  own: string,
): Beginning {
  const { from, to, cc, replyTo } = message.properties
  const isOther = ({ address }: MailAddress) => address.toLowerCase() !== own.toLowerCase()
  const sender = replyTo.length > 0 ? replyTo : from ? [from] : []
  const others = mode === 'replyAll' ? unique([...sender, ...to.filter(isOther)]) : sender
  const copies = mode === 'replyAll' ? cc.filter(isOther) : []
  return {
    to: mode === 'forward' ? '' : others.map(writtenAddress).join('; '),
    cc: copies.map(writtenAddress).join('; '),
    subject: prefixed(mode === 'forward' ? 'Fw' : 'Re', message.subject),
    body: `\r\n\r\n${quoted(message, body)}`,
  }
}

function unique(addresses: readonly MailAddress[]): readonly MailAddress[] {
  return addresses.filter((each, index) => addresses.findIndex(({ address }) => address === each.address) === index)
}

function prefixed(prefix: 'Re' | 'Fw', subject: string): string {
  const bare = subject.replace(/^\s*(?:re|fw|fwd|aw|wg)\s*:\s*/i, '')
  return `${prefix}: ${bare}`
}

function quoted({ properties, receivedAt, subject, sender }: Message, body: string): string {
  const head = [
    '________________________________',
    `From: ${properties.from ? writtenAddress(properties.from) : sender}`,
    `Sent: ${receivedAt.toUTCString()}`,
    `To: ${properties.to.map(writtenAddress).join('; ')}`,
    ...(properties.cc.length > 0 ? [`Cc: ${properties.cc.map(writtenAddress).join('; ')}`] : []),
    `Subject: ${subject}`,
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}
