import type { Kysely, Updateable } from 'kysely'
import type { Random } from '#shared/random.ts'
import type { Store } from '#shared/store/store.ts'
import { passwordHash } from './password-hash.ts'
import type { PeopleTables } from './people-tables.ts'

/** What administrators set of an account that exists in Entra ID only. */
export interface AccountDetails {
  readonly userPrincipalName: string
  readonly displayName: string
  readonly accountEnabled: boolean
  readonly givenName?: string | null | undefined
  readonly surname?: string | null | undefined
  readonly mail?: string | null | undefined
  readonly jobTitle?: string | null | undefined
  readonly department?: string | null | undefined
  readonly mobilePhone?: string | null | undefined
}

export interface NewPassword {
  readonly password: string
  readonly mustChange: boolean
}

/** Accounts that are made and changed here; those of the directory on premises are changed there. */
export interface CloudAccounts {
  /** The object id; undefined when the name is taken. */
  create(details: AccountDetails, password: NewPassword): Promise<string | undefined>
  change(objectId: string, details: Partial<AccountDetails>): Promise<'changed' | 'nameTaken' | 'notHere'>
  setPassword(objectId: string, password: NewPassword): Promise<boolean>
}

type PersonRow = PeopleTables['person']

export function createCloudAccounts<Schema extends PeopleTables>(store: Store<Schema>, random: Random): CloudAccounts {
  const db = store.db as unknown as Kysely<PeopleTables>
  const mine = (objectId: string) =>
    db.updateTable('person').where('object_id', '=', objectId.toLowerCase()).where('source', '=', 'cloud')
  return {
    async create(details, { password, mustChange }) {
      const hash = await passwordHash(password, random.bytes(10))
      const row = newRow(random.uuid(), details, hash, mustChange)
      const inserted = db
        .insertInto('person')
        .values(row)
        .onConflict((conflict) => conflict.column('user_principal_name_key').doNothing())
      return (await inserted.executeTakeFirst()).numInsertedOrUpdatedRows === 0n ? undefined : row.object_id
    },
    change: (objectId, details) =>
      store.transaction(async () => {
        if (await isTaken(db, objectId, details.userPrincipalName)) return 'nameTaken'
        const columns = columnsOf(details)
        if (Object.keys(columns).length === 0) return 'changed'
        const { numUpdatedRows } = await mine(objectId).set(columns).executeTakeFirst()
        return numUpdatedRows > 0n ? 'changed' : 'notHere'
      }),
    async setPassword(objectId, { password, mustChange }) {
      const hash = await passwordHash(password, random.bytes(10))
      const change = mine(objectId).set({ password_hash: hash, must_change_password: Number(mustChange) })
      return (await change.executeTakeFirst()).numUpdatedRows > 0n
    },
  }
}

async function isTaken(db: Kysely<PeopleTables>, objectId: string, name: string | undefined): Promise<boolean> {
  if (name === undefined) return false
  const others = db
    .selectFrom('person')
    .select('object_id')
    .where('user_principal_name_key', '=', name.toLowerCase())
    .where('object_id', '!=', objectId.toLowerCase())
  return (await others.executeTakeFirst()) !== undefined
}

function newRow(objectId: string, details: AccountDetails, hash: string, mustChange: boolean): PersonRow {
  return {
    object_id: objectId,
    user_principal_name: details.userPrincipalName,
    user_principal_name_key: details.userPrincipalName.toLowerCase(),
    display_name: details.displayName,
    given_name: details.givenName ?? null,
    surname: details.surname ?? null,
    mail: details.mail ?? null,
    job_title: details.jobTitle ?? null,
    department: details.department ?? null,
    mobile_phone: details.mobilePhone ?? null,
    account_enabled: Number(details.accountEnabled),
    source: 'cloud',
    immutable_id: null,
    sid: null,
    sam_account_name: null,
    password_hash: hash,
    must_change_password: Number(mustChange),
  }
}

function columnsOf(details: Partial<AccountDetails>): Updateable<PersonRow> {
  const { userPrincipalName, displayName, accountEnabled } = details
  const columns: Updateable<PersonRow> = {
    user_principal_name: userPrincipalName,
    user_principal_name_key: userPrincipalName?.toLowerCase(),
    display_name: displayName,
    account_enabled: accountEnabled === undefined ? undefined : Number(accountEnabled),
    given_name: details.givenName,
    surname: details.surname,
    mail: details.mail,
    job_title: details.jobTitle,
    department: details.department,
    mobile_phone: details.mobilePhone,
  }
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
}
