import type { Clock } from '#shared/clock.ts'
import type { Domain, Scenario } from '#shared/scenario/world.ts'
import type { Store } from '#shared/store/store.ts'
import type { PeopleTables } from './people-tables.ts'

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
  readonly scenario: Scenario
  readonly clock: Clock
}

export declare function createPeople<Schema extends PeopleTables>(parts: PeopleParts<Schema>): PeopleStore
