import type { Kysely } from 'kysely'
import type { Person } from '../people/people.ts'
import type { RegisteredMethod } from './methods.ts'
import type { MfaTables } from './mfa-tables.ts'

export interface TextMessage {
  readonly phoneNumber: string
  readonly text: string
  readonly code: string
  readonly receivedAt: string
}

const keptMilliseconds = 24 * 60 * 60_000

interface Outgoing {
  readonly id: string
  readonly person: Pick<Person, 'objectId'>
  readonly method: RegisteredMethod
  readonly code: string
  readonly sender: string
  readonly now: Date
  /** When it gets there. */
  readonly arrives?: Date
}

export async function sendTextMessage(db: Kysely<MfaTables>, message: Outgoing): Promise<void> {
  await db
    .deleteFrom('text_message')
    .where('received_at', '<', message.now.getTime() - keptMilliseconds)
    .execute()
  await db
    .insertInto('text_message')
    .values({
      id: message.id,
      object_id: message.person.objectId,
      phone_number: message.method.phoneNumber ?? '',
      text: `Use verification code ${message.code} for ${message.sender} authentication.`,
      code: message.code,
      received_at: (message.arrives ?? message.now).getTime(),
    })
    .execute()
}

/** Newest first. */
export async function textMessagesOf(
  db: Kysely<MfaTables>,
  objectId: string,
  now: Date,
): Promise<readonly TextMessage[]> {
  const rows = await db
    .selectFrom('text_message')
    .selectAll()
    .where('object_id', '=', objectId)
    .where('received_at', '<=', now.getTime())
    .orderBy('received_at', 'desc')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    phoneNumber: row.phone_number,
    text: row.text,
    code: row.code,
    receivedAt: new Date(row.received_at).toISOString(),
  }))
}
