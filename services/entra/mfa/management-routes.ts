import type { FastifyInstance } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import type { Store } from '#shared/store/store.ts'
import type { PeopleStore } from '../people/people.ts'
import type { SignInLog } from '../sign-in-log/sign-in-log.ts'
import type { MfaTables } from './mfa-tables.ts'

export interface PhoneManagementParts<Schema extends MfaTables> {
  readonly store: Store<Schema>
  readonly people: PeopleStore
  readonly signIns: SignInLog
  readonly scenario: Scenario
  readonly clock: Clock
}

/** Rows of the management port: the simulated phone, the sign-in log, the people. */
export declare function addManagementRoutes<Schema extends MfaTables>(
  app: FastifyInstance,
  parts: PhoneManagementParts<Schema>,
): void
