import type { XmlPart } from '#shared/xml/markup.ts'
import type { Message } from '../../mailbox/item.ts'
import type { MailAddress } from '../../mailbox/item-properties.ts'
import { field, t } from '../elements.ts'
import { cleaned } from './cleaned-text.ts'
import type { Field } from './item-fields.ts'
import type { ItemView } from './item-view.ts'
import { keptElement } from './kept-properties.ts'

/** [MS-OXWSMSG] 2.2.4.1 MessageType, in the order of the schema. */
export const messageFields: readonly Field[] = [
  of('message:Sender', 'Default', ({ properties: { sender, from } }) => single('Sender', sender ?? from)),
  of('message:ToRecipients', 'Default', ({ properties }) => recipients('ToRecipients', properties.to)),
  of('message:CcRecipients', 'Default', ({ properties }) => recipients('CcRecipients', properties.cc)),
  of('message:BccRecipients', 'Default', ({ properties }) => recipients('BccRecipients', properties.bcc)),
  of('message:IsReadReceiptRequested', 'Default', ({ properties }) =>
    t('IsReadReceiptRequested', String(properties.readReceipt ?? false)),
  ),
  of('message:IsDeliveryReceiptRequested', 'AllProperties', ({ properties }) =>
    t('IsDeliveryReceiptRequested', String(properties.deliveryReceipt ?? false)),
  ),
  of('message:ConversationIndex', 'AllProperties', (item) =>
    field('ConversationIndex', item.conversationIndex || undefined),
  ),
  of('message:ConversationTopic', 'AllProperties', ({ properties }) => t('ConversationTopic', properties.topic)),
  of('message:From', 'Default', ({ properties }) => single('From', properties.from)),
  of(
    'message:InternetMessageId',
    'AllProperties',
    ({ internetMessageId }) => internetMessageId !== '' && t('InternetMessageId', `<${internetMessageId}>`),
  ),
  of('message:IsRead', 'Default', ({ unread }) => t('IsRead', String(!unread))),
  of('message:IsResponseRequested', 'AllProperties', (item) => keptElement(item, 'message:IsResponseRequested')),
  of(
    'message:References',
    'AllProperties',
    ({ properties: { references } }) =>
      references.length > 0 && t('References', references.map((each) => `<${each}>`).join(' ')),
  ),
  of('message:ReplyTo', 'AllProperties', ({ properties }) => recipients('ReplyTo', properties.replyTo)),
]

function of(uri: string, shape: Field['in'], write: (message: Message) => XmlPart): Field {
  return { uri, in: shape, write: ({ item }: ItemView) => (item.kind === 'message' ? write(item) : undefined) }
}

export function mailboxElement({ name, address }: MailAddress): XmlPart {
  return t('Mailbox', [
    t('Name', cleaned(name || address)),
    t('EmailAddress', cleaned(address)),
    t('RoutingType', 'SMTP'),
    t('MailboxType', 'Mailbox'),
  ])
}

function single(element: string, address: MailAddress | undefined): XmlPart {
  return address && t(element, mailboxElement(address))
}

function recipients(element: string, addresses: readonly MailAddress[]): XmlPart {
  return addresses.length > 0 && t(element, addresses.map(mailboxElement))
}
