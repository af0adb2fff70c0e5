import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Html } from '#shared/html/html.ts'
import { catalogue, ExchangeError } from '../../errors.ts'
import { textOfHtml } from '../../mailbox/body-text.ts'
import type { MailAddress } from '../../mailbox/item-properties.ts'
import { MailboxRefusal, type RefusalCode } from '../../mailbox/mailbox-refusal.ts'
import type { Message, Recipient } from '../../mailbox/mailbox-store.ts'
import { passedOnType } from '../../mailbox/shown-files.ts'
import { keepCopyForSender } from '../../transport/sent-copies.ts'
import type { SentUnder } from '../../transport/sent-under.ts'
import { requireMaySend } from '../../transport/size-limits.ts'
import { composeUrl, folderUrl } from '../../urls.ts'
import { requireCanary, type Visit, type WebParts } from '../../web-session/visit.ts'
import { ownerOf } from '../preferences.ts'
import { composeMail } from './compose-mime.ts'
import { composeModes } from './quoted-message.ts'
import { type ReadForm, readForm, type UploadedFile } from './read-form.ts'
import { readRecipients } from './recipients.ts'
import { underWhom, writtenSender } from './senders.ts'
import { carriedAttachments, type FormState, showForm } from './show-compose.ts'
import { htmlOfText, withPictures, writtenHtml } from './written-html.ts'

/** The form of the compose page: sends, keeps a draft, or throws it away. */
export async function submitCompose(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const form = await readForm(request, parts.config.mail.largestMessage)
  await requireCanary(request, parts, visit, Object.fromEntries(form.fields))
  const draft = await readDraft(parts, visit, form)
  const wanted = form.fields.get('action')
  if (wanted === 'discard') return discard(request, reply, parts, { visit, draft })
  if (wanted === 'save') return save(request, reply, parts, { visit, draft })
  if (wanted === 'autosave') return autosave(request, reply, parts, { visit, draft })
  const problem = problemWith(draft)
  if (problem === undefined && draft.under) return send(request, reply, parts, { visit, draft, under: draft.under })
  request.recording.note({ decision: 'notSent', reason: problem })
  // What was uploaded goes into a draft, so that the next attempt need not bring it again.
  const kept = draft.files.length > 0 ? await keepDraft(parts, visit, draft) : draft.original
  const mode = draft.files.length > 0 ? 'draft' : draft.state.mode
  const attachments = await carriedAttachments(parts, visit, mode, kept)
  const state = { ...draft.state, mode, originalId: kept?.id ?? '', attachments, problem }
  return showForm(reply, parts, visit, state, 400)
}

interface Draft {
  /** Undefined where plain text was written. */
  readonly written: Html | undefined
  readonly from: Recipient
  /** Undefined where the person may not send as `from`. */
  readonly under: SentUnder | undefined
  readonly state: FormState
  readonly original: Message | undefined
  readonly files: readonly UploadedFile[]
  readonly recipients: Readonly<Record<'to' | 'cc' | 'bcc', readonly MailAddress[]>>
  readonly unreadable: readonly string[]
}

interface Submission {
  readonly visit: Visit
  readonly draft: Draft
}

interface Sending extends Submission {
  readonly under: SentUnder
}

async function readDraft(
  parts: WebParts,
  { session, person }: Visit,
  { fields, files, removed }: ReadForm,
): Promise<Draft> {
  const text = (name: string) => fields.get(name) ?? ''
  const mode = composeModes.find((each) => each === text('mode')) ?? 'new'
  const { mailboxes } = parts
  const original = mode === 'new' ? undefined : await mailboxes.findMessage(session.mailboxId, text('ItemID'))
  if (mode !== 'new' && !original) throw new ExchangeError('noSuchItem', `no message "${text('ItemID')}" to go on from`)
  const [to, cc, bcc] = [readRecipients(text('to')), readRecipients(text('cc')), readRecipients(text('bcc'))]
  const importance = (['low', 'high'] as const).find((each) => each === text('importance')) ?? 'normal'
  const written = await writtenHtml(text('html'))
  const takesAlong = mode === 'draft' || mode === 'forward'
  const which = { removed, withInline: written === undefined }
  const carried = original && takesAlong ? await filesOf(parts, session.mailboxId, original, which) : []
  return {
    ...(await readSender(parts, { session, person }, text('from'))),
    written,
    original,
    files: [...carried, ...files],
    recipients: { to: to.addresses, cc: cc.addresses, bcc: bcc.addresses },
    unreadable: [...to.unreadable, ...cc.unreadable, ...bcc.unreadable],
    state: {
      from: text('from'),
      to: text('to'),
      cc: text('cc'),
      bcc: text('bcc'),
      subject: text('subject').replace(/[\r\n]+/g, ' '),
      body: written ? await textOfHtml(written.text) : text('body'),
      html: written ?? htmlOfText(text('body')),
      importance,
      mode,
      originalId: original?.id ?? '',
      answers: text('answers'),
      attachments: [],
    },
  }
}

async function readSender(parts: WebParts, { session, person }: Pick<Visit, 'session' | 'person'>, address: string) {
  const named = await writtenSender(parts, session, address)
  if (!named) return { from: await ownerOf(parts, session), under: undefined }
  return { from: named, under: await underWhom(parts, person, named) }
}

async function filesOf(
  { mailboxes }: WebParts,
  mailboxId: string,
  { id }: Message,
  { removed, withInline }: { readonly removed: readonly string[]; readonly withInline: boolean },
): Promise<readonly UploadedFile[]> {
  const facts = (await mailboxes.readBody(mailboxId, id))?.attachments ?? []
  // Where the text shows them, they come with it.
  const kept = facts.filter((each) => !removed.includes(each.id) && (withInline || !each.isInline))
  const read = await Promise.all(kept.map((each) => mailboxes.readAttachment(mailboxId, id, each.id)))
  return read.flatMap((each) =>
    each ? [{ name: each.name, contentType: passedOnType(each), content: each.content }] : [],
  )
}

function problemWith({ recipients: { to, cc, bcc }, unreadable, under }: Draft): string | undefined {
  if (unreadable.length > 0) return `These are no mail addresses: ${unreadable.join(', ')}`
  const count = to.length + cc.length + bcc.length
  if (count === 0) return 'There is no recipient.'
  if (count > 500) return 'There are more than 500 recipients.'
  return under ? undefined : catalogue.sendAsDenied.message
}

interface Composing {
  readonly keepBcc: boolean
  readonly messageId: string
  /** Of a message that is sent. */
  readonly under?: SentUnder
}

function mailAddressOf({ displayName, emailAddress }: Recipient): MailAddress {
  return { name: displayName, address: emailAddress }
}

function newMessageId({ context }: WebParts, { session }: Visit): string {
  return `${context.random.uuid()}@${session.userPrincipalName.split('@')[1] ?? 'localhost'}`
}

async function mimeOf({ context }: WebParts, draft: Draft, { keepBcc, messageId, under }: Composing): Promise<Buffer> {
  const { state, recipients, original, files, written, from } = draft
  const answers = state.mode === 'reply' || state.mode === 'replyAll' || state.mode === 'forward'
  const { inReplyTo, references } = original?.properties ?? { references: [] }
  return composeMail({
    ...(written && withPictures(written, (index) => `${index}.${messageId}`)),
    from: mailAddressOf(under?.from ?? from),
    sender: under?.sender && mailAddressOf(under.sender),
    to: recipients.to,
    cc: recipients.cc,
    ...(keepBcc && { bcc: recipients.bcc }),
    subject: state.subject,
    text: state.body,
    importance: state.importance,
    attachments: files,
    messageId,
    date: context.clock.now(),
    inReplyTo: answers ? original?.internetMessageId : inReplyTo,
    references: answers ? references : references.slice(0, -1),
  })
}

async function send(request: FastifyRequest, reply: FastifyReply, parts: WebParts, { visit, draft, under }: Sending) {
  const { mailboxes, transport, context } = parts
  const { session } = visit
  const { to, cc, bcc } = draft.recipients
  const recipients = [...new Set([...to, ...cc, ...bcc].map(({ address }) => address))]
  // One message, whoever keeps it: answers find the copy of the sender by its id.
  const messageId = newMessageId(parts, visit)
  const at = context.clock.now()
  const mime = await mimeOf(parts, draft, { keepBcc: false, messageId, under })
  const sent = await mailboxes.wellKnownFolder(session.mailboxId, 'sentitems')
  const copy = await mimeOf(parts, draft, { keepBcc: true, messageId, under })
  const { mailboxId } = session
  await unlessFull(requireMaySend(parts, await ownerOf(parts, session), mime.length))
  await unlessFull(mailboxes.deliver(mailboxId, { folderId: sent.id, mime: copy, receivedAt: at, unread: false }))
  await keepCopyForSender(parts, { under, mime: copy, at, keptIn: mailboxId })
  await transport.submit({ from: under.from.emailAddress, to: recipients }, mime)
  await settleOriginal(parts, visit, draft)
  request.recording.note({ decision: 'messageSent', detail: { to: recipients, attachments: draft.files.length } })
  return reply.redirect(folderUrl('inbox'), 303)
}

/** A draft is done with; a message that was answered says so, also when the answer was a draft in between. */
async function settleOriginal({ mailboxes, context }: WebParts, { session }: Visit, { state, original }: Draft) {
  if (state.mode === 'draft' && original) await mailboxes.deleteItem(session.mailboxId, original.id, 'forGood')
  const [, verb, answered] = /^(reply|replyAll|forward) (.+)$/.exec(state.answers) ?? []
  if (answered === undefined) return
  const lastVerb = { verb: verb as 'reply' | 'replyAll' | 'forward', at: context.clock.now() }
  await mailboxes.updateItem(session.mailboxId, answered, { lastVerb })
}

/** What the page's script asks for while somebody writes: the draft's id, with which it goes on. */
async function autosave(request: FastifyRequest, reply: FastifyReply, parts: WebParts, { visit, draft }: Submission) {
  const { id } = await keepDraft(parts, visit, draft)
  request.recording.note({ decision: 'draftAutosaved' })
  return reply.header('cache-control', 'no-store').send({ ItemID: id, url: composeUrl('draft', id) })
}

async function save(request: FastifyRequest, reply: FastifyReply, parts: WebParts, { visit, draft }: Submission) {
  const kept = await keepDraft(parts, visit, draft)
  request.recording.note({ decision: 'draftSaved' })
  return reply.redirect(composeUrl('draft', kept.id), 303)
}

async function keepDraft(parts: WebParts, visit: Visit, draft: Draft): Promise<Message> {
  const { mailboxes, context } = parts
  const { mailboxId } = visit.session
  const mime = await mimeOf(parts, draft, { keepBcc: true, messageId: newMessageId(parts, visit) })
  if (draft.state.mode === 'draft' && draft.original) {
    await unlessFull(mailboxes.updateItem(mailboxId, draft.original.id, { mime }))
    return draft.original
  }
  const drafts = await mailboxes.wellKnownFolder(mailboxId, 'drafts')
  return unlessFull(
    mailboxes.deliver(mailboxId, {
      folderId: drafts.id,
      mime,
      receivedAt: context.clock.now(),
      unread: false,
      isDraft: true,
    }),
  )
}

async function discard(request: FastifyRequest, reply: FastifyReply, parts: WebParts, { visit, draft }: Submission) {
  if (draft.state.mode === 'draft' && draft.original)
    await parts.mailboxes.deleteItem(visit.session.mailboxId, draft.original.id, 'toDeletedItems')
  request.recording.note({ decision: 'draftDiscarded' })
  return reply.redirect(folderUrl('inbox'), 303)
}

const limits: Readonly<Partial<Record<RefusalCode, 'mailboxFull' | 'sendQuotaExceeded' | 'messageTooLarge'>>> = {
  quotaExceeded: 'mailboxFull',
  sendQuotaExceeded: 'sendQuotaExceeded',
  messageTooLarge: 'messageTooLarge',
}

export async function unlessFull<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const refusal = error instanceof MailboxRefusal ? limits[error.code] : undefined
    if (!refusal) throw error
    throw new ExchangeError(refusal, (error as Error).message, { cause: error })
  }
}
