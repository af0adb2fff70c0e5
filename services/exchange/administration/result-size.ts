import type { CmdletParts, ExchangeObject, Parameters } from './cmdlet.ts'

/** What comes when nobody says how much ("-ResultSize" of Get-Mailbox). */
const usualSize = 1000

/** The first of them, with the product's warning about the rest. */
export function firstOf(
  { warn }: Pick<CmdletParts, 'warn'>,
  objects: readonly ExchangeObject[],
  { ResultSize: size }: Parameters,
): readonly ExchangeObject[] {
  if (size === 'Unlimited') return objects
  const limit = typeof size === 'number' ? size : usualSize
  if (objects.length > limit) warn?.(size === undefined ? usualWarning : limitWarning)
  return objects.slice(0, limit)
}

const limitWarning =
  'There are more results available than are currently displayed. To view them, increase the value for the ResultSize parameter.'
const usualWarning =
  'By default, only the first 1000 items are returned. Use the ResultSize parameter to specify the number of items returned. To return all items, specify "-ResultSize Unlimited". Be aware that, depending on the actual number of items, returning all items can take a long time and consume a large amount of memory.'
