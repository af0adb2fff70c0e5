import type { Clock } from '#shared/clock.ts'
import type { Store } from '#shared/store/store.ts'
import type { PassThroughBroker } from '../pass-through/broker.ts'
import type { PeopleStore } from './people.ts'
import type { PeopleTables } from './people-tables.ts'

export type PasswordAuthority = 'passwordHashSync' | 'cloudPassword' | 'passThrough'

export type PasswordCheck =
  | { readonly outcome: 'correct'; readonly by: PasswordAuthority }
  | {
      readonly outcome: 'refused'
      /** Such as 50126. */
      readonly aadsts: number
      /** For journal and sign-in log, never for the page. */
      readonly reason: string
    }

export interface PasswordCaller {
  readonly correlationId: string
  readonly address: string
}

/** Checks a password where its domain says: against the hash in the directory, or through the pass-through agent. */
export interface PasswordChecker {
  check(userPrincipalName: string, password: string, caller: PasswordCaller): Promise<PasswordCheck>
}

export interface PasswordCheckParts<Schema extends PeopleTables> {
  readonly store: Store<Schema>
  readonly people: PeopleStore
  readonly passThrough: PassThroughBroker
  readonly clock: Clock
}

export declare function createPasswordChecker<Schema extends PeopleTables>(
  parts: PasswordCheckParts<Schema>,
): PasswordChecker
