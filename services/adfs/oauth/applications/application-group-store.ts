import { isDeepStrictEqual } from 'node:util'
import type { Kysely } from 'kysely'
import { applicationGroupSchema } from '#shared/scenario/schema-adfs-applications.ts'
import type { ApplicationGroup, Scenario } from '#shared/scenario/world.ts'
import { type FollowedCopy, followOthers } from '#shared/store/follow-others.ts'
import type { Migration, Store } from '#shared/store/store.ts'
import { type ApplicationGroups, applicationGroupsOf } from './application-groups.ts'

/** The application groups as administrators have made them; the scenario's at first. */
export interface ApplicationGroupStore {
  current(): ApplicationGroups
  list(): readonly ApplicationGroup[]
  /** Adds the group, or replaces the one of that name. @throws Error when an identifier is taken or a rule cannot be read. */
  put(group: unknown): Promise<ApplicationGroup>
  /** False when there is none of that name. */
  remove(name: string): Promise<boolean>
  /** After a reset. */
  reload(): Promise<void>
}

export interface ApplicationGroupTables {
  application_groups: { id: string; value: string }
}

export const applicationGroupMigration: Migration = {
  name: 'application-groups',
  async up({ schema }) {
    await schema
      .createTable('application_groups')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .execute()
  },
}

/** One row holds the list, so that a change is whole. */
const row = 'all'

export async function openApplicationGroups<Schema extends ApplicationGroupTables>(
  store: Store<Schema>,
  scenario: Scenario,
): Promise<ApplicationGroupStore> {
  const groups = new StoredApplicationGroups(store as unknown as Store<ApplicationGroupTables>, scenario)
  await groups.reload()
  return groups
}

class StoredApplicationGroups implements ApplicationGroupStore {
  readonly #db: Kysely<ApplicationGroupTables>
  readonly #scenario: Scenario
  readonly #others: FollowedCopy
  #list: readonly ApplicationGroup[] = []
  #current: ApplicationGroups

  constructor(store: Store<ApplicationGroupTables>, scenario: Scenario) {
    this.#db = store.db
    this.#others = followOthers(store, 'application-groups', () => this.reload())
    this.#scenario = scenario
    this.#current = applicationGroupsOf([])
  }

  current(): ApplicationGroups {
    return this.#current
  }

  list(): readonly ApplicationGroup[] {
    return this.#list
  }

  async put(input: unknown): Promise<ApplicationGroup> {
    const group = applicationGroupSchema.parse(input)
    const others = this.#list.filter((each) => each.name !== group.name)
    await this.#keep([...others, group])
    return group
  }

  async remove(name: string): Promise<boolean> {
    const left = this.#list.filter((each) => each.name !== name)
    if (left.length === this.#list.length) return false
    await this.#keep(left)
    return true
  }

  async reload(): Promise<void> {
    const stored = await this.#db
      .selectFrom('application_groups')
      .select('value')
      .where('id', '=', row)
      .executeTakeFirst()
    const list = stored ? (JSON.parse(stored.value) as ApplicationGroup[]) : this.#scenario.adfs.applicationGroups
    if (!isDeepStrictEqual(list, this.#list)) this.#use(list)
  }

  async #keep(list: readonly ApplicationGroup[]): Promise<void> {
    refuseTaken(list)
    const current = applicationGroupsOf(list)
    const value = JSON.stringify(list)
    await this.#db
      .insertInto('application_groups')
      .values({ id: row, value })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ value }))
      .execute()
    this.#list = list
    this.#current = current
    await this.#others.changed()
  }

  #use(list: readonly ApplicationGroup[]): void {
    this.#list = list
    this.#current = applicationGroupsOf(list)
  }
}

function refuseTaken(list: readonly ApplicationGroup[]): void {
  const clients = list.flatMap((group) => [...group.nativeApplications, ...group.serverApplications])
  const identifiers = list.flatMap(({ webApis }) => webApis.flatMap((api) => api.identifiers))
  for (const names of [clients.map(({ clientId }) => clientId), identifiers]) {
    const seen = new Set<string>()
    for (const name of names.map((each) => each.toLowerCase())) {
      if (seen.has(name)) throw new RangeError(`"${name}" is taken`)
      seen.add(name)
    }
  }
}
