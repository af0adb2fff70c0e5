import { createHash, timingSafeEqual } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import { prepared, preparedFor } from '#shared/store/prepared.ts'
import type { Store } from '#shared/store/store.ts'
import type { PeopleTables } from '../people/people-tables.ts'
import type { MfaTables } from './mfa-tables.ts'

/** [Graph] temporaryAccessPassAuthenticationMethod. */
export interface TemporaryAccessPass {
  readonly id: string
  readonly createdDateTime: Date
  readonly startDateTime: Date
  readonly lifetimeInMinutes: number
  readonly isUsableOnce: boolean
  readonly isUsable: boolean
  readonly methodUsabilityReason: 'EnabledByPolicy' | 'NotYetValid' | 'Expired' | 'OneTimeUsed'
}

/** The pass itself is told once, to whoever creates it. */
export interface CreatedAccessPass extends TemporaryAccessPass {
  readonly temporaryAccessPass: string
}

export interface NewAccessPass {
  readonly lifetimeInMinutes?: number | undefined
  readonly isUsableOnce?: boolean | undefined
  readonly startDateTime?: Date | undefined
}

/** "Configure Temporary Access Pass": what its lifetime may be, in minutes. */
export const accessPassLifetimes = { least: 10, usual: 60, most: 43_200 } as const

export type AccessPassOutcome =
  | { readonly outcome: 'accepted'; readonly isUsableOnce: boolean }
  | {
      readonly outcome:
        | 'none'
        | 'wrong'
        | 'locked'
        | Exclude<TemporaryAccessPass['methodUsabilityReason'], 'EnabledByPolicy'>
    }

/** A pass instead of a password and of a second factor. Everybody has at most one; a new one replaces it. */
export interface TemporaryAccessPasses {
  create(objectId: string, wanted?: NewAccessPass): Promise<CreatedAccessPass>
  of(objectId: string): Promise<TemporaryAccessPass | undefined>
  /** Whether somebody of that name could sign in with a pass now. */
  isUsableBy(userPrincipalName: string): Promise<boolean>
  /** Accepts a pass that is usable once a single time, also of two who bring it together. */
  redeem(objectId: string, pass: string): Promise<AccessPassOutcome>
  remove(objectId: string): Promise<boolean>
}

type PassRow = MfaTables['temporary_access_pass']

const allowedTries = 5
const lockMilliseconds = 60_000
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789+@#*!'

export function createTemporaryAccessPasses<Schema extends MfaTables>(parts: {
  readonly store: Store<Schema>
  readonly clock: Clock
  readonly random: Random
}): TemporaryAccessPasses {
  const { store, clock, random } = parts
  const db = store.db as unknown as Kysely<MfaTables & PeopleTables>
  const byName = prepared(db, ({ name }: { readonly name: string }) =>
    db
      .selectFrom('temporary_access_pass')
      .innerJoin('person', 'person.object_id', 'temporary_access_pass.object_id')
      .selectAll('temporary_access_pass')
      .where('person.user_principal_name_key', '=', name),
  )
  return {
    async create(objectId, wanted = {}) {
      const pass = Array.from({ length: 8 }, () => alphabet[random.integer(0, alphabet.length)]).join('')
      const row = newRow(objectId, pass, wanted, { id: random.uuid(), now: clock.now() })
      await db
        .insertInto('temporary_access_pass')
        .values(row)
        .onConflict((conflict) => conflict.column('object_id').doUpdateSet(row))
        .execute()
      return { ...toPass(row, clock.now()), temporaryAccessPass: pass }
    },
    async of(objectId) {
      const row = await findPass(db as unknown as Kysely<MfaTables>, objectId)
      return row && toPass(row, clock.now())
    },
    async isUsableBy(userPrincipalName) {
      const [row] = (await byName({ name: userPrincipalName.toLowerCase() })).rows
      return row !== undefined && toPass(row, clock.now()).isUsable
    },
    redeem: (objectId, pass) =>
      store.transaction(() => redeem(db as unknown as Kysely<MfaTables>, objectId, pass, clock.now())),
    async remove(objectId) {
      const gone = db.deleteFrom('temporary_access_pass').where('object_id', '=', objectId)
      return (await gone.returning('id').execute()).length === 1
    },
  }
}

function newRow(
  objectId: string,
  pass: string,
  wanted: NewAccessPass,
  { id, now }: { readonly id: string; readonly now: Date },
): PassRow {
  return {
    object_id: objectId,
    id,
    digest: digestOf(id, pass),
    is_usable_once: Number(wanted.isUsableOnce ?? false),
    created_at: now.getTime(),
    starts_at: (wanted.startDateTime ?? now).getTime(),
    lifetime_minutes: wanted.lifetimeInMinutes ?? accessPassLifetimes.usual,
    used_at: null,
    wrong_tries: 0,
    locked_until: 0,
  }
}

async function redeem(db: Kysely<MfaTables>, objectId: string, pass: string, now: Date): Promise<AccessPassOutcome> {
  const row = await findPass(db, objectId)
  if (!row) return { outcome: 'none' }
  if (Number(row.locked_until) > now.getTime()) return { outcome: 'locked' }
  if (!same(digestOf(row.id, pass), row.digest)) {
    await countWrongPass(db, row, now)
    return { outcome: 'wrong' }
  }
  const { methodUsabilityReason: reason } = toPass(row, now)
  if (reason !== 'EnabledByPolicy') return { outcome: reason }
  const use = db
    .updateTable('temporary_access_pass')
    .set({ used_at: now.getTime(), wrong_tries: 0 })
    .where('id', '=', row.id)
  const open = row.is_usable_once === 1 ? use.where('used_at', 'is', null) : use
  const used = await open.returning('id').execute()
  return used.length === 1
    ? { outcome: 'accepted', isUsableOnce: row.is_usable_once === 1 }
    : { outcome: 'OneTimeUsed' }
}

async function countWrongPass(db: Kysely<MfaTables>, row: PassRow, now: Date): Promise<void> {
  const tries = row.wrong_tries + 1
  const locked = tries >= allowedTries
  await db
    .updateTable('temporary_access_pass')
    .set({ wrong_tries: locked ? 0 : tries, locked_until: locked ? now.getTime() + lockMilliseconds : 0 })
    .where('id', '=', row.id)
    .execute()
}

async function findPass(db: Kysely<MfaTables>, objectId: string): Promise<PassRow | undefined> {
  return (await passOf(db, { objectId }))[0]
}

const passOf = preparedFor((db: Kysely<MfaTables>, { objectId }: { readonly objectId: string }) =>
  db.selectFrom('temporary_access_pass').selectAll().where('object_id', '=', objectId),
)

function toPass(row: PassRow, now: Date): TemporaryAccessPass {
  const methodUsabilityReason = usability(row, now.getTime())
  return {
    id: row.id,
    createdDateTime: new Date(Number(row.created_at)),
    startDateTime: new Date(Number(row.starts_at)),
    lifetimeInMinutes: row.lifetime_minutes,
    isUsableOnce: row.is_usable_once === 1,
    isUsable: methodUsabilityReason === 'EnabledByPolicy',
    methodUsabilityReason,
  }
}

function usability(row: PassRow, now: number): TemporaryAccessPass['methodUsabilityReason'] {
  if (row.is_usable_once === 1 && row.used_at !== null) return 'OneTimeUsed'
  const start = Number(row.starts_at)
  if (start > now) return 'NotYetValid'
  return start + row.lifetime_minutes * 60_000 <= now ? 'Expired' : 'EnabledByPolicy'
}

/** The id is the salt. */
function digestOf(id: string, pass: string): string {
  return createHash('sha256').update(`${id}\n${pass}`).digest('base64url')
}

function same(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a), Buffer.from(b))
}
