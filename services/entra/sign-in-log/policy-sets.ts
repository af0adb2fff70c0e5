import type { Kysely } from 'kysely'
import { prepared } from '#shared/store/prepared.ts'
import type { Store } from '#shared/store/store.ts'
import { type PolicySet, type PolicySource, policySet } from '../conditional-access/policy-set.ts'
import type { SignInTables } from './sign-in-tables.ts'

/** The policies as they were when somebody signed in: an older sign-in is explained by those, not by today's. */
export interface PolicySets {
  keep(set: PolicySet): Promise<void>
  byId(id: string): Promise<PolicySet | undefined>
}

/** Sets that stay compiled; a report over many sign-ins meets few of them. */
const remembered = 8

export function createPolicySets<Schema extends SignInTables>(store: Store<Schema>): PolicySets {
  const db = store.db as unknown as Kysely<SignInTables>
  const insert = prepared(db, ({ id, source }: SignInTables['policy_set']) =>
    db
      .insertInto('policy_set')
      .values({ id, source })
      .onConflict((conflict) => conflict.column('id').doNothing()),
  )
  // Whatever changes the policies, a reset included, makes another object.
  const kept = new WeakSet<PolicySet>()
  let known: ReadonlyMap<string, PolicySet> = new Map()
  const remember = (set: PolicySet) => {
    known = new Map([...known, [set.id, set] as const].slice(-remembered))
  }
  return {
    async keep(set) {
      if (kept.has(set)) return
      await insert({ id: set.id, source: JSON.stringify(set.source) })
      kept.add(set)
      if (!known.has(set.id)) remember(set)
    },
    async byId(id) {
      const set = known.get(id)
      if (set) return set
      const row = await db.selectFrom('policy_set').select('source').where('id', '=', id).executeTakeFirst()
      if (!row) return undefined
      const read = policySet(JSON.parse(row.source) as PolicySource)
      remember(read)
      return read
    },
  }
}
