import type { Item, LastVerb } from '../../mailbox/item.ts'
import { moment } from '../elements.ts'

export type PropertyType = 'Integer' | 'String' | 'StringArray' | 'SystemTime' | 'Boolean' | 'Binary'
type Value = string | number | boolean | Date | readonly string[] | undefined

interface KnownProperty {
  readonly type: PropertyType
  /** The texts of its value; undefined where the item has none. */
  readonly read: (item: Item) => readonly string[] | undefined
}

export const messageFlags = 'extended:0xe07'
export const keywords = 'extended:00020329-0000-0000-c000-000000000046:n:Keywords'
export const unsentFlag = 8

/** [MS-OXCMSG] 2.2.1.6 PidTagMessageFlags. */
const flags = { read: 1, unsent: unsentFlag, hasAttachment: 16 }
/** PidTagLastVerbExecuted, [MS-OXOMSG] 2.2.1.8. */
const verbs: Readonly<Record<Exclude<LastVerb, 'none'>, number>> = { reply: 102, replyAll: 103, forward: 104 }
const importances = { low: 0, normal: 1, high: 2 } as const

function of(type: PropertyType, read: (item: Item) => Value): KnownProperty {
  return { type, read: (item) => textsOf(read(item)) }
}

function textsOf(value: Value): readonly string[] | undefined {
  if (value === undefined) return undefined
  if (value instanceof Date) return [moment(value)]
  return typeof value === 'object' ? value : [String(value)]
}

/** [MS-OXPROPS], by the tag without its type. */
export const knownProperties: Readonly<Record<string, KnownProperty>> = {
  'extended:0x17': of('Integer', ({ importance }) => importances[importance]),
  'extended:0x1a': of('String', ({ messageClass }) => messageClass),
  'extended:0x37': of('String', ({ subject }) => subject),
  'extended:0x39': of('SystemTime', ({ receivedAt }) => receivedAt),
  'extended:0xc1a': of('String', ({ sender }) => sender || undefined),
  'extended:0xc1f': of('String', ({ senderAddress }) => senderAddress || undefined),
  'extended:0xe03': of('String', (item) => namesOf(item, 'cc')),
  'extended:0xe04': of('String', (item) => namesOf(item, 'to')),
  'extended:0xe06': of('SystemTime', ({ receivedAt }) => receivedAt),
  [messageFlags]: of('Integer', flagsOf),
  'extended:0xe08': of('Integer', ({ size }) => size),
  'extended:0xe1b': of('Boolean', ({ hasAttachments }) => hasAttachments),
  // The number of the article, by which programs that offer IMAP tell messages apart: it grows with each that arrives.
  'extended:0xe23': of('Integer', ({ numbers }) => numbers.arrived),
  'extended:0xff9': of('Binary', ({ id }) => Buffer.from(id).toString('base64')),
  'extended:0x1035': of(
    'String',
    ({ internetMessageId }) => (internetMessageId && `<${internetMessageId}>`) || undefined,
  ),
  'extended:0x1081': of('Integer', (item) => (item.lastVerb === 'none' ? undefined : verbs[item.lastVerb])),
  'extended:0x1090': of('Integer', ({ flag }) => flag && (flag.status === 'complete' ? 1 : 2)),
  'extended:0x10f3': of('String', ({ subject }) => `${subject.replace(/[/\\:?*"<>|]/g, '_')}.EML`),
  [keywords]: of('StringArray', ({ categories }) => (categories.length > 0 ? categories : undefined)),
}

function flagsOf({ unread, isDraft, hasAttachments }: Item): number {
  return (unread ? 0 : flags.read) | (isDraft ? flags.unsent : 0) | (hasAttachments ? flags.hasAttachment : 0)
}

function namesOf(item: Item, list: 'to' | 'cc'): string | undefined {
  return item.kind === 'message'
    ? item.properties[list].map(({ name, address }) => name || address).join('; ')
    : undefined
}
