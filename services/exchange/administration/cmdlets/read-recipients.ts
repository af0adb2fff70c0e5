import type { Recipient } from '../../mailbox/mailbox-store.ts'
import type { Cmdlet, CmdletParts, ExchangeObject, Parameters } from '../cmdlet.ts'
import { filterableProperties } from '../filterable-properties.ts'
import { readFilter } from '../object-filter.ts'
import { firstOf } from '../result-size.ts'
import { recipientNamed } from './recipient-named.ts'

/** What every cmdlet that reads recipients takes. */
export const reading = {
  Identity: 'identity',
  Anr: 'identity',
  ResultSize: 'number',
  Filter: 'filter',
  SortBy: 'identity',
} as const

type Describe = (parts: CmdletParts, recipient: Recipient) => Promise<ExchangeObject>

/** A cmdlet that reads recipients of some types, with all of `reading`, RecipientType and RecipientTypeDetails. */
export function getter(types: readonly Recipient['type'][], describe: Describe): Cmdlet['run'] {
  return async (parts, parameters) => {
    const found = await recipientsOf(parts, parameters, types)
    const described = found.map(async (each) => [await describe(parts, each), describePerson(each)] as const)
    const people = new Map(await Promise.all(described))
    const objects = [...people.keys()]
    const { RecipientType, RecipientTypeDetails } = parameters
    const wanted = objects
      .filter((object) => isOneOf(object.RecipientType, RecipientType))
      .filter((object) => isOneOf(object.RecipientTypeDetails, RecipientTypeDetails))
    return chosen(parts, wanted, parameters, (object) => ({ ...people.get(object), ...object }))
  }
}

/** What Get-User and Get-Recipient show of a person, and every filter knows. */
export function describePerson({ givenName, surname, title, department, mobile }: Recipient): ExchangeObject {
  return { FirstName: givenName, LastName: surname, Title: title, Department: department, MobilePhone: mobile }
}

/** What `-Filter`, which knows more than is shown, `-SortBy` and `-ResultSize` leave of them. */
export function chosen(
  parts: CmdletParts,
  objects: readonly ExchangeObject[],
  { Filter, SortBy, ResultSize }: Parameters,
  known: (object: ExchangeObject) => ExchangeObject = (object) => object,
): readonly ExchangeObject[] {
  const wanted = Filter === undefined ? objects : filtered(objects, String(Filter), known)
  return firstOf(parts, SortBy === undefined ? wanted : sorted(wanted, String(SortBy)), { ResultSize })
}

function filtered(
  objects: readonly ExchangeObject[],
  filter: string,
  known: (object: ExchangeObject) => ExchangeObject,
): readonly ExchangeObject[] {
  const shown = new Set(objects.flatMap((object) => Object.keys(object).map((name) => name.toLowerCase())))
  const fits = readFilter(filter, (name) => shown.has(name) || filterableProperties.has(name))
  return objects.filter((object) => fits(known(object)))
}

async function recipientsOf(parts: CmdletParts, { Identity, Anr }: Parameters, types: readonly Recipient['type'][]) {
  const written = Identity === undefined ? undefined : String(Identity)
  if (written !== undefined && !written.includes('*')) return [await recipientNamed(parts, written, types)]
  const all = (await parts.recipients.listRecipients()).filter(({ type }) => types.includes(type))
  return all.filter((each) => isLike(each, written) && beginsWith(each, Anr))
}

/** `Ada*`: names with wildcards at either end. */
function isLike({ displayName, alias, userPrincipalName }: Recipient, pattern: string | undefined): boolean {
  if (pattern === undefined) return true
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const expression = new RegExp(`^${parts.join('.*')}$`, 'is')
  return [displayName, alias, userPrincipalName].some((name) => expression.test(name))
}

/** "Ambiguous name resolution": what names and addresses begin with, or both names with a blank between. */
function beginsWith(recipient: Recipient, text: Parameters[string]): boolean {
  if (typeof text !== 'string') return true
  const wanted = text.toLowerCase()
  const { displayName, alias, emailAddress, givenName, surname } = recipient
  return [displayName, alias, emailAddress, givenName, surname].some((name) => name.toLowerCase().startsWith(wanted))
}

function isOneOf(value: ExchangeObject[string], wanted: Parameters[string]): boolean {
  if (!Array.isArray(wanted)) return true
  const words = wanted.flatMap((each) => String(each).split(','))
  return words.some((word) => word.trim().toLowerCase() === String(value).toLowerCase())
}

function sorted(objects: readonly ExchangeObject[], by: string): readonly ExchangeObject[] {
  const textOf = (object: ExchangeObject) =>
    String(Object.entries(object).find(([name]) => name.toLowerCase() === by.toLowerCase())?.[1] ?? '')
  return objects.toSorted((left, right) => textOf(left).localeCompare(textOf(right)))
}
