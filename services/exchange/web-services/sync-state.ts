import { gunzipSync, gzipSync } from 'node:zlib'
import { z } from 'zod'
import { WebServicesError } from './web-services-error.ts'

const positionSchema = z.object({
  number: z.number().int().nonnegative(),
  edge: z.object({ keptUntil: z.number(), itemNumber: z.number() }).optional(),
  own: z.record(z.string(), z.number()),
  catchingUp: z.object({ since: z.number(), added: z.array(z.number()).readonly() }).optional(),
})
const itemsSchema = z.object({ folderId: z.string(), position: positionSchema })
const hierarchySchema = z.object({ hierarchyOf: z.string(), since: z.number().int().nonnegative() })

const largestState = 1024 * 1024

/** Opaque to clients; begins as the product's do. */
export function writeSyncState(state: z.infer<typeof itemsSchema> | z.infer<typeof hierarchySchema>): string {
  return gzipSync(JSON.stringify(state)).toString('base64')
}

export function readItemsState(written: string, folderId: string) {
  const state = read(written, itemsSchema)
  if (state.folderId !== folderId)
    throw new WebServicesError('ErrorInvalidSyncStateData', 'the synchronization state is of another folder')
  const { edge, catchingUp, ...position } = state.position
  return { ...position, ...(edge && { edge }), ...(catchingUp && { catchingUp }) }
}

export function readHierarchyState(written: string, mailboxId: string): number {
  const state = read(written, hierarchySchema)
  if (state.hierarchyOf === mailboxId) return state.since
  throw new WebServicesError('ErrorInvalidSyncStateData', 'the synchronization state is of another mailbox')
}

function read<T>(written: string, schema: z.ZodType<T>): T {
  try {
    const text = gunzipSync(Buffer.from(written, 'base64'), { maxOutputLength: largestState }).toString()
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new WebServicesError('ErrorInvalidSyncStateData', 'the synchronization state was not written here', { cause })
  }
}
