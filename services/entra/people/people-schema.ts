import type { Kysely } from 'kysely'
import type { Scenario } from '#shared/scenario/world.ts'
import type { Migration } from '#shared/store/store.ts'
import type { PeopleTables } from './people-tables.ts'

export declare const peopleMigrations: readonly Migration[]

/** What exists in the tenant before the first synchronization. */
export declare function seedPeople<Schema extends PeopleTables>(db: Kysely<Schema>, scenario: Scenario): Promise<void>
