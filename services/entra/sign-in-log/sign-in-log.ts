import type { Kysely } from 'kysely'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { Store } from '#shared/store/store.ts'
import type { AppliedPolicy } from '../conditional-access/decision.ts'
import type { SignInTables } from './sign-in-tables.ts'

/** [Graph] signIn, with the members of its beta version that say what happened. */
export interface SignIn {
  readonly id: string
  readonly createdDateTime: string
  readonly userDisplayName: string
  /** Lower case. */
  readonly userPrincipalName: string
  readonly userId: string
  readonly appId: string
  readonly appDisplayName: string
  readonly resourceId: string
  readonly resourceDisplayName: string
  readonly ipAddress: string
  readonly clientAppUsed: string
  readonly userAgent: string
  readonly correlationId: string
  readonly isInteractive: boolean
  readonly conditionalAccessStatus: 'success' | 'failure' | 'notApplied'
  readonly appliedConditionalAccessPolicies: readonly AppliedPolicy[]
  readonly authenticationRequirement: 'singleFactorAuthentication' | 'multiFactorAuthentication'
  readonly authenticationDetails: readonly AuthenticationDetail[]
  readonly status: { readonly errorCode: number; readonly failureReason: string; readonly additionalDetails?: string }
}

export interface AuthenticationDetail {
  readonly authenticationStepDateTime: string
  /** Such as `Password`, `Mobile app notification`, `Federated`. */
  readonly authenticationMethod: string
  /** Such as `Password Hash Sync`, `Pass-through authentication`. */
  readonly authenticationMethodDetail: string
  readonly succeeded: boolean
  readonly authenticationStepResultDetail: string
  readonly authenticationStepRequirement: string
}

export type NewSignIn = Omit<SignIn, 'id' | 'createdDateTime'>

export interface SignInLog {
  add(signIn: NewSignIn): Promise<SignIn>
  /** Newest first. */
  list(filter?: SignInFilter): Promise<readonly SignIn[]>
}

export interface SignInFilter {
  readonly userPrincipalName?: string | undefined
  readonly limit?: number | undefined
}

export interface SignInLogParts<Schema extends SignInTables> {
  readonly store: Store<Schema>
  readonly clock: Clock
  readonly random: Random
}

export function createSignInLog<Schema extends SignInTables>(parts: SignInLogParts<Schema>): SignInLog {
  const db = parts.store.db as unknown as Kysely<SignInTables>
  return {
    async add(facts) {
      const now = parts.clock.now()
      const name = facts.userPrincipalName.toLowerCase()
      const record = { ...facts, id: parts.random.uuid(), createdDateTime: now.toISOString(), userPrincipalName: name }
      await db
        .insertInto('sign_in')
        .values({
          id: record.id,
          user_principal_name: name,
          created_at: now.getTime(),
          record: JSON.stringify(record),
        })
        .execute()
      await forgetOldRows(db, now)
      return record
    },
    async list({ userPrincipalName, limit = 1000 } = {}) {
      const all = db.selectFrom('sign_in').select('record').orderBy('position', 'desc').limit(limit)
      const asked = userPrincipalName?.toLowerCase()
      const rows = await (asked === undefined ? all : all.where('user_principal_name', '=', asked)).execute()
      return rows.map((row) => JSON.parse(row.record) as SignIn)
    },
  }
}

/** "Microsoft Entra data retention": sign-ins are kept for 30 days. */
const keptMilliseconds = 30 * 24 * 60 * 60_000

async function forgetOldRows(db: Kysely<SignInTables>, now: Date): Promise<void> {
  await db
    .deleteFrom('sign_in')
    .where('created_at', '<', now.getTime() - keptMilliseconds)
    .execute()
}
