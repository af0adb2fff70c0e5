import type { Envelope } from './transport.ts'

export interface Undelivered {
  readonly address: string
  /** Enhanced status code (RFC 3463), such as `5.1.10`. */
  readonly status: string
  readonly text: string
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

/** The report that goes back to the sender (RFC 3464). */
export async function nonDeliveryReport(facts: ReportFacts): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer/index.js')
  const { envelope, mime, undelivered, server, domain, now, id } = facts
  const subject = /^subject:[ \t]*(.*)$/im.exec(headersOf(mime))?.[1]?.trim() ?? ''
  const lines = undelivered.map(({ address, status, text }) => `${address}\r\n  ${status} ${text}`)
  const status = [
    `Reporting-MTA: dns;${server}`,
    '',
    ...undelivered.flatMap(({ address, status: code, text }) => [
      `Final-Recipient: rfc822;${address}`,
      'Action: failed',
      `Status: ${code}`,
      `Diagnostic-Code: smtp;550 ${code} ${text}`,
      '',
    ]),
  ]
  const composer = new MailComposer({
    from: `Microsoft Outlook <postmaster@${domain}>`,
    to: envelope.from,
    subject: `Undeliverable: ${subject}`,
    date: now,
    messageId: `<${id}@${domain}>`,
    text: `Your message couldn't be delivered.\r\n\r\n${lines.join('\r\n\r\n')}\r\n`,
    headers: { 'auto-submitted': 'auto-replied', 'x-ms-exchange-message-is-ndr': '' },
    attachments: [
      { contentType: 'message/delivery-status', content: status.join('\r\n'), contentDisposition: 'inline' },
      { contentType: 'text/rfc822-headers', content: headersOf(mime), contentDisposition: 'inline' },
    ],
  })
  const node = composer.compile()
  node.setHeader('Content-Type', 'multipart/report; report-type=delivery-status')
  return node.build()
}

function headersOf(mime: Buffer): string {
  const text = mime.subarray(0, 64 * 1024).toString('latin1')
  return text.split(/\r?\n\r?\n/, 1)[0] ?? ''
}
