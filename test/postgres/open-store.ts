import { inject } from 'vitest'
import * as engines from '../../shared/store/open.ts'
import type { Store, StoreOptions } from '../../shared/store/store.ts'
import { createDatabase } from './server.ts'

/** A database takes longer to make than a store; with too many tables it becomes slow itself. */
const storesEach = 40
const made = { stores: 0, database: undefined as Promise<string> | undefined }

/** Stands in for `#shared/store/open.ts` in this run: what would be in memory is a new schema. */
export async function openStore<Schema>(options: StoreOptions<Schema>): Promise<Store<Schema>> {
  if (options.engine.kind !== 'memory') return engines.openStore(options)
  if (made.stores % storesEach === 0) made.database = createDatabase(inject('postgres'), 'memory')
  made.stores += 1
  const schema = `memory_${made.stores}`
  return engines.openStore({ ...options, engine: { kind: 'postgres', url: (await made.database) ?? '', schema } })
}
