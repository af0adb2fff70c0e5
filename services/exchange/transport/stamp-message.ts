import type { Recipient } from '../mailbox/mailbox-store.ts'

export interface Stamp {
  readonly sender: Recipient
  readonly at: Date
  readonly messageId: string
  readonly withoutBcc?: boolean
}

/** The head as a server sends it on: From is who signed in, Date and Message-ID are there; the rest stays as it came. */
export function stampMessage(mime: Buffer, { sender, at, messageId, withoutBcc }: Stamp): Buffer {
  const { head, body } = split(mime)
  const fields = fieldsOf(head).filter(({ name }) => name !== 'from' && !(withoutBcc && name === 'bcc'))
  const has = (wanted: string) => fields.some(({ name }) => name === wanted)
  const added = [
    `From: ${nameOf(sender)}<${sender.emailAddress}>`,
    ...(has('date') ? [] : [`Date: ${at.toUTCString().replace('GMT', '+0000')}`]),
    ...(has('message-id') ? [] : [`Message-ID: <${messageId}>`]),
  ]
  const lines = [...added, ...fields.map(({ text }) => text)].join('\r\n')
  return Buffer.concat([Buffer.from(`${lines}\r\n\r\n`, 'latin1'), body])
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
