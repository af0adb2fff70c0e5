/** The facts that are known. */
export function withoutAbsent<Facts extends object>(
  facts: Facts,
): { [Name in keyof Facts]?: Exclude<Facts[Name], undefined> } {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Partial<Facts> as {
    [Name in keyof Facts]?: Exclude<Facts[Name], undefined>
  }
}
