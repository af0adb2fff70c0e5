import type { Kysely } from 'kysely'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { Store } from '#shared/store/store.ts'
import { matchPassword, passwordHash } from './password-hash.ts'
import { newPasswordRefusal, type PasswordRefusal } from './password-policy.ts'
import type { PeopleStore, Person } from './people.ts'
import type { PeopleTables } from './people-tables.ts'
import { createSmartLockout } from './smart-lockout.ts'

export interface NewPassword {
  readonly current: string
  readonly next: string
  /** Typed a second time, where a person types it. */
  readonly confirmed?: string | undefined
}

export type PasswordChange =
  | { readonly outcome: 'changed' }
  | { readonly outcome: 'refused'; readonly refusal: PasswordRefusal }

/** Changes passwords that Entra ID keeps: of cloud-only accounts, and of synchronized ones whose hash it has. */
export interface PasswordChanger {
  /** False where the password is the federation service's, or the pass-through agent's, to change. */
  canChange(person: Person): boolean
  change(person: Person, passwords: NewPassword): Promise<PasswordChange>
}

export interface PasswordChangeParts<Schema extends PeopleTables> {
  readonly store: Store<Schema>
  readonly people: PeopleStore
  readonly clock: Clock
  readonly random: Random
}

const saltBytes = 10

export function createPasswordChanger<Schema extends PeopleTables>(
  parts: PasswordChangeParts<Schema>,
): PasswordChanger {
  const { people, clock, random } = parts
  const db = parts.store.db as unknown as Kysely<PeopleTables>
  const lockout = createSmartLockout(parts.store)
  return {
    canChange: ({ userPrincipalName }) => people.domainOf(userPrincipalName)?.authentication === 'passwordHashSync',
    async change(person, passwords) {
      const { objectId } = person
      if ((await lockout.stateOf(objectId)).lockedUntil > clock.now().getTime()) return refused('locked')
      const stored = await storedHash(db, objectId)
      if (stored === null) return refused('noPassword')
      const { matches, derived } = await matchPassword(passwords.current, stored)
      if (!matches) {
        await lockout.countWrongPassword(objectId, derived, clock.now())
        return refused('wrongCurrentPassword')
      }
      const refusal = newPasswordRefusal(person, passwords)
      if (refusal) return refused(refusal)
      const password_hash = await passwordHash(passwords.next, Buffer.from(random.bytes(saltBytes)))
      await db
        .updateTable('person')
        .set({ password_hash, must_change_password: 0 })
        .where('object_id', '=', objectId)
        .execute()
      await lockout.forget(objectId)
      return { outcome: 'changed' }
    },
  }
}

async function storedHash(db: Kysely<PeopleTables>, objectId: string): Promise<string | null> {
  const row = await db
    .selectFrom('person')
    .select('password_hash')
    .where('object_id', '=', objectId)
    .executeTakeFirstOrThrow()
  return row.password_hash
}

function refused(refusal: PasswordRefusal): PasswordChange {
  return { outcome: 'refused', refusal }
}
