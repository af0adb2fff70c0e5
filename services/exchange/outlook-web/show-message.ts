import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { ExchangeError } from '../errors.ts'
import type { Folder, Message } from '../mailbox/mailbox-store.ts'
import { type ReadMessage, readMime } from '../mailbox/read-mime.ts'
import { shownFiles } from '../mailbox/shown-files.ts'
import { type ActionsView, type MessageView, messagePage } from '../pages/message-page.ts'
import type { BodyView } from '../pages/message-parts.ts'
import type { ThreadMessageView } from '../pages/message-thread.ts'
import { attachmentUrl, composeUrl, folderUrl, messageActionUrl, messageSourceUrl, messageUrl } from '../urls.ts'
import type { Visit, WebParts } from '../web-session/visit.ts'
import { meetingPanel } from './calendar/meeting-panel.ts'
import { type Category, colouredBy } from './categories.ts'
import { shownAddress } from './compose/recipients.ts'
import { mailFolders } from './folder-tree.ts'
import { folderKey, folderLinks, frameOf } from './frame.ts'
import { liveView } from './live-mail.ts'
import { preferencesOf } from './preferences.ts'
import { sanitiseMail } from './sanitise-mail.ts'

/** `/owa/?ItemID=…`: one message, with its conversation below; opening it marks it as read, as the product does. */
export async function showMessage(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { config, mailboxes } = parts
  const { mailboxId } = visit.session
  const messageId = String((request.query as Record<string, unknown>).ItemID)
  const message = await mailboxes.findMessage(mailboxId, messageId)
  const mime = await mailboxes.readMime(mailboxId, messageId)
  if (!message || !mime) throw new ExchangeError('noSuchItem', `the mailbox has no message "${messageId}"`)
  if (message.unread) await mailboxes.setUnread(mailboxId, messageId, false)
  const { zone, conversations, categories } = await preferencesOf(parts, visit.session)
  const conversation = conversations ? await threadOf(parts, mailboxId, message) : []
  const folders = await mailboxes.listFolders(mailboxId)
  const read = await readMime(mime)
  const remotePictures = (request.query as Record<string, unknown>).pictures === '1'
  request.recording.note({ step: config.steps.read, decision: 'messagePage' })
  const source = folderUrl(keyOf(folders, message.folderId))
  const view = {
    live: await liveView(parts, visit, { folders, source, ownTitle: false }),
    ...frameOf(config, visit),
    folders: folderLinks(folders, message.folderId),
    subject: message.subject,
    from: message.properties.sender
      ? `${shownAddress(message.properties.sender)} on behalf of ${read.from}`
      : read.from,
    to: read.to,
    cc: read.cc,
    movement: movementIn(keyOf(folders, message.folderId)),
    receivedAt: message.receivedAt,
    zone,
    importance: message.importance,
    meeting: await meetingPanel({ message, zone, canary: visit.canary }),
    body: await bodyOf(read, messageId, remotePictures),
    remotePictures,
    categories: colouredBy(categories, message.categories),
    conversation: conversation.map((each) => ({ ...each, folder: nameOf(folders, each.folderId) })),
    sourceUrl: messageSourceUrl(messageId),
    attachments: attachmentsOf(read, messageId, message),
    actions: actionsOf(message, { folders, canary: visit.canary, categories }),
  }
  return sendPage(reply, messagePage(view))
}

function movementIn(folder: string): MessageView['movement'] {
  if (folder === 'sentitems') return 'Sent'
  return folder === 'drafts' || folder === 'outbox' ? 'Saved' : 'Received'
}

async function bodyOf(read: ReadMessage, messageId: string, remotePictures: boolean): Promise<BodyView> {
  if (read.html === undefined) return { kind: 'text', text: read.text ?? '' }
  const clean = await sanitiseMail(read.html, read.attachments, { remotePictures })
  return { kind: 'html', ...clean, picturesUrl: `${messageUrl(messageId)}&pictures=1` }
}

type Shown = Omit<ThreadMessageView, 'folder'> & { readonly folderId: string }

/** So many are shown whole; older ones are links. */
const mostWhole = 20

async function threadOf({ mailboxes }: WebParts, mailboxId: string, message: Message): Promise<readonly Shown[]> {
  const all = await mailboxes.listConversation(mailboxId, message.conversationId)
  const others = all.filter(({ id, isDraft }) => id !== message.id && !isDraft)
  return Promise.all(
    others.map(async ({ id, sender, receivedAt, preview, unread, folderId, messageClass }, index) => {
      const mime = index < mostWhole ? await mailboxes.readMime(mailboxId, id) : undefined
      const read = mime && (await readMime(mime))
      if (read && unread) await mailboxes.setUnread(mailboxId, id, false)
      const body = read && (await bodyOf(read, id, false))
      const attachments = read ? attachmentsOf(read, id, { messageClass }) : []
      return { url: messageUrl(id), sender, receivedAt, preview, unread, folderId, body, attachments }
    }),
  )
}

/** What a meeting's calendar part says is shown above the text. */
function attachmentsOf({ attachments }: ReadMessage, messageId: string, message: { readonly messageClass: string }) {
  return shownFiles(message, attachments).map(({ id, name, content }) => ({
    name,
    url: attachmentUrl(messageId, Number(id)),
    bytes: content.length,
  }))
}

function keyOf(folders: readonly Folder[], folderId: string): string {
  const folder = folders.find(({ id }) => id === folderId)
  return folder?.folderClass === 'mail' ? folderKey(folder) : 'inbox'
}

function nameOf(folders: readonly Folder[], folderId: string): string {
  return folders.find(({ id }) => id === folderId)?.displayName ?? ''
}

interface Around {
  readonly folders: readonly Folder[]
  readonly canary: string
  readonly categories: readonly Category[]
}

function actionsOf(message: Message, { folders, canary, categories }: Around): ActionsView {
  const { id: messageId } = message
  return {
    action: messageActionUrl,
    messageId,
    canary,
    flag: message.flag?.status,
    isJunk: folders.find(({ id }) => id === message.folderId)?.wellKnown === 'junkemail',
    answers: (['reply', 'replyAll', 'forward'] as const).map((mode) => ({ mode, url: composeUrl(mode, messageId) })),
    moveTo: mailFolders(folders)
      .filter(({ folder }) => folder.id !== message.folderId)
      .map(({ folder, path }) => ({ id: folder.id, name: path })),
    categories,
  }
}
