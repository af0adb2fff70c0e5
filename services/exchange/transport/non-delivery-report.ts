import type { Envelope } from './transport.ts'

export interface Undelivered {
  readonly address: string
  /** Enhanced status code (RFC 3463), such as `5.1.10`. */
  readonly status: string
  readonly text: string
  /** The code of the reply; 550 unless said. */
  readonly code?: number
  /** The server that refused, where it was not this one. */
  readonly remote?: string
}

export interface ReportFacts {
  readonly envelope: Envelope
  readonly mime: Buffer
  readonly undelivered: readonly Undelivered[]
  readonly server: string
  readonly domain: string
  readonly now: Date
  readonly id: string
}

/** What an SMTP server says, or would have said. */
export function diagnosticOf({ code = 550, status, text }: Undelivered): string {
  return `${code} ${status} ${text}`.replace(/[^\x20-\x7e]+/g, ' ')
}

/** The report that goes back to the sender (RFC 3464), with the head of what was not delivered (RFC 6522 §3). */
export async function nonDeliveryReport(facts: ReportFacts): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer/index.js')
  const { envelope, mime, undelivered, domain, now, id } = facts
  const head = headOf(mime)
  const lines = undelivered.map((each) => `${each.address}\r\n  ${each.status} ${each.text}`)
  const original = fieldOf(head, 'message-id')
  const composer = new MailComposer({
    from: `Microsoft Outlook <postmaster@${domain}>`,
    to: envelope.from,
    subject: `Undeliverable: ${fieldOf(head, 'subject')}`,
    date: now,
    messageId: `<${id}@${domain}>`,
    ...(original !== '' && { inReplyTo: original, references: original }),
    text: `Your message couldn't be delivered.\r\n\r\n${lines.join('\r\n\r\n')}\r\n`,
    headers: { 'auto-submitted': 'auto-replied', 'x-ms-exchange-message-is-ndr': '' },
    attachments: [
      { ...reportPart, contentType: 'message/delivery-status', content: deliveryStatus(facts) },
      {
        ...reportPart,
        contentType: 'text/rfc822-headers',
        content: head,
        contentTransferEncoding: /[^\t\r\n -~]/.test(head) ? ('quoted-printable' as const) : ('7bit' as const),
      },
    ],
  })
  const node = composer.compile()
  node.setHeader('Content-Type', 'multipart/report; report-type=delivery-status')
  return node.build()
}

const reportPart = {
  contentDisposition: 'inline',
  filename: false,
  contentTransferEncoding: '7bit',
} as const

/** Groups of fields, the first about the message, one for each recipient after it (RFC 3464 §2.1). */
function deliveryStatus({ undelivered, server, now }: ReportFacts): string {
  const ofMessage = [`Reporting-MTA: dns;${server}`, `Arrival-Date: ${now.toUTCString().replace('GMT', '+0000')}`]
  const ofRecipients = undelivered.map((each) => [
    `Final-Recipient: rfc822;${each.address}`,
    'Action: failed',
    `Status: ${each.status}`,
    ...(each.remote ? [`Remote-MTA: dns;${each.remote}`] : []),
    `Diagnostic-Code: smtp;${diagnosticOf(each)}`,
    `X-Display-Name: ${each.address}`,
  ])
  return [ofMessage, ...ofRecipients].map((group) => `${group.join('\r\n')}\r\n`).join('\r\n')
}

function fieldOf(head: string, name: string): string {
  const written = new RegExp(`^${name}:[ \\t]*(.*(?:\\r?\\n[ \\t].*)*)`, 'im').exec(head)?.[1] ?? ''
  return written.replace(/\r?\n[ \t]+/g, ' ').trim()
}

function headOf(mime: Buffer): string {
  const text = mime.subarray(0, 64 * 1024).toString('latin1')
  return text.split(/\r?\n\r?\n/, 1)[0] ?? ''
}
