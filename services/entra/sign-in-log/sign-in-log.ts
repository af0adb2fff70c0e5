import type { Kysely } from 'kysely'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import { changedRows, prepared } from '#shared/store/prepared.ts'
import type { Store } from '#shared/store/store.ts'
import type { Evaluated } from '../conditional-access/decision.ts'
import { everyPolicy } from '../conditional-access/evaluate.ts'
import { createPolicySets, type PolicySets } from './policy-sets.ts'
import type { LoggedSignIn, NewSignIn, SignIn } from './sign-in.ts'
import type { SignInTables } from './sign-in-tables.ts'

export type { AuthenticationDetail, NewSignIn, SignIn } from './sign-in.ts'

export interface SignInLog {
  add(signIn: NewSignIn): Promise<void>
  /** Newest first. */
  list(filter?: SignInFilter): Promise<readonly SignIn[]>
  /** The same without the policies, which cost something to work out. */
  read(filter?: SignInFilter): Promise<readonly LoggedSignIn[]>
  complete(logged: LoggedSignIn): Promise<SignIn>
  /** What Conditional Access judged, for an explanation. */
  evaluatedOf(logged: LoggedSignIn): Promise<Evaluated | undefined>
}

export interface SignInFilter {
  /** Of the record, or its correlation id, as error pages show both. */
  readonly id?: string | undefined
  readonly userPrincipalName?: string | undefined
  readonly limit?: number | undefined
}

export interface SignInLogParts<Schema extends SignInTables> {
  readonly store: Store<Schema>
  readonly clock: Clock
  readonly random: Random
  /** Where a person was put, else the address of the connection. */
  readonly standsAt?: (objectId: string, connection: string) => string
}

export function createSignInLog<Schema extends SignInTables>(parts: SignInLogParts<Schema>): SignInLog {
  const db = parts.store.db as unknown as Kysely<SignInTables>
  const policySets = createPolicySets(parts.store)
  const insert = insertRow(db)
  const forget = forgetting(db)
  const complete = async (logged: LoggedSignIn) => completed(logged, await evaluatedOf(policySets, logged))
  return {
    async add(signIn) {
      const now = parts.clock.now()
      const ipAddress = parts.standsAt?.(signIn.userId, signIn.ipAddress) ?? signIn.ipAddress
      const facts = { ...signIn, ipAddress }
      if (facts.evaluated) await policySets.keep(facts.evaluated.policySet)
      await addRow(insert, facts, now, parts.random)
      await forget(now)
    },
    list: async (filter) => Promise.all((await read(db, filter)).map(complete)),
    read: (filter) => read(db, filter),
    complete,
    evaluatedOf: (logged) => evaluatedOf(policySets, logged),
  }
}

type NewRow = Omit<SignInTables['sign_in'], 'position'>

function insertRow(db: Kysely<SignInTables>) {
  return prepared(db, ({ id, user_principal_name, correlation_id, created_at, record }: NewRow) =>
    db
      .insertInto('sign_in')
      .values({ id, user_principal_name, correlation_id, created_at, record })
      .onConflict((conflict) => conflict.column('id').doNothing()),
  )
}

type Insert = ReturnType<typeof insertRow>

async function addRow(insert: Insert, facts: NewSignIn, now: Date, random: Random): Promise<void> {
  const { evaluated, id: wanted = random.uuid(), ...rest } = facts
  const name = facts.userPrincipalName.toLowerCase()
  const judged = evaluated && { policySetId: evaluated.policySet.id, signals: evaluated.signals }
  const rowWithId = (id: string): NewRow => {
    const record: LoggedSignIn = { ...rest, id, createdDateTime: now.toISOString(), userPrincipalName: name, judged }
    return {
      id,
      user_principal_name: name,
      correlation_id: facts.correlationId,
      created_at: now.getTime(),
      record: JSON.stringify(record),
    }
  }
  if (changedRows(await insert(rowWithId(wanted))) === 0) await insert(rowWithId(random.uuid()))
}

async function read(
  db: Kysely<SignInTables>,
  { id, userPrincipalName, limit = 1000 }: SignInFilter = {},
): Promise<readonly LoggedSignIn[]> {
  const all = db.selectFrom('sign_in').select('record').orderBy('position', 'desc').limit(limit)
  const named =
    id === undefined ? all : all.where(({ or, eb }) => or([eb('id', '=', id), eb('correlation_id', '=', id)]))
  const asked = userPrincipalName?.toLowerCase()
  const rows = await (asked === undefined ? named : named.where('user_principal_name', '=', asked)).execute()
  return rows.map((row) => JSON.parse(row.record) as LoggedSignIn)
}

async function evaluatedOf(policySets: PolicySets, { judged }: LoggedSignIn): Promise<Evaluated | undefined> {
  const policySet = judged && (await policySets.byId(judged.policySetId))
  return policySet && { policySet, signals: judged.signals }
}

function completed({ judged: _judged, ...record }: LoggedSignIn, evaluated: Evaluated | undefined): SignIn {
  const policies = evaluated ? everyPolicy(evaluated.policySet, evaluated.signals) : []
  return { ...record, appliedConditionalAccessPolicies: policies }
}

/** "Microsoft Entra data retention": sign-ins are kept for 30 days. */
const keptMilliseconds = 30 * 24 * 60 * 60_000

const forgetEveryMilliseconds = 60_000

/** Looked after once a minute of the clock, whichever way it was set. */
function forgetting(db: Kysely<SignInTables>): (now: Date) => Promise<void> {
  let last = Number.NEGATIVE_INFINITY
  return async (now) => {
    if (Math.abs(now.getTime() - last) < forgetEveryMilliseconds) return
    last = now.getTime()
    await db
      .deleteFrom('sign_in')
      .where('created_at', '<', now.getTime() - keptMilliseconds)
      .execute()
  }
}
