import type { Mention } from './outline.ts'
import { type Located, pathText } from './positions.ts'

/** Each mention after the first with the same value, regardless of case. */
export function duplicates(what: string, mentions: readonly Mention[]): readonly Located[] {
  const first = new Map<string, Mention>()
  return mentions.flatMap((mention) => {
    const earlier = first.get(mention.value.toLowerCase())
    if (earlier === undefined) {
      first.set(mention.value.toLowerCase(), mention)
      return []
    }
    return [{ path: mention.path, message: `${what} "${mention.value}" is taken by ${pathText(earlier.path)}` }]
  })
}

export function unknown(what: string, mentions: readonly Mention[], names: ReadonlySet<string>): readonly Located[] {
  return mentions
    .filter((mention) => !names.has(mention.value.toLowerCase()))
    .map((mention) => ({ path: mention.path, message: `${what} "${mention.value}" is not in this file` }))
}
