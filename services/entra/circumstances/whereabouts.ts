import type { Store } from '#shared/store/store.ts'
import { createObjectTable, type TenantObject } from '../objects/object-table.ts'
import type { ObjectTables } from '../objects/object-tables.ts'

/** Where somebody stands, whatever the connection says: an administrator of the mock says it. */
export interface Whereabouts {
  /** From memory: every evaluation asks. The address of the connection where nothing was said. */
  of(objectId: string, connection: string): string
  /** Everybody of whom something was said. */
  all(): readonly { readonly objectId: string; readonly address: string }[]
  /** Undefined where nothing was said. */
  said(objectId: string): string | undefined
  /** Undefined for where the connection comes from. */
  set(objectId: string, address: string | undefined): Promise<void>
  load(): Promise<void>
}

interface StoredWhereabouts extends TenantObject {
  readonly address: string
}

export function createWhereabouts<Schema extends ObjectTables>(store: Store<Schema>): Whereabouts {
  const table = createObjectTable<StoredWhereabouts, Schema>(store, 'whereabouts')
  const said = (objectId: string) => table.byId(objectId)?.address
  return {
    said,
    all: () => table.all().map(({ id, address }) => ({ objectId: id, address })),
    of: (objectId, connection) => said(objectId) ?? connection,
    async set(objectId, address) {
      const id = objectId.toLowerCase()
      if (table.byId(id)) await table.remove(id)
      if (address !== undefined) await table.insert({ id, address })
    },
    load: () => table.load(),
  }
}
