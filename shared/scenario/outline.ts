import type { Path } from './positions.ts'

/**
 * Reads a world that may be wrong anywhere: what is not there, or not of its type, is left out.
 * Cross references are checked on this, so that one report holds them next to every other mistake.
 */
export type Entry = { readonly path: Path; readonly fields: Readonly<Record<string, unknown>> }

export type Mention = { readonly path: Path; readonly value: string }

export function sectionOf(world: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => fieldsOf(value)[String(step)], world)
}

export function entriesOf(world: unknown, ...path: string[]): readonly Entry[] {
  const list = sectionOf(world, path)
  if (!Array.isArray(list)) return []
  return list.map((item, index) => ({ path: [...path, index], fields: fieldsOf(item) }))
}

export function textOf(entry: Entry, ...path: string[]): string | undefined {
  const value = sectionOf(entry.fields, path)
  return typeof value === 'string' ? value : undefined
}

export function mentionOf(entry: Entry, ...path: string[]): readonly Mention[] {
  const value = textOf(entry, ...path)
  return value === undefined ? [] : [{ path: [...entry.path, ...path], value }]
}

export function mentionsIn(entry: Entry, ...path: string[]): readonly Mention[] {
  const list = sectionOf(entry.fields, path)
  if (!Array.isArray(list)) return []
  return list.flatMap((value, index) =>
    typeof value === 'string' ? [{ path: [...entry.path, ...path, index], value }] : [],
  )
}

export function namesOf(entries: readonly Entry[], ...path: string[]): ReadonlySet<string> {
  return new Set(entries.flatMap((entry) => textOf(entry, ...path) ?? []))
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
