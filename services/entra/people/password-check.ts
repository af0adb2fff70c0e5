import type { Kysely } from 'kysely'
import type { Clock } from '#shared/clock.ts'
import type { Domain } from '#shared/scenario/world.ts'
import { prepared } from '#shared/store/prepared.ts'
import type { Store } from '#shared/store/store.ts'
import type { PassThroughBroker, ValidationOutcome } from '../pass-through/broker.ts'
import { matchPassword } from './password-hash.ts'
import type { PeopleStore, Person } from './people.ts'
import type { PeopleTables } from './people-tables.ts'
import { createSmartLockout, type LockoutState, type SmartLockout, unlocked } from './smart-lockout.ts'

export type PasswordAuthority = 'passwordHashSync' | 'cloudPassword' | 'passThrough'

export type PasswordCheck =
  | { readonly outcome: 'correct'; readonly by: PasswordAuthority; readonly person: Person }
  | {
      readonly outcome: 'refused'
      /** Absent where the tenant has no such account. */
      readonly person?: Person | undefined
      /** Such as 50126. */
      readonly aadsts: number
      /** For journal and sign-in log, never for the page. */
      readonly reason: string
    }

/** Checks a password where its domain says: against the hash in the directory, or through the pass-through agent. */
export interface PasswordChecker {
  check(userPrincipalName: string, password: string): Promise<PasswordCheck>
}

export interface PasswordCheckParts<Schema extends PeopleTables> {
  readonly store: Store<Schema>
  readonly people: PeopleStore
  readonly passThrough: PassThroughBroker
  readonly clock: Clock
}

export function createPasswordChecker<Schema extends PeopleTables>(parts: PasswordCheckParts<Schema>): PasswordChecker {
  const checks: Checks = {
    hashOf: passwordHashes(parts.store.db as unknown as Kysely<PeopleTables>),
    lockout: createSmartLockout(parts.store),
    passThrough: parts.passThrough,
    clock: parts.clock,
  }
  return {
    async check(userPrincipalName, password) {
      const person = await parts.people.byUserPrincipalName(userPrincipalName)
      const domain = parts.people.domainOf(userPrincipalName)
      if (!person) return refused(50034, 'the tenant has no such account; was it synchronized?')
      return { ...(await checkPerson(checks, person, domain?.authentication, password)), person }
    },
  }
}

interface Checks {
  readonly hashOf: (objectId: string) => Promise<string | null>
  readonly lockout: SmartLockout
  readonly passThrough: PassThroughBroker
  readonly clock: Clock
}

function passwordHashes(db: Kysely<PeopleTables>): Checks['hashOf'] {
  const select = prepared(db, ({ objectId }: { readonly objectId: string }) =>
    db.selectFrom('person').select('password_hash').where('object_id', '=', objectId),
  )
  return async (objectId) => (await select({ objectId })).rows[0]?.password_hash ?? null
}

type Verdict =
  | { readonly outcome: 'correct'; readonly by: PasswordAuthority }
  | Omit<Extract<PasswordCheck, { outcome: 'refused' }>, 'person'>

async function checkPerson(
  checks: Checks,
  person: Person,
  authentication: Domain['authentication'] | undefined,
  password: string,
): Promise<Verdict> {
  const lockout = await checks.lockout.stateOf(person.objectId)
  if (lockout.lockedUntil > checks.clock.now().getTime())
    return refused(50053, 'smart lockout: too many different wrong passwords; it ends a minute after the last one')
  if (!person.accountEnabled) return refused(50057, 'the account is disabled')
  const attempt = { person, password, lockout }
  if (authentication === 'passThrough') return checkThroughAgent(checks, attempt)
  if (authentication === 'passwordHashSync') return checkHash(checks, attempt)
  return refused(50126, `${person.domain} is federated: its federation service checks passwords, not Entra ID`)
}

interface Attempt {
  readonly person: Person
  readonly password: string
  /** As it was when the attempt began. */
  readonly lockout: LockoutState
}

async function checkHash(checks: Checks, { person, password, lockout }: Attempt): Promise<Verdict> {
  const stored = await checks.hashOf(person.objectId)
  if (stored === null) return refused(50056, 'the directory holds no password hash; has one been synchronized?')
  const { matches, derived } = await matchPassword(password, stored)
  if (!matches) {
    await checks.lockout.countWrongPassword(person.objectId, derived, checks.clock.now())
    return refused(50126, 'wrong password')
  }
  if (lockout !== unlocked) await checks.lockout.forget(person.objectId)
  if (person.mustChangePassword) return refused(50055, 'the password is right but must be changed')
  return { outcome: 'correct', by: person.source === 'cloud' ? 'cloudPassword' : 'passwordHashSync' }
}

async function checkThroughAgent(checks: Checks, { person, password, lockout }: Attempt): Promise<Verdict> {
  const outcome = await checks.passThrough.validate(person.userPrincipalName, password)
  if (outcome === 'STATUS_SUCCESS') {
    if (lockout !== unlocked) await checks.lockout.forget(person.objectId)
    return { outcome: 'correct', by: 'passThrough' }
  }
  // The agent, not Entra ID, sees the password: a repeated one cannot be told from a new one ("Smart lockout").
  if (outcome === 'STATUS_WRONG_PASSWORD') {
    await checks.lockout.countWrongPassword(person.objectId, undefined, checks.clock.now())
  }
  return refused(agentRefusals[outcome], `pass-through authentication: ${outcome}`)
}

/** "Troubleshoot Microsoft Entra pass-through authentication", sign-in failure reasons. */
const agentRefusals: Readonly<Record<Exclude<ValidationOutcome, 'STATUS_SUCCESS'>, number>> = {
  STATUS_NO_SUCH_USER: 50034,
  STATUS_WRONG_PASSWORD: 50126,
  STATUS_ACCOUNT_DISABLED: 50057,
  STATUS_ACCOUNT_LOCKED_OUT: 50053,
  STATUS_PASSWORD_EXPIRED: 50144,
  STATUS_ACCOUNT_EXPIRED: 50057,
  noAgent: 80001,
  noAnswer: 80002,
}

function refused(aadsts: number, reason: string): Verdict & { readonly outcome: 'refused' } {
  return { outcome: 'refused', aadsts, reason }
}
