import { child, textOf, valueText } from '#shared/wbxml/elements.ts'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { ItemKind } from './account-store.ts'

export interface CachedItem {
  readonly sort_at: number
  readonly data: string
}

/** By which moment a kind is ordered. */
const moments: Readonly<Record<ItemKind, string | undefined>> = {
  message: 'DateReceived',
  event: 'StartTime',
  contact: undefined,
}

/** The data of an item as JSON: element names without their page, the body's text as `Body`. */
export function cachedItem(kind: ItemKind, data: WbxmlElement | undefined): CachedItem {
  const facts = factsIn(data)
  return { sort_at: momentOf(facts[moments[kind] ?? '']), data: JSON.stringify(facts) }
}

/** A change of a message may be its read state alone. */
export function mergedItem(before: CachedItem & { readonly kind: string }, data: WbxmlElement | undefined): CachedItem {
  const facts = { ...(JSON.parse(before.data) as object), ...factsIn(data) }
  const moment = (facts as Record<string, unknown>)[moments[before.kind as ItemKind] ?? '']
  return { sort_at: momentOf(moment), data: JSON.stringify(facts) }
}

/** What a person made or changed, as if it came from the server. */
export function changedItem(
  kind: ItemKind,
  before: Record<string, unknown>,
  patch: Readonly<Record<string, unknown>>,
): CachedItem {
  const facts = { ...before, ...patch }
  return { sort_at: momentOf((facts as Record<string, unknown>)[moments[kind] ?? '']), data: JSON.stringify(facts) }
}

/** The elements of an item by their names, without a page; what has children is a list. */
export function factsIn(data: WbxmlElement | undefined): Record<string, unknown> {
  const entries = (data?.children ?? []).map((each): [string, unknown] => [bare(each.name), contentOf(each)])
  const body = textOf(child(data, 'AirSyncBase:Body'), 'AirSyncBase:Data')
  return { ...Object.fromEntries(entries), ...(body !== undefined && { Body: body }) }
}

function contentOf(element: WbxmlElement): unknown {
  if (element.children.length === 0) return valueText(element)
  return element.children.map((each) => ({ [bare(each.name)]: contentOf(each) }))
}

function bare(name: string): string {
  return name.split(':').at(-1) ?? name
}

/** `2026-03-02T12:00:00.000Z`, or `20260302T120000Z` as calendars have it. */
function momentOf(value: unknown): number {
  const text = String(value ?? '').replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, '$1-$2-$3T$4:$5:$6Z')
  const moment = Date.parse(text)
  return Number.isNaN(moment) ? 0 : moment
}
