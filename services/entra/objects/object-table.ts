import type { Kysely } from 'kysely'
import { followOthers } from '#shared/store/follow-others.ts'
import type { Store } from '#shared/store/store.ts'
import type { ObjectTables } from './object-tables.ts'

/*
 * Objects that administrators make and every sign-in reads: policies, locations, strengths, applications.
 * Owns keeping them, and a copy in memory that each write renews, whichever server makes it; knows nothing of what is in
 * them.
 * Serves no URL itself: Microsoft Graph (graph/) and the administrator's page (admin/) write, sign-in and tokens read.
 */

export interface TenantObject {
  /** In lower case. */
  readonly id: string
}

export interface ObjectTable<T extends TenantObject> {
  /** In the order of their creation; from memory, as is `byId`. */
  all(): readonly T[]
  byId(id: string): T | undefined
  /** Differs after every change: what is derived from the objects is good for as long as it stays. */
  revision(): number
  insert(object: T): Promise<T>
  /** `change` is given the object as it is in the store; undefined when there is none. */
  update(id: string, change: (current: T) => T): Promise<T | undefined>
  remove(id: string): Promise<boolean>
  /** Reads everything again: at start, and after a reset. */
  load(): Promise<void>
}

export function createObjectTable<T extends TenantObject, Schema extends ObjectTables = ObjectTables>(
  store: Store<Schema>,
  kind: string,
): ObjectTable<T> {
  const rows = objectRows<T, Schema>(store, kind)
  let objects: ReadonlyMap<string, T> = new Map()
  let revision = 0
  const hold = (next: Iterable<readonly [string, T]>) => {
    objects = new Map(next)
    revision += 1
  }
  const load = async () => hold(await rows.read())
  const others = followOthers(store, `objects ${kind}`, load)
  return {
    all: () => [...objects.values()],
    byId: (id) => objects.get(id.toLowerCase()),
    revision: () => revision,
    async insert(object) {
      await rows.insert(object)
      hold([...objects, [object.id, object]])
      await others.changed()
      return object
    },
    async update(id, change) {
      const changed = await rows.update(id.toLowerCase(), change)
      if (!changed) return undefined
      hold([...objects, [changed.id, changed]])
      await others.changed()
      return changed
    },
    async remove(id) {
      const removed = await rows.remove(id.toLowerCase())
      hold([...objects].filter(([known]) => known !== id.toLowerCase()))
      await others.changed()
      return removed
    },
    load,
  }
}

function objectRows<T extends TenantObject, Schema extends ObjectTables>(store: Store<Schema>, kind: string) {
  const db = store.db as unknown as Kysely<ObjectTables>
  const one = (id: string) => db.selectFrom('tenant_object').where('kind', '=', kind).where('id', '=', id)
  return {
    async read() {
      const all = db.selectFrom('tenant_object').select(['id', 'body']).where('kind', '=', kind).orderBy('position')
      return (await all.execute()).map(({ id, body }) => [id, JSON.parse(body) as T] as const)
    },
    async insert(object: T) {
      await db
        .insertInto('tenant_object')
        .values({ kind, id: object.id, body: JSON.stringify(object) })
        .execute()
    },
    update: (id: string, change: (current: T) => T) =>
      store.transaction(async () => {
        const row = await one(id).select('body').executeTakeFirst()
        if (!row) return undefined
        const changed = change(JSON.parse(row.body) as T)
        await db
          .updateTable('tenant_object')
          .set({ body: JSON.stringify(changed) })
          .where('kind', '=', kind)
          .where('id', '=', id)
          .execute()
        return changed
      }),
    async remove(id: string) {
      const { numDeletedRows } = await db
        .deleteFrom('tenant_object')
        .where('kind', '=', kind)
        .where('id', '=', id)
        .executeTakeFirst()
      return numDeletedRows > 0n
    },
  }
}

/** What follows from objects, worked out once for each state that they are in. */
export function derivedFrom<T>(tables: readonly Pick<ObjectTable<TenantObject>, 'revision'>[], derive: () => T) {
  let known: { readonly revision: string; readonly value: T } | undefined
  return (): T => {
    const revision = tables.map((table) => table.revision()).join()
    if (known?.revision !== revision) known = { revision, value: derive() }
    return known.value
  }
}
