/** Parameters of a form or query by the names that are known; telemetry and broker hints of clients are ignored. */
export interface RequestParameters<Name extends string> {
  /** An empty value counts as none, except where a name is listed in `keepEmpty`. */
  readonly values: Readonly<Partial<Record<Name, string>>>
  /** Known names that were sent more than once. */
  readonly doubled: readonly Name[]
  /** Known names whose value is longer than anything that makes sense. */
  readonly oversized: readonly Name[]
}

const longest = 16 * 1024

export interface ReadOptions<Name extends string> {
  readonly names: readonly Name[]
  readonly keepEmpty?: readonly Name[]
  /** Longer limits than usual, in characters. */
  readonly limits?: Partial<Record<Name, number>>
}

/** What is neither text nor a list of texts (a JSON body) was not sent in a form, and so not at all. */
export function readParameters<Name extends string>(
  raw: unknown,
  { names, keepEmpty = [], limits = {} }: ReadOptions<Name>,
): RequestParameters<Name> {
  const source = (typeof raw === 'object' && raw !== null ? raw : {}) as Readonly<Record<string, unknown>>
  const sent = names.flatMap((name) => {
    const given = Object.hasOwn(source, name) ? source[name] : undefined
    const all = (Array.isArray(given) ? given : [given]).filter((value) => typeof value === 'string')
    const [first] = all
    return first === undefined ? [] : [{ name, first, doubled: all.length > 1 }]
  })
  const values = sent
    .filter(({ name, first }) => first !== '' || keepEmpty.includes(name))
    .map(({ name, first }) => [name, first])
  const limitOf = (name: Name) => limits[name] ?? longest
  return {
    values: Object.fromEntries(values) as Partial<Record<Name, string>>,
    doubled: sent.flatMap(({ name, doubled }) => (doubled ? [name] : [])),
    oversized: sent.flatMap(({ name, first }) => (first.length > limitOf(name) ? [name] : [])),
  }
}
