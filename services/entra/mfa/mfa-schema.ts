import type { Kysely } from 'kysely'
import type { Scenario } from '#shared/scenario/world.ts'
import type { Migration } from '#shared/store/store.ts'
import type { MfaTables } from './mfa-tables.ts'

export declare const mfaMigrations: readonly Migration[]

/** The methods that people of the scenario have registered. */
export declare function seedMfaMethods<Schema extends MfaTables>(db: Kysely<Schema>, scenario: Scenario): Promise<void>
