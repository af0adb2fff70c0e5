import { z } from 'zod'

const positionsSchema = z.record(z.string(), z.int().nonnegative())

/** Where a reader of the merged journal stands: the last event of each deployment, as opaque text. */
export function writeCursor(positions: ReadonlyMap<string, number>): string {
  return Buffer.from(JSON.stringify(Object.fromEntries(positions))).toString('base64url')
}

/** Undefined when the text is no cursor. */
export function readCursor(text: string): ReadonlyMap<string, number> | undefined {
  if (!/^[\w-]+$/.test(text)) return undefined
  try {
    const positions = positionsSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
    return new Map(Object.entries(positions))
  } catch {
    return undefined
  }
}
