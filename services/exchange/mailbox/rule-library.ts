/**
 * The class that knows RFC 5545's recurrence rules, loaded on first use. Plain Node finds no named export in the
 * library's bundle; a bundler that reads its other build finds one.
 */
export async function ruleLibrary() {
  const library = await import('rrule')
  const bundle = library.default as unknown as typeof library | undefined
  return library.RRule ?? (bundle as typeof library).RRule
}
