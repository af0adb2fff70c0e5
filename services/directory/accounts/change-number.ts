import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import { prepared } from '#shared/store/prepared.ts'
import type { Store } from '#shared/store/store.ts'
import type { DirectorySchema } from './schema.ts'

/** By which a member server knows whether an account that it has read may still be believed. */
export interface ChangeNumber {
  /** The same text as before only if no account, group or membership has changed since. */
  current(): Promise<string>
  /** The store holds something else now: no earlier number counts. */
  restart(): void
}

/**
 * highestCommittedUSN ([MS-ADTS] §3.1.1.3.2.18), with the invocation id in front that Active Directory changes when its
 * database is restored (§3.1.1.1.9): numbers of before could come again and mean something else.
 */
export function changeNumber(store: Store<DirectorySchema>): ChangeNumber {
  let invocation: string = randomUUID()
  const restart = () => {
    invocation = randomUUID()
  }
  store.notices.listen('directory changes', restart)
  const select = prepared(store.db, () => store.db.selectFrom('change_number').select('value'))
  return {
    restart,
    async current() {
      const begun = invocation
      const { rows } = await select({})
      return `${begun}:${rows[0]?.value}`
    },
  }
}

/** In the transaction of every change that member servers may notice. */
export async function countChange(db: Kysely<DirectorySchema>): Promise<void> {
  await db
    .updateTable('change_number')
    .set(({ eb }) => ({ value: eb('value', '+', 1) }))
    .execute()
}
