import type { Recipient } from '../mailbox/mailbox-store.ts'

export interface Report {
  readonly sender: Recipient
  readonly at: Date
  readonly messageId: string
  readonly returned: readonly string[]
  readonly subject: string
  readonly id: string
}

/** RFC 3464: what could not be delivered, to whom, and why. */
export async function composeReport({ sender, at, messageId, returned, subject, id }: Report): Promise<Buffer> {
  const { default: MimeNode } = await import('nodemailer/lib/mime-node/index.js')
  const domain = sender.emailAddress.split('@')[1] ?? 'localhost'
  const report = new MimeNode('multipart/report; report-type=delivery-status', { baseBoundary: id })
  report.setHeader({
    from: `"Microsoft Outlook" <postmaster@${domain}>`,
    to: sender.emailAddress,
    subject: `Undeliverable: ${subject}`,
    date: at.toUTCString().replace('GMT', '+0000'),
    'message-id': `<${id}@${domain}>`,
    'in-reply-to': `<${messageId}>`,
  })
  const lines = ['Delivery has failed to these recipients:', '', ...returned, '', 'There is no such mailbox here.']
  report.createChild('text/plain').setContent(lines.join('\r\n'))
  const perRecipient = returned.map((address) =>
    [`Final-Recipient: rfc822;${address}`, 'Action: failed', 'Status: 5.1.10'].join('\r\n'),
  )
  const status = [`Reporting-MTA: dns;${domain}`, '', perRecipient.join('\r\n\r\n'), ''].join('\r\n')
  report.createChild('message/delivery-status').setContent(status)
  return report.build()
}
