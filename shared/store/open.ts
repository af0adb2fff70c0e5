import type { Store, StoreOptions } from './store.ts'

/** Engines are imported on first use: the query builder takes longer to load than a store to open. */
export async function openStore<Schema>(options: StoreOptions<Schema>): Promise<Store<Schema>> {
  const { engine } = options
  if (engine.kind === 'memory') {
    const { openMemoryStore } = await import('./sqlite/memory-store.ts')
    return openMemoryStore(options)
  }
  if (engine.kind === 'postgres') {
    const { openPostgresStore } = await import('./postgres/postgres-store.ts')
    return openPostgresStore(options, engine)
  }
  const { openFolderStore } = await import('./sqlite/folder-store.ts')
  return openFolderStore(options, engine)
}
