import { hash } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Random } from '#shared/random.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import { prepared } from '#shared/store/prepared.ts'
import type { Migration, Store } from '#shared/store/store.ts'
import { firstPartyCatalogue, graphId } from './first-party.ts'
import { resourceFinder } from './permission-ids.ts'
import { servicePrincipalIdOf } from './scenario-applications.ts'

/** [Graph] oAuth2PermissionGrant: what people, or an administrator for everybody, let a client have of an API. */
export interface PermissionGrant {
  readonly id: string
  /** Service principals of the client and of the API. */
  readonly clientId: string
  readonly resourceId: string
  readonly consentType: 'AllPrincipals' | 'Principal'
  readonly principalId: string | null
  /** Short names. */
  readonly scopes: readonly string[]
}

export interface PermissionGrantTables {
  permission_grant: {
    id: string
    client_id: string
    resource_id: string
    /** Empty for everybody, so that a key can hold it. */
    principal_id: string
    /** Short names, separated by spaces. */
    scope: string
  }
}

export const permissionGrantMigration: Migration = {
  name: 'permission-grants',
  async up({ schema }) {
    await schema
      .createTable('permission_grant')
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('client_id', 'text', (column) => column.notNull())
      .addColumn('resource_id', 'text', (column) => column.notNull())
      .addColumn('principal_id', 'text', (column) => column.notNull())
      .addColumn('scope', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('permission_grant_key', ['client_id', 'principal_id', 'resource_id'])
      .execute()
  },
}

export type NewGrant = Omit<PermissionGrant, 'id' | 'consentType'>

export interface PermissionGrantStore {
  /** What a person may let this client have without being asked: everybody's grants and their own. */
  of(clientId: string, principalId: string): Promise<readonly PermissionGrant[]>
  /** Adds to what is granted already. */
  add(grants: readonly NewGrant[]): Promise<void>
  list(): Promise<readonly PermissionGrant[]>
  byId(id: string): Promise<PermissionGrant | undefined>
  /** Undefined when there is a grant of this client, API and person already. */
  create(grant: NewGrant): Promise<PermissionGrant | undefined>
  replaceScopes(id: string, scopes: readonly string[]): Promise<boolean>
  remove(id: string): Promise<boolean>
}

export function createPermissionGrants<Schema extends PermissionGrantTables>(
  store: Store<Schema>,
  random: Random,
): PermissionGrantStore {
  const db = store.db as unknown as Kysely<PermissionGrantTables>
  const all = () => db.selectFrom('permission_grant').selectAll()
  const of = prepared(db, ({ clientId, principalId }: { readonly clientId: string; readonly principalId: string }) =>
    all().where('client_id', '=', clientId).where('principal_id', 'in', ['', principalId]),
  )
  return {
    of: async (clientId, principalId) => (await of({ clientId, principalId })).rows.map(toGrant),
    add: (grants) =>
      store.transaction(async () => {
        for (const grant of grants) await addScopes(db, grant, random.token(32))
      }),
    list: async () =>
      (await all().orderBy('client_id').orderBy('resource_id').orderBy('principal_id').execute()).map(toGrant),
    async byId(id) {
      const row = await all().where('id', '=', id).executeTakeFirst()
      return row && toGrant(row)
    },
    async create(grant) {
      const row = toRow(random.token(32), grant)
      const inserted = db
        .insertInto('permission_grant')
        .values(row)
        .onConflict((conflict) => conflict.columns(['client_id', 'principal_id', 'resource_id']).doNothing())
      const { numInsertedOrUpdatedRows } = await inserted.executeTakeFirst()
      return numInsertedOrUpdatedRows === 0n ? undefined : toGrant(row)
    },
    async replaceScopes(id, scopes) {
      const changed = db
        .updateTable('permission_grant')
        .set({ scope: scopes.join(' ') })
        .where('id', '=', id)
      return (await changed.executeTakeFirst()).numUpdatedRows > 0n
    },
    async remove(id) {
      const removed = db.deleteFrom('permission_grant').where('id', '=', id)
      return (await removed.executeTakeFirst()).numDeletedRows > 0n
    },
  }
}

async function addScopes(db: Kysely<PermissionGrantTables>, grant: NewGrant, id: string): Promise<void> {
  const row = toRow(id, grant)
  const { client_id, resource_id, principal_id } = row
  const mine = db
    .selectFrom('permission_grant')
    .select(['id', 'scope'])
    .where('client_id', '=', client_id)
    .where('resource_id', '=', resource_id)
    .where('principal_id', '=', principal_id)
  const known = await mine.executeTakeFirst()
  if (!known) {
    await db.insertInto('permission_grant').values(row).execute()
    return
  }
  const scope = [...new Set([...known.scope.split(' '), ...grant.scopes])].join(' ').trim()
  await db.updateTable('permission_grant').set({ scope }).where('id', '=', known.id).execute()
}

function toRow(id: string, grant: NewGrant): PermissionGrantTables['permission_grant'] {
  const { clientId, resourceId, principalId, scopes } = grant
  return { id, client_id: clientId, resource_id: resourceId, principal_id: principalId ?? '', scope: scopes.join(' ') }
}

function toGrant(row: PermissionGrantTables['permission_grant']): PermissionGrant {
  return {
    id: row.id,
    clientId: row.client_id,
    resourceId: row.resource_id,
    consentType: row.principal_id === '' ? 'AllPrincipals' : 'Principal',
    principalId: row.principal_id === '' ? null : row.principal_id,
    scopes: row.scope.split(' ').filter(Boolean),
  }
}

const openidNames = ['openid', 'profile', 'email', 'offline_access']

/** What the scenario says an administrator consented to for everybody. */
export function grantsOf({ tenant, entra, organization }: Scenario): readonly PermissionGrant[] {
  const find = resourceFinder(firstPartyCatalogue(organization.hosts), entra.applications)
  return entra.applications
    .filter(({ adminConsented }) => adminConsented)
    .flatMap(({ appId, requiredScopes }) => {
      const wanted = [...requiredScopes.map(find), ...openidNames.map((name) => ({ appId: graphId, name }))]
      return [...Map.groupBy(wanted, (permission) => permission.appId)].map(([resourceAppId, permissions]) => ({
        id: hash('sha256', `${appId} ${resourceAppId}`, 'base64url'),
        clientId: servicePrincipalIdOf(tenant.id, appId),
        resourceId: servicePrincipalIdOf(tenant.id, resourceAppId),
        consentType: 'AllPrincipals' as const,
        principalId: null,
        scopes: [...new Set(permissions.map(({ name }) => name))],
      }))
    })
}

export async function seedGrants<Tables extends PermissionGrantTables>(
  tables: Kysely<Tables>,
  grants: readonly PermissionGrant[],
): Promise<void> {
  const db = tables as unknown as Kysely<PermissionGrantTables>
  const rows = grants.map((grant) => toRow(grant.id, grant))
  if (rows.length > 0) await db.insertInto('permission_grant').values(rows).execute()
}
