import { startStack } from 'fauxchange'
import { createTransport } from 'nodemailer'

/** Mail of an application: handed over by SMTP, waited for in the mailbox of who gets it. */
await using stack = await startStack()
const transport = createTransport({
  ...stack.smtp('exchange-online'),
  requireTLS: true,
  tls: { ca: stack.ca, servername: 'outlook.office365.com' },
})
await transport.sendMail({
  from: 'shop@elsewhere.example',
  to: 'peggy@fabrikam.com',
  subject: 'Order 7',
  text: 'Thanks',
})
const { subject, from } = await stack.lab.waitForMail({
  place: 'exchange-online',
  user: 'peggy@fabrikam.com',
  subject: 'Order 7',
})
transport.close()
process.stdout.write(JSON.stringify({ subject, from: from.address }))
