import type { Kysely } from 'kysely'
import { prepared } from '#shared/store/prepared.ts'
import type { AuthenticationPolicyRow, OrganizationTables } from './organization-tables.ts'

/*
 * What administrators set: authentication policies, settings of the organization and of single recipients.
 * Owns keeping them; which names and values there are, the cmdlets know, and what they do, the protocols.
 */
export interface OrganizationStore {
  listPolicies(): Promise<readonly AuthenticationPolicy[]>
  /** By name in any case, by id, or by the distinguished name. */
  findPolicy(identity: string): Promise<AuthenticationPolicy | undefined>
  /** Adds the policy or replaces the one of the same id. */
  keepPolicy(policy: AuthenticationPolicy): Promise<void>
  removePolicy(id: string): Promise<void>
  settings(): Promise<Settings>
  /** `null` takes a setting away. */
  changeSettings(changes: Settings): Promise<void>
  recipientSettings(objectGuid: string): Promise<Settings>
  changeRecipientSettings(objectGuid: string, changes: Settings): Promise<void>
  /** The recipients for which a setting has this value. */
  recipientsWith(name: string, value: SettingValue): Promise<readonly string[]>
}

export type SettingValue = string | number | boolean | null | readonly string[]
export type Settings = Readonly<Record<string, SettingValue>>

export interface AuthenticationPolicy {
  readonly id: string
  readonly name: string
  /** By parameter, such as `AllowBasicAuthActiveSync`. */
  readonly switches: Readonly<Record<string, boolean>>
  readonly createdAt: Date
  readonly changedAt: Date
}

export function relationalOrganizationStore<Schema extends OrganizationTables>(
  schemaDb: Kysely<Schema>,
): OrganizationStore {
  const db = schemaDb as unknown as Kysely<OrganizationTables>
  return { ...policyRows(db), ...organizationRows(db), ...recipientRows(db) }
}

function policyRows(db: Kysely<OrganizationTables>) {
  return {
    listPolicies: async () => {
      const rows = await db.selectFrom('authentication_policy').selectAll().orderBy('name').execute()
      return rows.map(policyOf)
    },
    findPolicy: async (identity: string) => {
      const key = (/^CN=((?:[^,\\]|\\.)+),/i.exec(identity)?.[1] ?? identity).replaceAll('\\', '').toLowerCase()
      const row = await db
        .selectFrom('authentication_policy')
        .selectAll()
        .where((where) => where.or([where('key', '=', key), where('id', '=', key)]))
        .executeTakeFirst()
      return row && policyOf(row)
    },
    keepPolicy: async (policy: AuthenticationPolicy) => {
      const row = rowOf(policy)
      await db
        .insertInto('authentication_policy')
        .values(row)
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .execute()
    },
    removePolicy: async (id: string) => {
      await db.deleteFrom('authentication_policy').where('id', '=', id).execute()
    },
  }
}

function organizationRows(db: Kysely<OrganizationTables>) {
  const all = prepared(db, () => db.selectFrom('organization_setting').selectAll())
  return {
    settings: async () => settingsOf((await all({})).rows),
    changeSettings: async (changes: Settings) => {
      for (const [name, value] of Object.entries(changes)) {
        await db.deleteFrom('organization_setting').where('name', '=', name).execute()
        if (value !== null)
          await db
            .insertInto('organization_setting')
            .values({ name, value: JSON.stringify(value) })
            .execute()
      }
    },
  }
}

function recipientRows(db: Kysely<OrganizationTables>) {
  const ofRecipient = prepared(db, ({ objectGuid }: { readonly objectGuid: string }) =>
    db.selectFrom('recipient_setting').selectAll().where('object_guid', '=', objectGuid),
  )
  return {
    recipientSettings: async (objectGuid: string) => settingsOf((await ofRecipient({ objectGuid })).rows),
    changeRecipientSettings: async (objectGuid: string, changes: Settings) => {
      for (const [name, value] of Object.entries(changes)) {
        await db
          .deleteFrom('recipient_setting')
          .where('object_guid', '=', objectGuid)
          .where('name', '=', name)
          .execute()
        if (value === null) continue
        const row = { object_guid: objectGuid, name, value: JSON.stringify(value) }
        await db.insertInto('recipient_setting').values(row).execute()
      }
    },
    recipientsWith: async (name: string, value: SettingValue) => {
      const rows = await db
        .selectFrom('recipient_setting')
        .select('object_guid')
        .where('name', '=', name)
        .where('value', '=', JSON.stringify(value))
        .execute()
      return rows.map((row) => row.object_guid)
    },
  }
}

function settingsOf(rows: readonly { readonly name: string; readonly value: string }[]): Settings {
  return Object.fromEntries(rows.map(({ name, value }) => [name, JSON.parse(value) as SettingValue]))
}

function policyOf(row: AuthenticationPolicyRow): AuthenticationPolicy {
  return {
    id: row.id,
    name: row.name,
    switches: JSON.parse(row.switches) as Record<string, boolean>,
    createdAt: new Date(Number(row.created_at)),
    changedAt: new Date(Number(row.changed_at)),
  }
}

function rowOf({ id, name, switches, createdAt, changedAt }: AuthenticationPolicy): AuthenticationPolicyRow {
  return {
    id,
    name,
    key: name.toLowerCase(),
    switches: JSON.stringify(switches),
    created_at: createdAt.getTime(),
    changed_at: changedAt.getTime(),
  }
}
