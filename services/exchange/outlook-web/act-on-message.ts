import type { FastifyReply, FastifyRequest } from 'fastify'
import { ExchangeError } from '../errors.ts'
import type { Message } from '../mailbox/mailbox-store.ts'
import { folderUrl, messageUrl } from '../urls.ts'
import { requireCanary, type Visit, type WebParts } from '../web-session/visit.ts'
import { categoryName } from './categories.ts'
import { folderKey } from './frame.ts'
import { messageActions } from './message-actions.ts'
import { preferencesOf } from './preferences.ts'

type Form = Readonly<Record<string, unknown>>

/** `POST /owa/message-action.owa` with `action` and `ItemID`: the buttons of a message, and of those selected in a list. */
export async function actOnMessage(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  await requireCanary(request, parts, visit)
  const form = (request.body ?? {}) as Form
  const { mailboxes, context } = parts
  const { mailboxId } = visit.session
  const { name, argument } = await actionIn(parts, visit, form)
  const act = Object.hasOwn(messageActions, name) ? messageActions[name] : undefined
  if (!act) throw new ExchangeError('noSuchItem', `there is no action "${name}"`)
  const isList = typeof form.from === 'string'
  const messages = await messagesOf(parts, mailboxId, form, isList)
  let place = 'folder'
  for (const message of messages)
    place = await act({ mailboxes, mailboxId, message, argument, now: context.clock.now() })
  request.recording.note({ decision: `message ${name}`, detail: { messages: messages.length } })
  const [message] = messages
  if (place === 'message' && message && !isList) return reply.redirect(messageUrl(message.id), 303)
  const folder = message && (await mailboxes.findFolder(mailboxId, message.folderId))
  return reply.redirect(folderUrl(folder ? folderKey(folder) : keyOf(form.from)), 303)
}

function keyOf(from: unknown): string {
  return typeof from === 'string' && /^[\w-]{1,100}$/.test(from) ? from : 'inbox'
}

/** `move:ID` of a list, or `move` with a field of the message's own form. */
async function actionIn(parts: WebParts, visit: Visit, { action, folder, category }: Form) {
  const [, name = '', argument] = /^(\w+)(?::(.*))?$/s.exec(String(action)) ?? []
  if (name !== 'categorize' && name !== 'uncategorize') return { name, argument: argument ?? String(folder ?? '') }
  const wanted = categoryName(argument ?? category) ?? ''
  if (name === 'uncategorize') return { name, argument: wanted }
  const { categories } = await preferencesOf(parts, visit.session)
  if (categories.some((each) => each.name === wanted)) return { name, argument: wanted }
  throw new ExchangeError('noSuchItem', `the mailbox has no category "${wanted}"`)
}

const mostSelected = 500

/** What left the folder meanwhile is no longer meant; a message that is asked for by itself has to be there. */
async function messagesOf(
  { mailboxes }: WebParts,
  mailboxId: string,
  { ItemID, conversations }: Form,
  isList: boolean,
): Promise<readonly Message[]> {
  const ids = (ItemID === undefined ? [] : [ItemID].flat()).map(String).slice(0, mostSelected)
  const items = await mailboxes.findItems(mailboxId, ids)
  const messages = items.filter((item): item is Message => item.kind === 'message')
  if (messages.length < ids.length && !(isList && messages.length > 0))
    throw new ExchangeError('noSuchItem', `the mailbox has no message "${ids.join(', ')}"`)
  if (conversations !== '1') return messages
  const whole: Message[] = []
  for (const { conversationId, folderId } of messages) {
    const all = await mailboxes.listConversation(mailboxId, conversationId)
    whole.push(...all.filter((each) => each.folderId === folderId))
  }
  return whole
}
