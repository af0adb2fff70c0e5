import type { Element } from '@xmldom/xmldom'
import type { Item } from '../../mailbox/item.ts'
import { attribute, child, children, moment } from '../elements.ts'
import { WebServicesError } from '../web-services-error.ts'
import { comparableText, extendedText } from './extended-properties.ts'
import { fieldUriOf } from './item-view.ts'
import { isExtended } from './property-names.ts'

/** Texts compare as texts, moments in UTC as well. */
const values: Readonly<Record<string, (item: Item) => string>> = {
  'item:Subject': ({ subject }) => subject,
  'item:ItemClass': ({ messageClass }) => messageClass,
  'item:DateTimeReceived': ({ receivedAt }) => moment(receivedAt),
  'item:DateTimeSent': ({ receivedAt }) => moment(receivedAt),
  'item:DateTimeCreated': ({ receivedAt }) => moment(receivedAt),
  'item:Size': ({ size }) => String(size).padStart(12, '0'),
  'item:HasAttachments': ({ hasAttachments }) => String(hasAttachments),
  'item:Importance': ({ importance }) => importance.charAt(0).toUpperCase() + importance.slice(1),
  'item:IsDraft': ({ isDraft }) => String(isDraft),
  'item:Body': ({ preview }) => preview,
  'message:IsRead': ({ unread }) => String(!unread),
  'message:From': ({ senderAddress }) => senderAddress,
  'message:Sender': ({ senderAddress }) => senderAddress,
  'message:InternetMessageId': ({ internetMessageId }) => `<${internetMessageId}>`,
  'calendar:Start': (item) => (item.kind === 'appointment' ? moment(item.properties.start) : ''),
  'calendar:End': (item) => (item.kind === 'appointment' ? moment(item.properties.end) : ''),
  'calendar:UID': (item) => (item.kind === 'appointment' ? item.properties.uid : ''),
}

export function textFor(item: Item, uri: string): string {
  if (isExtended(uri)) return extendedText(item, uri)
  const read = values[uri]
  if (!read)
    throw new WebServicesError('ErrorInvalidRequest', `gap: order or restriction by ${uri.slice(0, 60)}`, {
      text: `Fauxchange neither sorts nor restricts by "${uri.slice(0, 60)}". See services/exchange/README.md.`,
    })
  return read(item)
}

const truths = new Set(['item:HasAttachments', 'item:IsDraft', 'message:IsRead'])

type Test = (element: Element, item: Item) => boolean

/** [MS-OXWSSRCH] 2.2.4: the search expressions that are done here. */
const tests: Readonly<Record<string, Test>> = {
  And: (element, item) => children(element).every((each) => matches(each, item)),
  Or: (element, item) => children(element).some((each) => matches(each, item)),
  Not: (element, item) => !children(element).every((each) => matches(each, item)),
  Exists: (element, item) => left(element, item) !== '',
  Contains: contains,
  IsEqualTo: (element, item) => left(element, item) === right(element, item),
  IsNotEqualTo: (element, item) => left(element, item) !== right(element, item),
  IsGreaterThan: (element, item) => left(element, item) > right(element, item),
  IsGreaterThanOrEqualTo: (element, item) => left(element, item) >= right(element, item),
  IsLessThan: (element, item) => left(element, item) < right(element, item),
  IsLessThanOrEqualTo: (element, item) => left(element, item) <= right(element, item),
}

export function matches(element: Element, item: Item): boolean {
  const test = tests[element.localName ?? '']
  if (test) return test(element, item)
  throw new WebServicesError('ErrorInvalidRequest', `gap: the search expression ${element.localName}`, {
    text: `Fauxchange does not implement the search expression ${element.localName}. See services/exchange/README.md.`,
  })
}

function left(element: Element, item: Item): string {
  return textFor(item, uriIn(element))
}

function uriIn(element: Element): string {
  const [path] = children(element)
  return path ? fieldUriOf(path) : ''
}

function right(element: Element, item: Item): string {
  const operand = child(element, 'FieldURIOrConstant')
  const constant = child(operand, 'Constant')
  if (!constant) return textFor(item, fieldUriOf(children(operand)[0] ?? element))
  const uri = uriIn(element)
  return constantText(uri, attribute(constant, 'Value') ?? '', item.extended?.[uri]?.type)
}

function constantText(uri: string, value: string, kept: string | undefined): string {
  if (isExtended(uri)) return comparableText(uri, value, kept)
  if (uri === 'item:Size') return value.padStart(12, '0')
  // xs:boolean has two spellings of each, and clients write capitals.
  if (truths.has(uri)) return String(/^(1|true)$/i.test(value))
  const isMoment = /DateTime|:Start$|:End$/.test(uri) && !Number.isNaN(Date.parse(value))
  return isMoment ? moment(value) : value
}

function contains(element: Element, item: Item): boolean {
  const isExact = (attribute(element, 'ContainmentComparison') ?? 'Exact') === 'Exact'
  const fold = (text: string) => (isExact ? text : text.toLowerCase())
  const text = fold(left(element, item))
  const wanted = fold(attribute(child(element, 'Constant'), 'Value') ?? '')
  const mode = attribute(element, 'ContainmentMode') ?? 'FullString'
  if (mode === 'FullString') return text === wanted
  return mode === 'Prefixed' ? text.startsWith(wanted) : text.includes(wanted)
}
