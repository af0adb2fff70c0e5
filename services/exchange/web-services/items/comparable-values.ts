import type { Appointment, Item, Message, Task } from '../../mailbox/item.ts'
import { moment } from '../elements.ts'
import { writeId } from '../ids.ts'
import { WebServicesError } from '../web-services-error.ts'
import { busyNames, responseNames } from './appointment-names.ts'
import { contactDays, contactTexts, fieldOfEntry } from './contact-names.ts'
import { extendedText } from './extended-properties.ts'
import { capital } from './item-fields.ts'
import { isExtended } from './property-names.ts'

/** An item, and its whole text where a restriction is about that. */
export type Compared = Item & { readonly wholeText?: string }

type Read = (item: Compared) => string

/** Texts compare as texts, moments in UTC as well. */
const values: Readonly<Record<string, Read>> = {
  'item:Subject': ({ subject }) => subject,
  'item:ItemClass': ({ messageClass }) => messageClass,
  'item:DateTimeReceived': ({ receivedAt }) => moment(receivedAt),
  'item:DateTimeSent': ({ receivedAt }) => moment(receivedAt),
  'item:DateTimeCreated': ({ receivedAt }) => moment(receivedAt),
  'item:LastModifiedTime': ({ receivedAt }) => moment(receivedAt),
  'item:Size': ({ size }) => String(size).padStart(12, '0'),
  'item:HasAttachments': ({ hasAttachments }) => String(hasAttachments),
  'item:Importance': ({ importance }) => capital(importance),
  'item:IsDraft': ({ isDraft }) => String(isDraft),
  'item:Categories': ({ categories }) => categories.join('; '),
  'item:Body': ({ wholeText, preview }) => wholeText ?? preview,
  'item:ConversationId': ({ conversationId }) => (conversationId === '' ? '' : writeId('item', conversationId)),
  'item:DisplayTo': ofMessage(({ properties }) => people(properties.to)),
  'item:DisplayCc': ofMessage(({ properties }) => people(properties.cc)),
  'item:InReplyTo': ofMessage(({ properties }) => properties.inReplyTo ?? ''),
  'message:IsRead': ({ unread }) => String(!unread),
  'message:From': ({ senderAddress }) => senderAddress,
  'message:Sender': ({ senderAddress }) => senderAddress,
  'message:ToRecipients': ofMessage(({ properties }) => people(properties.to)),
  'message:CcRecipients': ofMessage(({ properties }) => people(properties.cc)),
  'message:BccRecipients': ofMessage(({ properties }) => people(properties.bcc)),
  'message:ConversationTopic': ofMessage(({ properties }) => properties.topic),
  'message:InternetMessageId': ({ internetMessageId }) => `<${internetMessageId}>`,
  'calendar:Start': ofAppointment(({ start }) => moment(start)),
  'calendar:End': ofAppointment(({ end }) => moment(end)),
  'calendar:UID': ofAppointment(({ uid }) => uid),
  'calendar:Location': ofAppointment(({ location }) => location),
  'calendar:IsAllDayEvent': ofAppointment(({ allDay }) => String(allDay)),
  'calendar:IsMeeting': ofAppointment(({ isMeeting }) => String(isMeeting)),
  'calendar:IsCancelled': ofAppointment(({ isCancelled }) => String(isCancelled)),
  'calendar:LegacyFreeBusyStatus': ofAppointment(({ busyStatus }) => busyNames[busyStatus]),
  'calendar:MyResponseType': ofAppointment(({ response }) => responseNames[response]),
  'calendar:Organizer': ofAppointment(({ organizer }) => (organizer ? people([organizer]) : '')),
  'calendar:CalendarItemType': ofAppointment(({ recurrence }) => (recurrence ? 'RecurringMaster' : 'Single')),
  'task:DueDate': ofTask(({ utcDue, due }) => dated(utcDue ?? due)),
  'task:StartDate': ofTask(({ utcStart, start }) => dated(utcStart ?? start)),
  'task:CompleteDate': ofTask(({ completedAt }) => dated(completedAt)),
  'task:IsComplete': ofTask(({ complete }) => String(complete)),
  'task:Status': ofTask(({ complete, status = 'NotStarted' }) => (complete ? 'Completed' : status)),
  'task:PercentComplete': ofTask(({ complete, percentComplete = 0 }) =>
    String(complete ? 100 : percentComplete).padStart(12, '0'),
  ),
}

/** @throws WebServicesError for a field by which nothing is found or sorted here. */
export function textFor(item: Compared, uri: string): string {
  if (isExtended(uri)) return extendedText(item, uri)
  const read = values[uri] ?? ofContact(uri)
  if (read) return read(item)
  throw new WebServicesError('ErrorInvalidRequest', `gap: order or restriction by ${uri.slice(0, 60)}`, {
    text: `Fauxchange neither sorts nor restricts by "${uri.slice(0, 60)}". See services/exchange/README.md.`,
  })
}

/** What `Contains` looks into: of people their names, too. */
export function containedText(item: Compared, uri: string): string {
  const isSender = uri === 'message:From' || uri === 'message:Sender'
  return isSender ? `${item.sender} ${item.senderAddress}`.trim() : textFor(item, uri)
}

const truth = /:(HasAttachments|Is\w+)$/
const number = /:(Size|PercentComplete)$/

/** How the constant beside a field is written, so that both compare as texts. */
export function comparedAs(uri: string): 'truth' | 'number' | 'text' {
  if (truth.test(uri)) return 'truth'
  return number.test(uri) ? 'number' : 'text'
}

function ofContact(uri: string): Read | undefined {
  const element = uri.replace('contacts:', '')
  const name = contactTexts[element] ?? contactDays[element] ?? fieldOfEntry(uri)
  if (element === 'DisplayName') return (item) => displayName(item)
  return name && ((item) => (item.kind === 'contact' ? (item.properties.fields[name] ?? '') : ''))
}

function displayName(item: Item): string {
  if (item.kind !== 'contact') return ''
  const { firstName, middleName, lastName } = item.properties.fields
  return [firstName, middleName, lastName].filter(Boolean).join(' ') || item.subject
}

function ofMessage(read: (message: Message) => string): Read {
  return (item) => (item.kind === 'message' ? read(item) : '')
}

function ofAppointment(read: (properties: Appointment['properties']) => string): Read {
  return (item) => (item.kind === 'appointment' ? read(item.properties) : '')
}

function ofTask(read: (properties: Task['properties']) => string): Read {
  return (item) => (item.kind === 'task' ? read(item.properties) : '')
}

function dated(at: string | undefined): string {
  return at === undefined ? '' : moment(at)
}

function people(list: readonly { readonly name: string; readonly address: string }[]): string {
  return list.map(({ name, address }) => [name, address].filter(Boolean).join(' ')).join('; ')
}
