import type { Kysely } from 'kysely'
import type { Migration, Store } from '#shared/store/store.ts'
import { type AccountActivity, newActivity } from './lockout.ts'

/** What AD FS remembers of each account's attempts; one at a time for an account, so that no failure is lost. */
export interface AccountActivityStore {
  find(userPrincipalName: string): Promise<AccountActivity | undefined>
  list(): Promise<readonly AccountActivity[]>
  /** Reads, changes and writes in one transaction; an account that is new begins without failures. */
  change<Result>(account: AccountName, change: ActivityChange<Result>): Promise<Result>
  forget(userPrincipalName: string): Promise<boolean>
}

interface AccountName {
  readonly sid: string
  readonly userPrincipalName: string
}

type ActivityChange<Result> = (activity: AccountActivity) => {
  readonly activity: AccountActivity
  readonly result: Result
}

export interface ActivityTables {
  account_activity: { sid: string; user_principal_name: string; value: string }
}

export const activityMigration: Migration = {
  name: 'account-activity',
  async up({ schema }) {
    await schema
      .createTable('account_activity')
      .addColumn('sid', 'text', (column) => column.primaryKey())
      .addColumn('user_principal_name', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .execute()
    await schema.createIndex('account_activity_name').on('account_activity').column('user_principal_name').execute()
  },
}

export function accountActivityStore<Schema extends ActivityTables>(schemaStore: Store<Schema>): AccountActivityStore {
  const store = schemaStore as unknown as Store<ActivityTables>
  return {
    async find(userPrincipalName) {
      const row = await store.db
        .selectFrom('account_activity')
        .select('value')
        .where('user_principal_name', '=', userPrincipalName.toLowerCase())
        .executeTakeFirst()
      return row && (JSON.parse(row.value) as AccountActivity)
    },
    async list() {
      const rows = await store.db
        .selectFrom('account_activity')
        .select('value')
        .orderBy('user_principal_name')
        .execute()
      return rows.map(({ value }) => JSON.parse(value) as AccountActivity)
    },
    change: (account, change) => store.transaction((db) => changeActivity(db, account, change)),
    async forget(userPrincipalName) {
      const { numDeletedRows } = await store.db
        .deleteFrom('account_activity')
        .where('user_principal_name', '=', userPrincipalName.toLowerCase())
        .executeTakeFirst()
      return numDeletedRows > 0n
    },
  }
}

async function changeActivity<Result>(
  db: Kysely<ActivityTables>,
  { sid, userPrincipalName }: AccountName,
  change: ActivityChange<Result>,
): Promise<Result> {
  const row = await db.selectFrom('account_activity').select('value').where('sid', '=', sid).executeTakeFirst()
  const { activity, result } = change(
    row ? (JSON.parse(row.value) as AccountActivity) : newActivity(sid, userPrincipalName),
  )
  const values = { user_principal_name: userPrincipalName.toLowerCase(), value: JSON.stringify(activity) }
  await db
    .insertInto('account_activity')
    .values({ sid, ...values })
    .onConflict((conflict) => conflict.column('sid').doUpdateSet(values))
    .execute()
  return result
}
