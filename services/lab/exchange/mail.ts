import { z } from 'zod'
import type { Clock } from '#shared/clock.ts'
import { directoryPath as path } from '../directory/active-directory.ts'
import { LabError } from '../errors.ts'
import { ask, type Manage } from '../peers/ask.ts'

export const exchangeName = z.enum(['exchange-onprem', 'exchange-online']).describe('Which Exchange.')
export const folderName = z
  .enum(['inbox', 'drafts', 'sentitems', 'deleteditems', 'archive', 'junkemail', 'outbox'])
  .default('inbox')
  .describe('The folder.')

export const messageSchema = z.looseObject({
  id: z.string(),
  subject: z.string(),
  from: z.object({ name: z.string(), address: z.string() }),
  receivedAt: z.string(),
  unread: z.boolean(),
  preview: z.string(),
})

export type MailboxMessage = z.output<typeof messageSchema>

export interface Mailbox {
  readonly deployment: z.output<typeof exchangeName>
  readonly upn: string
}

/** A message as it is, or what one is made of. */
export const injectionSchema = z.strictObject({
  mime: z.base64().describe('The message (.eml) in base64; else one is made of the other fields.').optional(),
  from: z.string().min(1).max(320).describe('Such as `Zoe <zoe@example.net>`.').optional(),
  subject: z.string().max(255).optional(),
  text: z.string().max(100_000).optional(),
  folder: folderName,
})

type Injection = z.output<typeof injectionSchema>

export async function injectMail(manage: Manage, clock: Clock, { deployment, upn }: Mailbox, injection: Injection) {
  const { folder, ...parts } = injection
  const json = { folder, mime: parts.mime ?? (await composed(parts, upn, clock)) }
  const target = path`/mailboxes/${upn}/messages`
  return ask(manage, { deployment, path: target, method: 'POST', json }, messageSchema)
}

export async function readMessages(manage: Manage, { deployment, upn }: Mailbox, folder = 'inbox') {
  const target = `${path`/mailboxes/${upn}/messages`}?folder=${folder}`
  return ask(manage, { deployment, path: target }, z.object({ messages: z.array(messageSchema) }))
}

/** @throws LabError for a sender that has no address. */
async function composed({ from, subject, text }: Omit<Injection, 'folder'>, to: string, clock: Clock): Promise<string> {
  const sender = from ?? 'Somebody <somebody@example.net>'
  if (!sender.includes('@')) throw new LabError('invalidRequest', { message: `${sender} is no mail address.` })
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer/index.js')
  const composer = new MailComposer({
    ...{ from: sender, to, subject: subject ?? 'A message', text: text ?? '', date: clock.now() },
    ...{ newline: '\r\n', disableFileAccess: true, disableUrlAccess: true },
  })
  return (await composer.compile().build()).toString('base64')
}
