import type { Kysely } from 'kysely'
import type { ClaimsProvider, CustomAccessControlPolicy, RelyingParty, Scenario } from '#shared/scenario/world.ts'
import type { Migration, Store } from '#shared/store/store.ts'
import type { WebTheme } from '../pages/theme-picture.ts'

/** What administrators change while the service runs. */
export interface StoredConfiguration {
  readonly relyingParties: readonly RelyingParty[]
  readonly claimsProviders: readonly ClaimsProvider[]
  readonly accessControlPolicies: readonly CustomAccessControlPolicy[]
  readonly settings: FarmSettings
}

/** Settings of the whole farm that rules and pages read. */
export interface FarmSettings {
  readonly additionalAuthenticationRules: string
  /** Undefined while every claim of Active Directory counts. */
  readonly activeDirectoryAcceptanceTransformRules?: string | undefined
  readonly webContent: WebContent
  /** Set-AdfsWebTheme: pictures. */
  readonly webTheme?: WebTheme | undefined
}

/** Set-AdfsGlobalWebContent: texts of the pages. */
export type WebContent = Scenario['adfs']['webContent']

export interface ConfigurationTables {
  configuration_object: { kind: string; id: string; position: number; settings: string }
}

export const configurationMigration: Migration = {
  name: 'configuration',
  async up({ schema }) {
    await schema
      .createTable('configuration_object')
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('position', 'integer', (column) => column.notNull())
      .addColumn('settings', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('configuration_object_key', ['kind', 'id'])
      .execute()
  },
}

const kinds = {
  relyingParties: ({ objectIdentifier }: RelyingParty) => objectIdentifier.toLowerCase(),
  claimsProviders: ({ objectIdentifier }: ClaimsProvider) => objectIdentifier.toLowerCase(),
  accessControlPolicies: ({ name }: CustomAccessControlPolicy) => name,
} as const

type Kind = keyof typeof kinds

/** What the scenario says, for a store that is new. */
export function configurationOf({ adfs }: Scenario): StoredConfiguration {
  return {
    relyingParties: adfs.relyingParties,
    claimsProviders: adfs.claimsProviders,
    accessControlPolicies: adfs.accessControlPolicies,
    settings: {
      additionalAuthenticationRules: adfs.globalAdditionalAuthentication.rules,
      activeDirectoryAcceptanceTransformRules: adfs.activeDirectoryAcceptanceTransformRules,
      webContent: adfs.webContent,
    },
  }
}

/** Replaces everything, in one transaction: a trust and what it refers to never part. */
export async function writeConfiguration<Schema extends ConfigurationTables>(
  store: Pick<Store<Schema>, 'transaction'>,
  configuration: StoredConfiguration,
): Promise<void> {
  await store.transaction(async (db) => {
    const own = db as unknown as Kysely<ConfigurationTables>
    await own.deleteFrom('configuration_object').execute()
    await insertConfiguration(own, configuration)
  })
}

export async function insertConfiguration(
  db: Kysely<ConfigurationTables>,
  configuration: StoredConfiguration,
): Promise<void> {
  await db.insertInto('configuration_object').values(rowsOf(configuration)).execute()
}

function rowsOf(configuration: StoredConfiguration) {
  const list = <K extends Kind>(kind: K) =>
    configuration[kind].map((item, position) => {
      const id = (kinds[kind] as (each: unknown) => string)(item)
      return { kind, id, position, settings: JSON.stringify(item) }
    })
  const settings = { kind: 'settings', id: '', position: 0, settings: JSON.stringify(configuration.settings) }
  return [...list('relyingParties'), ...list('claimsProviders'), ...list('accessControlPolicies'), settings]
}

export async function readConfiguration<Schema extends ConfigurationTables>(
  store: Pick<Store<Schema>, 'db'>,
): Promise<StoredConfiguration> {
  const db = store.db as unknown as Kysely<ConfigurationTables>
  const rows = await db.selectFrom('configuration_object').selectAll().orderBy('position').execute()
  const of = <T>(kind: string) => rows.filter((row) => row.kind === kind).map((row) => JSON.parse(row.settings) as T)
  const [settings = { additionalAuthenticationRules: '', webContent: {} }] = of<FarmSettings>('settings')
  return {
    relyingParties: of('relyingParties'),
    claimsProviders: of('claimsProviders'),
    accessControlPolicies: of('accessControlPolicies'),
    settings,
  }
}
