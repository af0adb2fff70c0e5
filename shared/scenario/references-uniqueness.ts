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

/** Names are to be written as they were declared: services compare some of them with case, some without. */
export function unknown(what: string, mentions: readonly Mention[], names: ReadonlySet<string>): readonly Located[] {
  return mentions
    .filter((mention) => !names.has(mention.value))
    .map(({ path, value }) => {
      const similar = [...names].find((name) => name.toLowerCase() === value.toLowerCase())
      const hint = similar === undefined ? '' : `; did you mean "${similar}"?`
      return { path, message: `${what} "${value}" is not in this file${hint}` }
    })
}
