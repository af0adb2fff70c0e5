import type { Kysely } from 'kysely'
import { prepared } from '#shared/store/prepared.ts'
import type { Store } from '#shared/store/store.ts'
import type { PeopleTables } from './people-tables.ts'

/** "Protect user accounts from attacks with Microsoft Entra smart lockout": the defaults of the threshold and the time. */
const threshold = 10
const lockMilliseconds = 60_000
/** A wrong password that is among the latest three does not count again. */
const rememberedPasswords = 3

export interface LockoutState {
  readonly wrongPasswords: number
  readonly recentHashes: readonly string[]
  /** Epoch milliseconds; 0 = never locked. */
  readonly lockedUntil: number
}

export const unlocked: LockoutState = { wrongPasswords: 0, recentHashes: [], lockedUntil: 0 }

/** `derived` is absent where the password was checked elsewhere: repeated wrong passwords then count each time. */
export function afterWrongPassword(state: LockoutState, derived: string | undefined, now: Date): LockoutState {
  if (derived !== undefined && state.recentHashes.includes(derived)) return state
  const wrongPasswords = state.wrongPasswords + 1
  const recentHashes = derived === undefined ? [] : [...state.recentHashes, derived].slice(-rememberedPasswords)
  // Past the threshold every further wrong password locks again, until a correct one forgets them all.
  const lockedUntil = wrongPasswords >= threshold ? now.getTime() + lockMilliseconds : 0
  return { wrongPasswords, recentHashes, lockedUntil }
}

export interface SmartLockout {
  /** `unlocked` itself where there is nothing to forget. */
  stateOf(objectId: string): Promise<LockoutState>
  countWrongPassword(objectId: string, derived: string | undefined, now: Date): Promise<void>
  forget(objectId: string): Promise<void>
}

export function createSmartLockout<Schema extends PeopleTables>(store: Store<Schema>): SmartLockout {
  const db = store.db as unknown as Kysely<PeopleTables>
  const forget = prepared(db, ({ objectId }: { readonly objectId: string }) =>
    db.deleteFrom('smart_lockout').where('object_id', '=', objectId),
  )
  const select = prepared(db, ({ objectId }: { readonly objectId: string }) =>
    db.selectFrom('smart_lockout').selectAll().where('object_id', '=', objectId),
  )
  const stateOf = async (objectId: string) => toState((await select({ objectId })).rows[0])
  return {
    stateOf,
    countWrongPassword: (objectId, derived, now) =>
      store.transaction(async () => {
        const row = toRow(afterWrongPassword(await stateOf(objectId), derived, now))
        await db
          .insertInto('smart_lockout')
          .values({ object_id: objectId, ...row })
          .onConflict((conflict) => conflict.column('object_id').doUpdateSet(row))
          .execute()
      }),
    forget: async (objectId) => {
      await forget({ objectId })
    },
  }
}

function toState(row: PeopleTables['smart_lockout'] | undefined): LockoutState {
  if (row === undefined) return unlocked
  return {
    wrongPasswords: row.wrong_passwords,
    recentHashes: JSON.parse(row.recent_hashes) as string[],
    lockedUntil: Number(row.locked_until),
  }
}

function toRow(state: LockoutState) {
  return {
    wrong_passwords: state.wrongPasswords,
    recent_hashes: JSON.stringify(state.recentHashes),
    locked_until: state.lockedUntil,
  }
}
