import type { Recipient } from '../mailbox/mailbox-store.ts'
import type { SentUnder } from './sent-under.ts'

export interface Stamp {
  readonly under: SentUnder
  readonly at: Date
  readonly messageId: string
  readonly withoutBcc?: boolean
}

/** The head as a server sends it on: From is whose message it is, Sender who sends on behalf of them, Date and Message-ID are there; the rest stays as it came. */
export function stampMessage(mime: Buffer, { under, at, messageId, withoutBcc }: Stamp): Buffer {
  const { head, body } = split(mime)
  const fields = fieldsOf(head).filter(
    ({ name }) => name !== 'from' && name !== 'sender' && !(withoutBcc && name === 'bcc'),
  )
  const has = (wanted: string) => fields.some(({ name }) => name === wanted)
  const added = [
    `From: ${addressOf(under.from)}`,
    ...(under.sender ? [`Sender: ${addressOf(under.sender)}`] : []),
    ...(has('date') ? [] : [`Date: ${at.toUTCString().replace('GMT', '+0000')}`]),
    ...(has('message-id') ? [] : [`Message-ID: <${messageId}>`]),
  ]
  const lines = [...added, ...fields.map(({ text }) => text)].join('\r\n')
  return Buffer.concat([Buffer.from(`${lines}\r\n\r\n`, 'latin1'), body])
}

function addressOf(recipient: Recipient): string {
  return `${nameOf(recipient)}<${recipient.emailAddress}>`
}

/** RFC 2047 where the name needs it. */
function nameOf({ displayName }: Recipient): string {
  if (displayName === '') return ''
  if (/^[\x20-\x7e]+$/.test(displayName)) return `"${displayName.replace(/["\\]/g, '')}" `
  return `=?utf-8?B?${Buffer.from(displayName).toString('base64')}?= `
}

function split(mime: Buffer): { readonly head: string; readonly body: Buffer } {
  const text = mime.toString('latin1')
  const end = /\r?\n\r?\n/.exec(text)
  if (!end) return { head: text, body: Buffer.alloc(0) }
  return { head: text.slice(0, end.index), body: mime.subarray(end.index + end[0].length) }
}

function fieldsOf(head: string): readonly { readonly name: string; readonly text: string }[] {
  return head
    .split(/\r?\n(?![ \t])/)
    .filter((text) => /^[\x21-\x39\x3b-\x7e]+:/.test(text))
    .map((text) => ({ name: text.slice(0, text.indexOf(':')).toLowerCase(), text }))
}
