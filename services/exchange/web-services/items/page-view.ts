import type { Element } from '@xmldom/xmldom'
import { attribute, child } from '../elements.ts'
import { WebServicesError } from '../web-services-error.ts'
import type { FoundItems, Place } from './select-items.ts'

const mostItems = 1000

/** [MS-OXWSSRCH] 2.2.4: how a request names a page of what there is. */
export type PageView =
  | { readonly kind: 'indexed'; readonly offset: number; readonly most: number; readonly fromEnd: boolean }
  | { readonly kind: 'fractional'; readonly numerator: number; readonly denominator: number; readonly most: number }

/** Everything, up to a thousand items, without a view. @throws WebServicesError for a view that is none. */
export function readView(body: Element): PageView {
  const fractional = child(body, 'FractionalPageItemView')
  if (fractional) {
    const [numerator, denominator] = [count(fractional, 'Numerator', 0), count(fractional, 'Denominator', 1)]
    if (denominator === 0 || numerator > denominator)
      throw new WebServicesError('ErrorInvalidFractionalPagingParameters', `${numerator} of ${denominator}`)
    return { kind: 'fractional', numerator, denominator, most: mostOf(fractional) }
  }
  const view = child(body, 'IndexedPageItemView') ?? child(body, 'ContactsView')
  const fromEnd = attribute(view, 'BasePoint') === 'End'
  return { kind: 'indexed', offset: count(view, 'Offset', 0), most: mostOf(view), fromEnd }
}

function mostOf(view: Element | undefined): number {
  return Math.min(count(view, 'MaxEntriesReturned', mostItems), mostItems)
}

function count(view: Element | undefined, name: string, otherwise: number): number {
  const value = Number(attribute(view, name) ?? otherwise)
  if (Number.isInteger(value) && value >= 0) return value
  throw new WebServicesError('ErrorSchemaValidation', `${name} is no number of items`)
}

export function placeOf(view: PageView, total: number): ReturnType<Place> {
  if (view.kind === 'fractional') {
    const from = Math.floor((total * view.numerator) / view.denominator)
    return { from, to: Math.min(from + view.most, total) }
  }
  const { offset, most, fromEnd } = view
  if (!fromEnd) return { from: offset, to: offset + most }
  return { from: Math.max(total - offset - most, 0), to: Math.max(total - offset, 0) }
}

/** The attributes of `m:RootFolder`. */
export function pagingFacts(view: PageView, { items, from, total }: FoundItems) {
  const next = from + items.length
  if (view.kind === 'fractional')
    return {
      NumeratorOffset: next,
      AbsoluteDenominator: total,
      TotalItemsInView: total,
      IncludesLastItemInRange: next >= total,
    }
  const isLast = view.fromEnd ? from === 0 : next >= total
  const offset = view.fromEnd ? total - from : next
  return { IndexedPagingOffset: offset, TotalItemsInView: total, IncludesLastItemInRange: isLast }
}
