import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { FollowUpFlag, Item, ItemPatch, Message } from '../../mailbox/item.ts'
import type { MailAddress } from '../../mailbox/item-properties.ts'
import { all, child, element, empty, flagOf, numberOf, optional, text, textOf, valueText } from '../elements.ts'
import { dateTime, momentOf } from '../moments.ts'
import { attachmentElements, bodyElement, bodyPartElement, conversationElements, nativeType } from './item-bodies.ts'
import type { Changing, ItemClass, Writing } from './item-class.ts'
import { ItemProblem } from './item-problem.ts'
import { meetingRequestElement } from './meeting-request.ts'

/** [MS-ASEMAIL]: messages, of which clients change only the read state, the flag and the categories. */
export const messageClass: ItemClass = { name: 'Email', write, change }

async function write({ call, item, body, options }: Writing): Promise<readonly WbxmlElement[]> {
  const message = item as Message
  const mime = () => call.parts.mailboxes.readMime(call.mailboxId, item.id)
  const isSigned = item.messageClass.startsWith('IPM.Note.SMIME')
  return [
    ...addressElements(message, call.version),
    ...factElements(message),
    attachmentElements(item, body.attachments),
    await bodyElement({ body, mime, isSigned }, options),
    options.bodyPart && bodyPartElement(body, options.bodyPart),
    text('Email:MessageClass', item.messageClass),
    await meetingRequestElement(message, call),
    text('Email:InternetCPID', 65001),
    flagElement(item.flag),
    text('Email:ContentClass', contentClassOf(item)),
    text('AirSyncBase:NativeBodyType', nativeType(body)),
    ...conversationElements(item, call.version),
    call.version >= 140 && categoriesElement('Email', item.categories),
    ...verbElements(item, call.version),
    call.version >= 160 && text('Email2:IsDraft', item.isDraft),
  ].filter((each): each is WbxmlElement => Boolean(each))
}

export function writtenAddress({ name, address }: MailAddress): string {
  return name === '' || name === address ? address : `"${name.replaceAll('"', '')}" <${address}>`
}

const longestAddresses = 32_768

function addresses(list: readonly MailAddress[], separator = ', '): string {
  return list.map(writtenAddress).join(separator).slice(0, longestAddresses).toWellFormed()
}

function addressElements({ properties, isDraft }: Message, version: number): readonly (WbxmlElement | undefined)[] {
  const { from, sender, to, cc, bcc, replyTo } = properties
  return [
    optional('Email:To', addresses(to)),
    optional('Email:Cc', addresses(cc)),
    optional('Email:From', from && writtenAddress(from)),
    optional('Email:ReplyTo', addresses(replyTo, ';')),
    version >= 140 ? optional('Email2:Sender', sender && writtenAddress(sender)) : undefined,
    version >= 160 && isDraft ? optional('Email2:Bcc', addresses(bcc)) : undefined,
  ]
}

const importances = { low: 0, normal: 1, high: 2 } as const

function factElements(message: Message): readonly (WbxmlElement | undefined)[] {
  return [
    optional('Email:Subject', message.subject),
    text('Email:DateReceived', dateTime(message.receivedAt)),
    optional('Email:DisplayTo', message.properties.to.map(({ name }) => name).join('; ')),
    optional('Email:ThreadTopic', message.properties.topic),
    text('Email:Importance', importances[message.importance]),
    text('Email:Read', !message.unread),
  ]
}

function contentClassOf({ messageClass: name }: Item): string {
  return `urn:content-classes:${name.startsWith('IPM.Schedule.Meeting') ? 'calendarmessage' : 'message'}`
}

const verbs = { none: 0, reply: 1, replyAll: 2, forward: 3 } as const

function verbElements({ lastVerb, lastVerbAt }: Item, version: number): readonly (WbxmlElement | false)[] {
  if (version < 140 || lastVerb === 'none') return []
  return [
    text('Email2:LastVerbExecuted', verbs[lastVerb]),
    lastVerbAt !== undefined && text('Email2:LastVerbExecutionTime', dateTime(lastVerbAt)),
  ]
}

export function categoriesElement(page: string, categories: readonly string[]): WbxmlElement {
  return element(
    `${page}:Categories`,
    categories.map((category) => text(`${page}:Category`, category)),
  )
}

/** What of the message a client that knew it `since` has to be told; undefined: all of it ([MS-ASEMAIL] 3.2.5.4.1). */
export function partialElements(item: Item, since: number, version: number): readonly WbxmlElement[] | undefined {
  const { content, read, flag, categories } = item.numbers
  if (content > since) return undefined
  return [
    read > since && text('Email:Read', !item.unread),
    flag > since && flagElement(item.flag),
    version >= 140 && categories > since && categoriesElement('Email', item.categories),
  ].filter((each): each is WbxmlElement => each !== false)
}

export function flagElement(flag: FollowUpFlag | undefined): WbxmlElement {
  if (!flag) return empty('Email:Flag')
  const moment = (name: string, value: string | undefined) => optional(name, value && dateTime(value))
  return element(
    'Email:Flag',
    text('Email:Status', flag.status === 'complete' ? 1 : 2),
    optional('Email:FlagType', flag.type),
    moment('Email:CompleteTime', flag.completedAt),
    optional('Tasks:Subject', flag.subject),
    moment('Tasks:DateCompleted', flag.completedAt),
    moment('Tasks:StartDate', flag.start),
    moment('Tasks:UtcStartDate', flag.utcStart),
    moment('Tasks:DueDate', flag.due),
    moment('Tasks:UtcDueDate', flag.utcDue),
    flag.status === 'active' && text('Tasks:ReminderSet', flag.reminderAt !== undefined),
    moment('Tasks:ReminderTime', flag.reminderAt),
    moment('Tasks:OrdinalDate', flag.ordinal),
    optional('Tasks:SubOrdinalDate', flag.subOrdinal),
  )
}

/** @throws ItemProblem 6 for a flag that [MS-ASEMAIL] 2.2.2.34 does not allow. */
export function readFlag(given: WbxmlElement): FollowUpFlag | null {
  const status = flagStatus(given)
  if (given.children.length === 0 || status === 0) return null
  const moment = (name: string) => momentOf(textOf(given, name))
  const dates = {
    start: moment('Tasks:StartDate'),
    utcStart: moment('Tasks:UtcStartDate'),
    due: moment('Tasks:DueDate'),
    utcDue: moment('Tasks:UtcDueDate'),
  }
  requireDates(Object.values(dates))
  if (dates.start && dates.due && dates.start > dates.due) throw new ItemProblem(6, 'a flag is due before it starts')
  const reminderAt = moment('Tasks:ReminderTime')
  if (flagOf(given, 'Tasks:ReminderSet') && !reminderAt) throw new ItemProblem(6, 'a reminder without its time')
  const completedAt = moment('Email:CompleteTime')
  if (status === 1 && (!completedAt || !moment('Tasks:DateCompleted')))
    throw new ItemProblem(6, 'a complete flag has CompleteTime and DateCompleted')
  const facts = {
    status: status === 1 ? 'complete' : 'active',
    type: textOf(given, 'Email:FlagType'),
    subject: textOf(given, 'Tasks:Subject'),
    ...dates,
    completedAt,
    reminderAt,
    ordinal: moment('Tasks:OrdinalDate'),
    subOrdinal: textOf(given, 'Tasks:SubOrdinalDate'),
  }
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as unknown as FollowUpFlag
}

/** 0 cleared, 1 complete, 2 active. */
function flagStatus(given: WbxmlElement): number {
  const status = numberOf(given, 'Email:Status') ?? 0
  if (![0, 1, 2].includes(status)) throw new ItemProblem(6, `a flag has no status ${status}`)
  return status
}

function requireDates(dates: readonly (string | undefined)[]): void {
  const given = dates.filter((each) => each !== undefined).length
  if (given !== 0 && given !== dates.length) throw new ItemProblem(6, 'the four dates of a flag come together')
}

export function readCategories(data: WbxmlElement, page: string): readonly string[] | undefined {
  const given = child(data, `${page}:Categories`)
  return given && all(given, `${page}:Category`).map(valueText)
}

function change({ call, item, data }: Changing): Promise<Item | undefined> {
  return call.parts.mailboxes.updateItem(call.mailboxId, item.id, messagePatch(data))
}

/** @throws ItemProblem 6 for what clients may not change ([MS-ASEMAIL] 3.1.5.2). */
export function messagePatch(data: WbxmlElement): ItemPatch {
  if (child(data, 'Email2:ConversationId') || child(data, 'Email2:ConversationIndex'))
    throw new ItemProblem(6, 'the conversation of a message is not changed')
  const read = flagOf(data, 'Email:Read')
  const flag = child(data, 'Email:Flag')
  const categories = readCategories(data, 'Email')
  return {
    ...(read !== undefined && { unread: !read }),
    ...(flag && { flag: readFlag(flag) }),
    ...(categories && { categories }),
  }
}
