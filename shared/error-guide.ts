/** One error that a service answers with, for the person who has just met it. */
export interface ErrorEntry {
  /** What a client reads: `AADSTS50126`, `MSIS7007`, `ActiveSync 142`. Entries of different throws may share it. */
  readonly code: string
  /** What the journal files it under, in `decisions`. */
  readonly journal: string
  readonly surface: string
  readonly status: number
  /** The public text; `{name}` or `{0}` stands for a value. */
  readonly message: string
  readonly cause: string
  readonly fix: string
}

/** Cause and fix of every key of a catalogue; the type checker holds that none is missing and none is left over. */
export type Advice<Key extends string> = Readonly<Record<Key, readonly [cause: string, fix: string]>>

type Told = Pick<ErrorEntry, 'code' | 'status' | 'message'> & Partial<Pick<ErrorEntry, 'journal'>>

/** The entries of one catalogue; `tell` says what clients see of its facts. */
export function guideTo<Key extends string, Facts>(
  surface: string,
  { catalogue, advice }: { readonly catalogue: Readonly<Record<Key, Facts>>; readonly advice: Advice<Key> },
  tell: (key: Key, facts: Facts) => Told,
): readonly ErrorEntry[] {
  return (Object.entries(catalogue) as [Key, Facts][]).map(([key, facts]) => {
    const [cause, fix] = advice[key]
    const told = tell(key, facts)
    return { surface, journal: told.code, ...told, cause, fix }
  })
}
