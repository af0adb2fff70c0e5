import type { Kysely } from 'kysely'
import { entraObjectIdOf } from '#shared/scenario/identifiers.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import { cloudAnchor } from '../people/anchors.ts'
import type { PeopleTables } from '../people/people-tables.ts'
import { type Change, saysTheSame } from './counts.ts'
import { ProvisioningError } from './provisioning-error.ts'
import type { SynchronizationParts } from './synchronize.ts'
import type { SyncedUser } from './synchronize-schema.ts'

type Person = PeopleTables['person']

/** Adds and changes accounts; a cloud-only account of the same name becomes the synchronized one (soft match). */
export async function synchronizeUsers(
  db: Kysely<PeopleTables>,
  users: readonly SyncedUser[],
  { scenario, passwordChanged }: Pick<SynchronizationParts<PeopleTables>, 'scenario' | 'passwordChanged'>,
): Promise<Change[]> {
  const planned: Plan[] = []
  for (const user of users) planned.push(await planFor(db, user, scenario))
  for (const { existing, columns } of planned) await giveUpName(db, existing, columns)
  const changes: Change[] = []
  for (const plan of planned) {
    changes.push(await carryOut(db, plan, scenario.tenant.id))
    if (plan.existing && hasNewPassword(plan)) await passwordChanged?.(plan.existing.object_id)
  }
  return changes
}

/** A first password ends nothing. */
function hasNewPassword({ existing, columns }: Plan): boolean {
  const { password_hash: next } = columns
  return (
    existing !== undefined && existing.password_hash !== null && next !== undefined && next !== existing.password_hash
  )
}

interface Plan {
  readonly anchor: string
  readonly existing: Person | undefined
  readonly columns: Omit<Person, 'object_id' | 'password_hash'> & Partial<Pick<Person, 'password_hash'>>
}

async function planFor(db: Kysely<PeopleTables>, user: SyncedUser, scenario: Scenario): Promise<Plan> {
  const columns = columnsOf(user, cloudNameOf(user.userPrincipalName, scenario))
  const people = db.selectFrom('person').selectAll()
  const existing =
    (await people.where('immutable_id', '=', user.sourceAnchor).executeTakeFirst()) ??
    (await people
      .where('user_principal_name_key', '=', columns.user_principal_name_key)
      .where('source', '=', 'cloud')
      .executeTakeFirst())
  return { anchor: user.sourceAnchor, existing, columns }
}

/** Two accounts of one export may swap names, so each gives up its old one before any takes a new one. */
async function giveUpName(
  db: Kysely<PeopleTables>,
  existing: Person | undefined,
  columns: Plan['columns'],
): Promise<void> {
  if (!existing || existing.user_principal_name_key === columns.user_principal_name_key) return
  await db
    .updateTable('person')
    .set({ user_principal_name_key: existing.object_id })
    .where('object_id', '=', existing.object_id)
    .execute()
}

async function carryOut(db: Kysely<PeopleTables>, plan: Plan, tenantId: string): Promise<Change> {
  const { existing, columns } = plan
  if (existing && saysTheSame({ ...existing }, columns)) return 'unchanged'
  await refuseTakenName(db, plan)
  if (existing) {
    if (existing.immutable_id === null) await keepMemberships(db, existing.object_id, plan.anchor)
    await db.updateTable('person').set(columns).where('object_id', '=', existing.object_id).execute()
    return 'updated'
  }
  const object_id = entraObjectIdOf(tenantId, plan.anchor)
  await db
    .insertInto('person')
    .values({ password_hash: null, ...columns, object_id })
    .execute()
  return 'added'
}

/** Of a cloud-only account that becomes the synchronized one: groups know their members by anchor. */
async function keepMemberships(db: Kysely<PeopleTables>, objectId: string, anchor: string): Promise<void> {
  const mine = db.updateTable('group_member').where('member_anchor', '=', cloudAnchor(objectId))
  await mine.set({ member_anchor: anchor }).execute()
}

async function refuseTakenName(db: Kysely<PeopleTables>, { existing, columns }: Plan): Promise<void> {
  const holder = await db
    .selectFrom('person')
    .select(['object_id', 'user_principal_name'])
    .where('user_principal_name_key', '=', columns.user_principal_name_key)
    .executeTakeFirst()
  if (!holder || holder.object_id === existing?.object_id) return
  const name = holder.user_principal_name
  throw new ProvisioningError('attributeConflict', `${name} is the name of another account, ${holder.object_id}`)
}

function columnsOf(user: SyncedUser, userPrincipalName: string): Plan['columns'] {
  return {
    user_principal_name: userPrincipalName,
    user_principal_name_key: userPrincipalName.toLowerCase(),
    display_name: user.displayName,
    given_name: user.givenName ?? null,
    surname: user.surname ?? null,
    mail: user.mail ?? null,
    job_title: user.jobTitle ?? null,
    department: user.department ?? null,
    mobile_phone: user.mobilePhone ?? null,
    account_enabled: Number(user.accountEnabled),
    source: 'synchronized',
    immutable_id: user.sourceAnchor,
    sid: user.onPremisesSecurityIdentifier,
    sam_account_name: user.onPremisesSamAccountName,
    must_change_password: Number(user.forceChangePassword),
    ...(user.passwordHash === undefined ? {} : { password_hash: user.passwordHash }),
  }
}

/** A suffix that the tenant has not verified becomes its initial domain ("Microsoft Entra UserPrincipalName population"). */
function cloudNameOf(userPrincipalName: string, scenario: Scenario): string {
  const [local, suffix = ''] = userPrincipalName.split('@')
  const isVerified = scenario.domains.some((domain) => domain.name === suffix.toLowerCase())
  return isVerified ? userPrincipalName : `${local}@${scenario.tenant.initialDomain}`
}
