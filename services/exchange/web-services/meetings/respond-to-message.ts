import type { Element } from '@xmldom/xmldom'
import { escapeHtml } from '#shared/html/html.ts'
import type { ItemBody, Message } from '../../mailbox/item.ts'
import type { MailAddress } from '../../mailbox/item-properties.ts'
import type { Call } from '../call.ts'
import { attribute, child } from '../elements.ts'
import { findItem } from '../find-item.ts'
import { composeDraft, type Draft, emptyDraft } from '../items/draft.ts'
import { readWhole } from '../items/read-attachments.ts'
import { keepOrSend } from '../send-mail.ts'
import type { ShownItem } from '../shown-item.ts'
import { WebServicesError } from '../web-services-error.ts'

export type Verb = 'reply' | 'replyAll' | 'forward'

/** [MS-OXWSMSG] SmartResponseType: what the element says goes before the quoted message. */
export async function respondToMessage(call: Call, element: Element, verb: Verb): Promise<readonly ShownItem[]> {
  const item = await findItem(call, child(element, 'ReferenceItemId'))
  if (item.kind !== 'message')
    throw new WebServicesError('ErrorInvalidItemForOperationCreateItem', `a ${item.kind} is not answered by mail`)
  const { mailboxes } = call.parts
  const original = (await mailboxes.readBody(call.mailboxId, item.id)) ?? { attachments: [] }
  const begun = { ...(await beginning(call, item, verb, original)), ...newBody(element, item, original) }
  const mime = await composeDraft(call, await readWhole(call, element, begun))
  const draft = await keepOrSend(call, element, mime)
  await mailboxes.updateItem(call.mailboxId, item.id, { lastVerb: { verb, at: call.now } })
  return draft ? [draft] : []
}

async function beginning(call: Call, message: Message, verb: Verb, { attachments }: ItemBody): Promise<Draft> {
  const { from, to, cc, replyTo, references } = message.properties
  const own = (await call.parts.recipients.addressesOf(call.user.objectGuid)).map((each) => each.toLowerCase())
  const isOther = ({ address }: MailAddress) => !own.includes(address.toLowerCase())
  const sender = replyTo.length > 0 ? replyTo : from ? [from] : []
  const isAll = verb === 'replyAll'
  const bare = message.subject.replace(/^\s*(?:re|fw|fwd)\s*:\s*/i, '')
  const known = message.internetMessageId === '' ? [] : [message.internetMessageId]
  const files = verb === 'forward' ? attachments : []
  const found = await Promise.all(
    files.map(({ id }) => call.parts.mailboxes.readAttachment(call.mailboxId, message.id, id)),
  )
  return {
    ...emptyDraft,
    to: verb === 'forward' ? [] : [...sender, ...(isAll ? to.filter(isOther) : [])],
    cc: isAll ? cc.filter(isOther) : [],
    subject: `${verb === 'forward' ? 'FW' : 'RE'}: ${bare}`,
    ...(verb !== 'forward' && known[0] !== undefined && { inReplyTo: `<${known[0]}>` }),
    references: [...references, ...known].map((each) => `<${each}>`),
    attachments: found.filter((each) => each !== undefined),
  }
}

/** `t:NewBodyContent`, and what it answers below. */
function newBody(element: Element, message: Message, original: ItemBody): Pick<Draft, 'text' | 'html'> {
  const given = child(element, 'NewBodyContent')
  const written = given?.textContent ?? ''
  const { sender, senderAddress, receivedAt, subject } = message
  const head = [`From: ${sender} <${senderAddress}>`, `Sent: ${receivedAt.toUTCString()}`, `Subject: ${subject}`]
  if (attribute(given, 'BodyType') !== 'HTML' && original.html === undefined)
    return { text: [written, '', '________________________________', ...head, '', original.text ?? ''].join('\r\n') }
  const own = attribute(given, 'BodyType') === 'HTML' ? written : `<p>${escapeHtml(written)}</p>`
  const quoted = original.html ?? `<pre>${escapeHtml(original.text ?? '')}</pre>`
  return { html: `${own}<hr><p>${head.map(escapeHtml).join('<br>')}</p>${quoted}`, text: undefined }
}
