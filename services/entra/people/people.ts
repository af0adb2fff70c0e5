import type { Kysely } from 'kysely'
import type { Domain } from '#shared/scenario/world.ts'
import { prepared } from '#shared/store/prepared.ts'
import type { Store } from '#shared/store/store.ts'
import { ids, membershipsOfPerson } from './memberships.ts'
import type { PeopleTables } from './people-tables.ts'

/*
 * The tenant's directory: accounts, groups, devices, licences, roles, and how passwords are checked.
 * Owns reading them and the smart lockout; what synchronization brings is written by provisioning/.
 * Serves no URL itself: sign-in, token issuance, Conditional Access and the management port ask it.
 */

/** An account of the tenant, cloud-only or synchronized, with what Entra ID itself knows of it. */
export interface Person {
  readonly objectId: string
  readonly userPrincipalName: string
  readonly displayName: string
  readonly givenName?: string | undefined
  readonly surname?: string | undefined
  readonly mail?: string | undefined
  readonly jobTitle?: string | undefined
  readonly department?: string | undefined
  readonly mobilePhone?: string | undefined
  readonly accountEnabled: boolean
  readonly licensed: boolean
  readonly source: 'cloud' | 'synchronized'
  readonly immutableId?: string | undefined
  readonly sid?: string | undefined
  readonly samAccountName?: string | undefined
  /** The suffix of the user principal name, in lower case. */
  readonly domain: string
  /** Object ids of the groups the person is in, directly or through other groups. */
  readonly groups: readonly string[]
  /** Template ids of directory roles. */
  readonly directoryRoles: readonly string[]
  readonly mustChangePassword: boolean
}

export interface PeopleStore {
  byUserPrincipalName(userPrincipalName: string): Promise<Person | undefined>
  byObjectId(objectId: string): Promise<Person | undefined>
  byImmutableId(immutableId: string): Promise<Person | undefined>
  list(): Promise<readonly Person[]>
  /** The verified domain of a user principal name (or of a bare domain name); undefined for a foreign one. */
  domainOf(userPrincipalName: string): Domain | undefined
}

export interface PeopleParts<Schema extends PeopleTables> {
  readonly store: Store<Schema>
  readonly domains: { of(userPrincipalName: string): Domain | undefined }
}

export function createPeople<Schema extends PeopleTables>({ store, domains }: PeopleParts<Schema>): PeopleStore {
  const db = store.db as unknown as Kysely<PeopleTables>
  const oneBy = (column: 'user_principal_name_key' | 'object_id' | 'immutable_id') => {
    const select = prepared(db, ({ value }: { readonly value: string }) =>
      selectPeople(db).where(`person.${column}`, '=', value),
    )
    return async (value: string) => {
      const [row] = (await select({ value })).rows
      return row && toPerson(row)
    }
  }
  const [byName, byObjectId, byImmutableId] = [
    oneBy('user_principal_name_key'),
    oneBy('object_id'),
    oneBy('immutable_id'),
  ]
  return {
    byUserPrincipalName: (name) => byName(name.toLowerCase()),
    byObjectId: (objectId) => byObjectId(objectId.toLowerCase()),
    byImmutableId,
    list: async () => (await selectPeople(db).orderBy('user_principal_name_key').execute()).map(toPerson),
    domainOf: (name) => domains.of(name),
  }
}

function selectPeople(db: Kysely<PeopleTables>) {
  const { groups, roles } = membershipsOfPerson()
  return db
    .selectFrom('person')
    .leftJoin('licence', 'licence.object_id', 'person.object_id')
    .selectAll('person')
    .select(['licence.licensed', groups.as('group_ids'), roles.as('role_ids')])
}

type PersonRow = PeopleTables['person'] & {
  readonly licensed: number | null
  readonly group_ids: string | null
  readonly role_ids: string | null
}

export function toPerson(row: PersonRow): Person {
  return {
    objectId: row.object_id,
    userPrincipalName: row.user_principal_name,
    displayName: row.display_name,
    givenName: row.given_name ?? undefined,
    surname: row.surname ?? undefined,
    mail: row.mail ?? undefined,
    jobTitle: row.job_title ?? undefined,
    department: row.department ?? undefined,
    mobilePhone: row.mobile_phone ?? undefined,
    accountEnabled: row.account_enabled === 1,
    licensed: row.licensed === 1,
    source: row.source,
    immutableId: row.immutable_id ?? undefined,
    sid: row.sid ?? undefined,
    samAccountName: row.sam_account_name ?? undefined,
    domain: domainNameOf(row.user_principal_name),
    groups: ids(row.group_ids),
    directoryRoles: ids(row.role_ids),
    mustChangePassword: row.must_change_password === 1,
  }
}

function domainNameOf(name: string): string {
  return name.slice(name.lastIndexOf('@') + 1).toLowerCase()
}
