import type { Element } from '@xmldom/xmldom'
import { attribute, child, children, moment } from '../elements.ts'
import { WebServicesError } from '../web-services-error.ts'
import { type Compared, comparedAs, containedText, textFor } from './comparable-values.ts'
import { comparableText } from './extended-properties.ts'
import { fieldUriOf } from './item-view.ts'
import { isExtended } from './property-names.ts'

type Test = (element: Element, item: Compared) => boolean

/** [MS-OXWSSRCH] 2.2.4: the search expressions that are done here. */
const tests: Readonly<Record<string, Test>> = {
  And: (element, item) => children(element).every((each) => matches(each, item)),
  Or: (element, item) => children(element).some((each) => matches(each, item)),
  Not: (element, item) => !children(element).every((each) => matches(each, item)),
  Exists: (element, item) => left(element, item) !== '',
  Contains: contains,
  Excludes: (element, item) => (Number(left(element, item)) & Number(bitmask(element))) === 0,
  IsEqualTo: (element, item) => left(element, item) === right(element, item),
  IsNotEqualTo: (element, item) => left(element, item) !== right(element, item),
  IsGreaterThan: (element, item) => left(element, item) > right(element, item),
  IsGreaterThanOrEqualTo: (element, item) => left(element, item) >= right(element, item),
  IsLessThan: (element, item) => left(element, item) < right(element, item),
  IsLessThanOrEqualTo: (element, item) => left(element, item) <= right(element, item),
}

export function matches(element: Element, item: Compared): boolean {
  const test = tests[element.localName ?? '']
  if (test) return test(element, item)
  throw new WebServicesError('ErrorInvalidRequest', `gap: the search expression ${element.localName}`, {
    text: `Fauxchange does not implement the search expression ${element.localName}. See services/exchange/README.md.`,
  })
}

function bitmask(element: Element): string {
  return attribute(child(element, 'Bitmask'), 'Value') ?? '0'
}

function left(element: Element, item: Compared): string {
  return textFor(item, uriIn(element))
}

function uriIn(element: Element): string {
  const [path] = children(element)
  return path ? fieldUriOf(path) : ''
}

function right(element: Element, item: Compared): string {
  const operand = child(element, 'FieldURIOrConstant')
  const constant = child(operand, 'Constant')
  if (!constant) return textFor(item, fieldUriOf(children(operand)[0] ?? element))
  const uri = uriIn(element)
  return constantText(uri, attribute(constant, 'Value') ?? '', item.extended?.[uri]?.type)
}

function constantText(uri: string, value: string, kept: string | undefined): string {
  if (isExtended(uri)) return comparableText(uri, value, kept)
  const kind = comparedAs(uri)
  if (kind === 'number') return value.padStart(12, '0')
  // xs:boolean has two spellings of each, and clients write capitals.
  if (kind === 'truth') return String(/^(1|true)$/i.test(value))
  const isMoment = /DateTime|:Start$|:End$/.test(uri) && !Number.isNaN(Date.parse(value))
  return isMoment ? moment(value) : value
}

function contains(element: Element, item: Compared): boolean {
  const isExact = (attribute(element, 'ContainmentComparison') ?? 'Exact') === 'Exact'
  const fold = (text: string) => (isExact ? text : text.toLowerCase())
  const text = fold(containedText(item, uriIn(element)))
  const wanted = fold(attribute(child(element, 'Constant'), 'Value') ?? '')
  const mode = attribute(element, 'ContainmentMode') ?? 'FullString'
  if (mode === 'FullString') return text === wanted
  if (mode === 'PrefixOnWords') return text.split(/\W+/).some((word) => word.startsWith(wanted))
  return mode === 'Prefixed' ? text.startsWith(wanted) : text.includes(wanted)
}

/** Whether it looks into the texts of items, which lists do not have. */
export function looksIntoBodies(element: Element): boolean {
  const [path] = children(element)
  if (path && path.localName === 'FieldURI') return fieldUriOf(path) === 'item:Body'
  return children(element).some(looksIntoBodies)
}
