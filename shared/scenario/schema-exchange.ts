import { z } from 'zod'
import { kerberosSchema } from './schema-kerberos.ts'
import { appointmentSchema, contactSchema, noteSchema, taskSchema } from './schema-mailbox-items.ts'
import { instantBeforeStart, mailAddress, url, userPrincipalName } from './schema-values.ts'

const serverNames = z
  .array(z.string().regex(/^[A-Z0-9-]{1,15}$/, 'a computer name has 1 to 15 capital letters, digits or hyphens'))
  .min(1)

const version = z.string().regex(/^15\.\d+\.\d+\.\d+$/, 'expected a build such as 15.2.1748.43')

const thumbprints = z
  .union([z.literal('fromMetadata'), z.array(z.string().regex(/^[0-9A-Fa-f]{40}$/)).min(1)], {
    error: 'expected fromMetadata, or a list of thumbprints of 40 hexadecimal digits',
  })
  .default('fromMetadata')

const exchangeAdfsSchema = z.strictObject({
  issuer: url.optional().describe('Where OWA sends people to sign in; https://<adfs host>/adfs/ls/ when left out.'),
  audienceUris: z
    .array(url)
    .min(1)
    .optional()
    .describe('The audiences OWA and ECP accept; https://<mail host>/owa/ and …/ecp/ when left out.'),
  signCertificateThumbprints: thumbprints.describe(
    'The token-signing certificates, or fromMetadata to ask AD FS for them.',
  ),
})

const timeouts = {
  activityBasedTimeoutMinutes: z.int().min(1).default(360).describe('Minutes of idleness after which OWA signs out.'),
  timeBasedTimeoutMinutes: z.int().min(1).default(1380).describe('Minutes after which OWA signs out in any case.'),
}

const onPremisesSchema = z.strictObject({
  servers: serverNames.default(['EX1', 'EX2']).describe('The Mailbox servers behind the load balancer.'),
  version: version.default('15.2.1748.43').describe('The build of Exchange Server.'),
  adfs: exchangeAdfsSchema.prefault({}).describe('AD FS claims-based authentication of OWA and ECP.'),
  defaultAuthorizationEndpoint: z
    .enum(['AzureAD', 'ADFS'])
    .default('AzureAD')
    .describe('Where the challenges of ActiveSync and its kin lead: to Entra ID, or to AD FS.'),
  kerberos: kerberosSchema('HTTP/<mail host> and HTTP/<autodiscover host>'),
  ...timeouts,
})

const onlineSchema = z.strictObject({
  servers: serverNames.default(['MK0PR01MB0001', 'MK0PR01MB0002']).describe('The servers of Exchange Online.'),
  version: version.default('15.20.7587.36').describe('The build of Exchange Online.'),
  autodiscoverV2: z
    .enum(['observed', 'seedLiteral'])
    .default('observed')
    .describe('How AutoDiscover v2 answers about a mailbox that is here: 200 with JSON, or 302 to its URL.'),
  anonymousActiveSync: z
    .enum(['observed', 'challenge'])
    .default('observed')
    .describe('How OPTIONS of ActiveSync without Authorization is answered: 451 to another end point, or 401.'),
  ...timeouts,
})

const attachmentSchema = z
  .strictObject({
    name: z.string().min(1).describe('The file name.'),
    contentType: z
      .string()
      .regex(/^[\w.+-]+\/[\w.+-]+$/, 'expected a media type such as text/plain')
      .describe('The media type.'),
    text: z.string().optional().describe('The content, as text.'),
    base64: z.base64('expected base64').optional().describe('The content, in base64.'),
  })
  .refine(
    ({ text, base64 }) => (text === undefined) !== (base64 === undefined),
    'an attachment has either text or base64',
  )

export const messageSchema = z.strictObject({
  mailbox: userPrincipalName.describe('Whose mailbox the message is in.'),
  folder: z
    .enum(['Inbox', 'Drafts', 'Sent Items', 'Deleted Items', 'Archive', 'Junk Email'])
    .default('Inbox')
    .describe('The folder.'),
  from: mailAddress.describe('The sender.'),
  to: z.array(mailAddress).optional().describe('The recipients; the owner of the mailbox when left out.'),
  cc: z.array(mailAddress).default([]).describe('Who receives a copy.'),
  subject: z.string().describe('The subject.'),
  receivedAt: instantBeforeStart.describe('When it arrived: a duration before the start such as -PT2H, or a date.'),
  text: z.string().describe('The body as plain text.'),
  html: z.string().optional().describe('The body as HTML, when there is one.'),
  unread: z.boolean().default(false).describe('Whether it has not been read.'),
  importance: z.enum(['low', 'normal', 'high']).default('normal').describe('How important the sender finds it.'),
  attachments: z.array(attachmentSchema).default([]).describe('The attached files.'),
})

export const exchangeSchema = z.strictObject({
  onPremises: onPremisesSchema.prefault({}).describe('The Exchange servers of the organization.'),
  online: onlineSchema.prefault({}).describe('Exchange Online.'),
  messages: z.array(messageSchema).default([]).describe('The mail in the mailboxes at the start.'),
  appointments: z.array(appointmentSchema).default([]).describe('The appointments and meetings in the calendars.'),
  contacts: z.array(contactSchema).default([]).describe('The contacts of people.'),
  tasks: z.array(taskSchema).default([]).describe('The tasks of people.'),
  notes: z.array(noteSchema).default([]).describe('The notes of people.'),
})
