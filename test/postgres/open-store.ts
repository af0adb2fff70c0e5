import { inject } from 'vitest'
import * as engines from '../../shared/store/open.ts'
import type { Store, StoreOptions } from '../../shared/store/store.ts'
import { createDatabase } from './server.ts'

/** Stands in for `#shared/store/open.ts` in this run: what would be in memory is a new schema. */
export async function openStore<Schema>(options: StoreOptions<Schema>): Promise<Store<Schema>> {
  if (options.engine.kind !== 'memory') return engines.openStore(options)
  const url = await createDatabase(inject('postgres'), 'memory')
  return engines.openStore({ ...options, engine: { kind: 'postgres', url, schema: 'state' } })
}
