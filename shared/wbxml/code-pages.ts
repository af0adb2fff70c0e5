/** The tags of a WBXML vocabulary in both directions; `Page:Tag` names are the same string objects everywhere. */
export interface CodePages {
  /** By page × 64 + token. */
  readonly names: readonly (string | undefined)[]
  /** Page × 64 + token, by name. */
  readonly tokens: ReadonlyMap<string, number>
}

/** A page as its data file has it: tokens written `0x05` to `0x3F`. */
export interface CodePageData {
  readonly name: string
  readonly tokens: Readonly<Record<string, string>>
}

export function codePagesOf(data: Readonly<Record<string, CodePageData>>): CodePages {
  const names: (string | undefined)[] = []
  const tokens = new Map<string, number>()
  for (const [page, { name, tokens: tags }] of Object.entries(data)) {
    for (const [token, tag] of Object.entries(tags)) {
      const index = Number(page) * 64 + Number(token)
      names[index] = `${name}:${tag}`
      tokens.set(`${name}:${tag}`, index)
    }
  }
  return { names: Array.from(names), tokens }
}
