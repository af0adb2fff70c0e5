import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { ExchangeError } from '../../errors.ts'
import type { Message } from '../../mailbox/mailbox-store.ts'
import { readEnvelope } from '../../mailbox/read-mime.ts'
import { shownFiles } from '../../mailbox/shown-files.ts'
import { composePage } from '../../pages/compose-page.ts'
import { composeActionUrl, scriptUrl } from '../../urls.ts'
import type { WebSession } from '../../web-session/session.ts'
import type { Visit, WebParts } from '../../web-session/visit.ts'
import { folderLinks, frameOf } from '../frame.ts'
import { peopleSuggestions } from '../people-suggestions.ts'
import { preferencesOf } from '../preferences.ts'
import { type Beginning, beginningOf, type ComposeMode, composeModes } from './quoted-message.ts'
import { writtenAddress } from './recipients.ts'
import { senderChoices } from './senders.ts'
import { editableHtml, htmlOfText } from './written-html.ts'

/** `/owa/?path=/mail/action/compose`: a new message, an answer, or a draft again. */
export async function showCompose(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { ItemID, mode: asked, to } = request.query as Record<string, unknown>
  const mode = composeModes.find((each) => each === asked) ?? 'new'
  const original = mode === 'new' ? undefined : await originalOf(parts, visit, String(ItemID))
  const beginning = original
    ? await startOf(parts, visit, mode, original)
    : { to: typeof to === 'string' ? to : '', cc: '', subject: '', body: '', html: htmlOfText('') }
  request.recording.note({ decision: `compose ${mode}` })
  return showForm(reply, parts, visit, {
    from: (mode === 'draft' && original?.properties.from?.address) || '',
    ...beginning,
    ...(mode === 'draft' && original ? ofDraft(original) : await ofNewMail(parts, visit, beginning)),
    mode,
    originalId: original?.id ?? '',
    answers: original && mode !== 'draft' ? `${mode} ${original.id}` : '',
    attachments: await carriedAttachments(parts, visit, mode, original),
  })
}

function ofDraft({ properties, importance }: Message) {
  return { bcc: properties.bcc.map(writtenAddress).join('; '), importance }
}

async function ofNewMail(parts: WebParts, { session }: Visit, { body, html: text }: Beginning) {
  const { signature, addSignature } = await preferencesOf(parts, session)
  const rest = { bcc: '', importance: 'normal' as const }
  if (!addSignature || signature === '') return rest
  return {
    ...rest,
    body: `\r\n\r\n${signature}${body}`,
    html: html`${htmlOfText(`\n\n${signature}\n`)}${text}`,
  }
}

export interface FormState {
  /** The address of one of `senderChoices`; empty for the owner of the mailbox. */
  readonly from: string
  readonly to: string
  readonly cc: string
  readonly bcc: string
  readonly subject: string
  readonly body: string
  /** For the editor, where scripts run. */
  readonly html: Html
  readonly importance: 'low' | 'normal' | 'high'
  readonly mode: ComposeMode
  readonly originalId: string
  /** What is done with which message: `reply` and its id. */
  readonly answers: string
  readonly attachments: readonly { readonly id: string; readonly name: string; readonly bytes: number }[]
  readonly problem?: string | undefined
}

export async function showForm(reply: FastifyReply, parts: WebParts, visit: Visit, state: FormState, status = 200) {
  const folders = await parts.mailboxes.listFolders(visit.session.mailboxId)
  const people = await peopleSuggestions(parts, visit.session)
  const choices = await senderChoices(parts, visit)
  const senders = choices.map(({ displayName: name, emailAddress: address }) => ({ name, address }))
  const script = scriptUrl(parts.config.version, 'compose')
  const frame = { ...frameOf(parts.config, visit), folders: folderLinks(folders, ''), people, senders }
  return sendPage(
    reply,
    composePage({ ...frame, ...state, action: composeActionUrl, canary: visit.canary, script }),
    status,
  )
}

async function originalOf({ mailboxes }: WebParts, { session }: Visit, id: string): Promise<Message> {
  const message = await mailboxes.findMessage(session.mailboxId, id)
  if (!message) throw new ExchangeError('noSuchItem', `the mailbox has no message "${id}"`)
  return message
}

async function addressesOf({ recipients }: WebParts, { objectGuid, userPrincipalName }: WebSession) {
  return [userPrincipalName, ...(await recipients.addressesOf(objectGuid))].map((each) => each.toLowerCase())
}

async function startOf(parts: WebParts, { session }: Visit, mode: ComposeMode, message: Message): Promise<Beginning> {
  const { mailboxes } = parts
  const text = (await mailboxes.readBody(session.mailboxId, message.id))?.text ?? ''
  const mime = await mailboxes.readMime(session.mailboxId, message.id)
  const read = mime && (await readEnvelope(mime))
  const editable = read ? await editableHtml(read) : htmlOfText(text)
  if (mode === 'reply' || mode === 'replyAll' || mode === 'forward') {
    const { zone } = await preferencesOf(parts, session)
    const sentAt = instantIn(read?.headers.get('date')) ?? message.receivedAt
    return beginningOf(mode, message, { text, html: editable, sentAt, zone }, await addressesOf(parts, session))
  }
  const { to, cc } = message.properties
  const written = (addresses: typeof to) => addresses.map(writtenAddress).join('; ')
  return {
    to: written(to),
    cc: written(cc),
    subject: message.subject,
    body: text.replace(/\r?\n$/, ''),
    html: editable,
  }
}

/** Where mail says when it was sent. */
function instantIn(text: string | undefined): Date | undefined {
  const instant = new Date(text ?? Number.NaN)
  return Number.isNaN(instant.getTime()) ? undefined : instant
}

/** Drafts keep theirs; a message that is passed on takes them along. */
export async function carriedAttachments(
  { mailboxes }: WebParts,
  { session }: Visit,
  mode: ComposeMode,
  original: Message | undefined,
): Promise<FormState['attachments']> {
  if (!original || (mode !== 'draft' && mode !== 'forward')) return []
  const body = await mailboxes.readBody(session.mailboxId, original.id)
  const files = shownFiles(original, body?.attachments ?? []).filter(({ isInline }) => !isInline)
  return files.map(({ id, name, size }) => ({ id, name, bytes: size }))
}
