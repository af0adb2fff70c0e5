import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import type { Store } from '#shared/store/store.ts'
import type { Person } from '../people/people.ts'
import type { AuthMethodId, RegisteredMethod } from './methods.ts'
import type { MfaTables } from './mfa-tables.ts'

/** Who may ask about a session: the party that began it and, where it says so, for that user only. */
export interface MfaOwner {
  /** Such as `entra` for its own pages, `adfs` for the connector. */
  readonly caller: string
  readonly objectId?: string | undefined
}

export interface MfaStart {
  readonly person: Pick<Person, 'objectId' | 'userPrincipalName'>
  readonly authMethodId: AuthMethodId
  /** The name of the application, as the notification shows it. */
  readonly application: string
  /** The address the person signs in from. */
  readonly address: string
  readonly caller: string
}

export type MfaBeginning =
  | {
      readonly result: 'Success'
      readonly sessionId: string
      /** The number to show for a push; 0 without number matching and for codes. */
      readonly entropy: number
      readonly expiresAt: Date
    }
  | { readonly result: 'NoSuchMethod' }

export type MfaResult =
  | 'Success'
  | 'Pending'
  | 'Denied'
  | 'TimedOut'
  | 'WrongCode'
  | 'CodeAlreadyUsed'
  | 'TooManyAttempts'
  | 'NoSuchSession'

/** The second factor. A session belongs to the user and the caller that began it; its success is redeemed once. */
export interface MfaService {
  methodsOf(objectId: string): Promise<readonly RegisteredMethod[]>
  begin(start: MfaStart): Promise<MfaBeginning>
  /** Tries a code; for a push, tells how it stands. Success here does not use the session up. */
  verify(sessionId: string, owner: MfaOwner, code?: string): Promise<MfaResult>
  /** How a session stands, without trying anything. */
  state(sessionId: string, owner: MfaOwner): Promise<MfaResult>
  /** True once for a session that succeeded: the moment to mark the sign-in as multifactor. */
  redeem(sessionId: string, owner: MfaOwner): Promise<boolean>
}

export interface MfaParts<Schema extends MfaTables> {
  readonly store: Store<Schema>
  readonly scenario: Scenario
  readonly clock: Clock
  readonly random: Random
}

export declare function createMfaService<Schema extends MfaTables>(parts: MfaParts<Schema>): MfaService
