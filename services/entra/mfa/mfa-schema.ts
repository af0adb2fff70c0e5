import type { Kysely } from 'kysely'
import { derivedGuid } from '#shared/scenario/identifiers.ts'
import type { MfaMethod, Scenario, User } from '#shared/scenario/world.ts'
import type { MigratedSchema, Migration } from '#shared/store/store.ts'
import type { MfaTables } from './mfa-tables.ts'

type Schema = Kysely<MigratedSchema>['schema']

export const mfaMigrations: readonly Migration[] = [
  {
    name: 'mfa-methods-and-sessions',
    async up({ schema }) {
      await createMethods(schema)
      await createSessions(schema)
    },
  },
  {
    name: 'mfa-calls-registrations-and-passes',
    async up({ schema }) {
      await addCalls(schema)
      await createRegistrations(schema)
      await createPasses(schema)
    },
  },
  { name: 'mfa-behaviour-of-calls-and-texts', up: ({ schema }) => addBehaviourOfCallsAndTexts(schema) },
]

/** The methods that people of the scenario have registered; they wait for accounts that synchronization brings. */
export async function seedMfaMethods<Tables extends MfaTables>(
  tables: Kysely<Tables>,
  scenario: Scenario,
): Promise<void> {
  const db = tables as unknown as Kysely<MfaTables>
  const rows = scenario.users.flatMap((user) => user.mfa.methods.map((method, at) => methodRow(user, method, at)))
  for (let from = 0; from < rows.length; from += 500) {
    await db
      .insertInto('mfa_method')
      .values(rows.slice(from, from + 500))
      .execute()
  }
}

function methodRow(user: User, method: MfaMethod, position: number): MfaTables['mfa_method'] {
  const first = user.mfa.methods.findIndex((each) => each.type === user.mfa.default)
  return {
    id: derivedGuid('mfaMethod', `${user.userPrincipalName} ${position}`),
    object_id: user.entraObjectId,
    type: method.type,
    position,
    is_default: Number(position === Math.max(first, 0)),
    device_name: method.type === 'push' ? method.deviceName : null,
    number_matching: method.type === 'push' ? Number(method.numberMatching) : null,
    phone_number: method.type === 'sms' || method.type === 'voice' ? method.phoneNumber : null,
    phone_type: method.type === 'voice' ? method.phoneType : null,
    secret: method.type === 'totp' ? method.secret : null,
    created_at: null,
  }
}

async function createMethods(schema: Schema): Promise<void> {
  await schema
    .createTable('mfa_method')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('object_id', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('is_default', 'integer', (column) => column.notNull())
    .addColumn('device_name', 'text')
    .addColumn('number_matching', 'integer')
    .addColumn('phone_number', 'text')
    .addColumn('secret', 'text')
    .execute()
  await schema.createIndex('mfa_method_person').on('mfa_method').column('object_id').execute()
  await schema
    .createTable('mfa_used_step')
    .addColumn('method_id', 'text', (column) => column.notNull())
    .addColumn('step', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('mfa_used_step_key', ['method_id', 'step'])
    .execute()
}

async function createSessions(schema: Schema): Promise<void> {
  await schema
    .createTable('mfa_session')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('object_id', 'text', (column) => column.notNull())
    .addColumn('caller', 'text', (column) => column.notNull())
    .addColumn('method_id', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('application', 'text', (column) => column.notNull())
    .addColumn('address', 'text', (column) => column.notNull())
    .addColumn('expected', 'text')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('wrong_tries', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute()
  await schema.createIndex('mfa_session_person').on('mfa_session').columns(['object_id', 'type']).execute()
  await schema.createIndex('mfa_session_expiry').on('mfa_session').column('expires_at').execute()
  await schema
    .createTable('text_message')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('object_id', 'text', (column) => column.notNull())
    .addColumn('phone_number', 'text', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addColumn('code', 'text', (column) => column.notNull())
    .addColumn('received_at', 'bigint', (column) => column.notNull())
    .execute()
  await schema.createIndex('text_message_person').on('text_message').columns(['object_id', 'received_at']).execute()
}

/** One column a statement: SQLite adds no more. */
async function addCalls(schema: Schema): Promise<void> {
  await schema.alterTable('mfa_method').addColumn('phone_type', 'text').execute()
  await schema.alterTable('mfa_method').addColumn('created_at', 'bigint').execute()
  await schema.alterTable('mfa_session').addColumn('phone_number', 'text').execute()
  await schema.alterTable('mfa_session').addColumn('answer', 'text').execute()
  await schema.alterTable('mfa_session').addColumn('answer_at', 'bigint').execute()
  await schema
    .createTable('phone_behaviour')
    .addColumn('object_id', 'text', (column) => column.primaryKey())
    .addColumn('push', 'text', (column) => column.notNull())
    .addColumn('after_seconds', 'integer', (column) => column.notNull())
    .execute()
}

async function addBehaviourOfCallsAndTexts(schema: Schema): Promise<void> {
  const word = (column: 'voice' | 'sms', usual: string) =>
    schema.alterTable('phone_behaviour').addColumn(column, 'text', (of) => of.notNull().defaultTo(usual))
  await word('voice', 'ask').execute()
  await word('sms', 'deliver').execute()
}

async function createRegistrations(schema: Schema): Promise<void> {
  await schema
    .createTable('mfa_registration')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('object_id', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('is_scanned', 'integer', (column) => column.notNull())
    .addColumn('device_name', 'text')
    .addColumn('activation_code', 'text')
    .addColumn('secret', 'text')
    .addColumn('phone_number', 'text')
    .addColumn('phone_type', 'text')
    .addColumn('wrong_tries', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute()
  await schema.createIndex('mfa_registration_person').on('mfa_registration').column('object_id').execute()
  await schema.createIndex('mfa_registration_expiry').on('mfa_registration').column('expires_at').execute()
  await schema
    .createTable('mfa_registration_asked')
    .addColumn('object_id', 'text', (column) => column.primaryKey())
    .addColumn('asked_at', 'bigint', (column) => column.notNull())
    .execute()
}

async function createPasses(schema: Schema): Promise<void> {
  await schema
    .createTable('temporary_access_pass')
    .addColumn('object_id', 'text', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('is_usable_once', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('starts_at', 'bigint', (column) => column.notNull())
    .addColumn('lifetime_minutes', 'integer', (column) => column.notNull())
    .addColumn('used_at', 'bigint')
    .addColumn('wrong_tries', 'integer', (column) => column.notNull())
    .addColumn('locked_until', 'bigint', (column) => column.notNull())
    .execute()
}
