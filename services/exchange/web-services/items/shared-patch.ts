import type { Element } from '@xmldom/xmldom'
import type { FollowUpFlag, Item, ItemPatch } from '../../mailbox/item.ts'
import type { Call } from '../call.ts'
import { child, flagOf, textOf } from '../elements.ts'
import { readBody, readImportance } from './draft.ts'
import { extendedPatch, extendedRemoval, isSettable } from './extended-properties.ts'
import { type ItemUpdate, invalidAction } from './item-update.ts'
import { readMoment } from './moments.ts'
import { isExtended } from './property-names.ts'
import { categoriesIn } from './shared-facts.ts'

/** What every kind of item has; undefined for a field of another sort. */
export function sharedPatch(call: Call, update: ItemUpdate): ItemPatch | undefined {
  const { how, uri, element } = update
  if (isExtended(uri)) return extendedChange(call, update)
  if (how === 'delete') return removals[uri]
  const set = how === 'set' ? setters[uri] : undefined
  return set && element ? set(call, element) : undefined
}

/** One change after the other: those of invented properties add up. */
export function mergedPatch(before: ItemPatch, after: ItemPatch | undefined): ItemPatch {
  const extended = { ...before.extended, ...after?.extended }
  return { ...before, ...after, ...(Object.keys(extended).length > 0 && { extended }) }
}

function extendedChange(call: Call, update: ItemUpdate): ItemPatch {
  const { how, uri, element } = update
  if (how === 'append' || !isSettable(uri)) throw invalidAction(update)
  return how === 'delete' || !element ? extendedRemoval(uri) : extendedPatch(element, call.now)
}

const removals: Readonly<Record<string, ItemPatch>> = {
  'item:Categories': { categories: [] },
  'item:Flag': { flag: null },
  'item:Importance': { importance: 'normal' },
}

const setters: Readonly<Record<string, (call: Call, element: Element) => ItemPatch>> = {
  'item:Categories': (_, element) => ({ categories: categoriesIn(element) }),
  'item:Importance': (_, element) => ({ importance: readImportance(element) ?? 'normal' }),
  'item:ItemClass': (_, element) => ({ messageClass: textOf(element, 'ItemClass') ?? '' }),
  'item:Flag': (call, element) => ({ flag: flagIn(call, child(element, 'Flag')) }),
  'message:IsRead': (_, element) => ({ unread: flagOf(element, 'IsRead') === false }),
}

export function flagIn(call: Call, flag: Element | undefined): FollowUpFlag | null {
  const status = textOf(flag, 'FlagStatus')
  if (!flag || status === 'NotFlagged') return null
  const dates = { utcStart: 'StartDate', utcDue: 'DueDate', completedAt: 'CompleteDate' } as const
  const read = Object.entries(dates).map(([name, written]) => [name, readMoment(flag, written, call.zone)] as const)
  const known = Object.fromEntries(read.filter(([, at]) => at !== undefined))
  return { status: status === 'Complete' ? 'complete' : 'active', ...known }
}

/** Subject and text of an item that is no message; undefined for other fields. */
export async function textPatch(
  call: Call,
  item: Item,
  { how, uri, element }: ItemUpdate,
): Promise<ItemPatch | undefined> {
  if (uri === 'item:Subject') return how === 'append' ? undefined : { subject: textOf(element, 'Subject') ?? '' }
  if (uri !== 'item:Body') return undefined
  if (how === 'delete' || !element) return { body: { text: '' } }
  const given = readBody(element)
  if (how === 'append') return { body: await longerBody(call, item, given) }
  return { body: given.html === undefined ? { text: given.text ?? '' } : { html: given.html } }
}

async function longerBody(call: Call, item: Item, { text, html }: ReturnType<typeof readBody>) {
  const before = await call.parts.mailboxes.readBody(call.mailboxId, item.id)
  if (before?.html !== undefined) return { html: `${before.html}${html ?? text ?? ''}` }
  return { text: `${before?.text ?? ''}${text ?? ''}` }
}
