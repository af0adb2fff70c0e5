/** Code or configuration of an application under test. */
export interface Snippet {
  readonly language: string
  /** As it stands; `«NAME»` is a place for the value of that name, where the file cannot read variables. */
  readonly code: string
  /** What else there is to know. */
  readonly notes?: readonly string[]
}

const place = /«(\w+)»/g

/** @returns the code with every place filled; what nobody knows stays to be seen */
export function fillIn(code: string, values: Readonly<Record<string, string>>): string {
  return code.replaceAll(place, (_, name: string) => values[name] ?? `YOUR_${name}`)
}

export function isFilledIn({ code }: Snippet): boolean {
  return code.search(place) >= 0
}
