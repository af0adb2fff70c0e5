import type { Kysely } from 'kysely'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import { preparedFor } from '#shared/store/prepared.ts'
import type { Store } from '#shared/store/store.ts'
import type { MethodType, MfaTables, PhoneType } from './mfa-tables.ts'

/** How the sign-in page and its programs call a method. */
export type AuthMethodId =
  | 'PhoneAppNotification'
  | 'PhoneAppOTP'
  | 'OneWaySMS'
  | 'TwoWayVoiceMobile'
  | 'TwoWayVoiceAlternateMobile'
  | 'TwoWayVoiceOffice'
  | 'FidoKey'
  | 'AccessPass'

/** A method of multifactor authentication that somebody can use: registered, or a Temporary Access Pass. */
export interface RegisteredMethod {
  readonly id: string
  readonly type: MethodType | 'accessPass'
  readonly authMethodId: AuthMethodId
  /** What sign-in pages show: a masked phone number, the name of the device. */
  readonly display: string
  readonly isDefault: boolean
  /** Of an authenticator app or a passkey. */
  readonly deviceName?: string | undefined
  readonly numberMatching?: boolean | undefined
  readonly phoneNumber?: string | undefined
  readonly phoneType?: PhoneType | undefined
  /** Base32. */
  readonly secret?: string | undefined
  /** Undefined for what the scenario registered. */
  readonly createdAt?: Date | undefined
}

export type NewMethod = Pick<RegisteredMethod, 'deviceName' | 'phoneNumber' | 'phoneType' | 'secret'> & {
  readonly id?: string | undefined
  readonly type: MethodType
}

export interface MethodRegistry {
  /** The default method first. */
  methodsOf(objectId: string): Promise<readonly RegisteredMethod[]>
  /** Somebody's first method becomes the default; a phone number takes the place of the same phone's older one. */
  add(objectId: string, method: NewMethod): Promise<RegisteredMethod>
  /** False when this person has no such method. */
  remove(objectId: string, methodId: string): Promise<boolean>
  makeDefault(objectId: string, methodId: string): Promise<boolean>
}

export interface MethodParts<Schema extends MfaTables> {
  readonly store: Store<Schema>
  readonly clock: Clock
  readonly random: Random
}

export function createMethodRegistry<Schema extends MfaTables>(parts: MethodParts<Schema>): MethodRegistry {
  const { store } = parts
  const db = store.db as unknown as Kysely<MfaTables>
  return {
    methodsOf: async (objectId) => (await rowsOf(db, objectId)).map(toMethod),
    add: (objectId, method) =>
      store.transaction(async () => {
        await removeSamePhone(db, objectId, method)
        const others = await rowsOf(db, objectId)
        const row = rowOf(parts, objectId, method, others)
        await db.insertInto('mfa_method').values(row).execute()
        return toMethod(row)
      }),
    remove: (objectId, methodId) =>
      store.transaction(async () => {
        const mine = db.deleteFrom('mfa_method').where('id', '=', methodId).where('object_id', '=', objectId)
        const removed = (await mine.returning('is_default').execute())[0]
        const [next] = await rowsOf(db, objectId)
        if (removed?.is_default === 1 && next) await markDefault(db, objectId, next.id)
        return removed !== undefined
      }),
    makeDefault: (objectId, methodId) =>
      store.transaction(async () => {
        const known = (await rowsOf(db, objectId)).some(({ id }) => id === methodId)
        if (known) await markDefault(db, objectId, methodId)
        return known
      }),
  }
}

function rowsOf(db: Kysely<MfaTables>, objectId: string) {
  return methodRows(db, { objectId })
}

const methodRows = preparedFor((db: Kysely<MfaTables>, { objectId }: { readonly objectId: string }) =>
  db
    .selectFrom('mfa_method')
    .selectAll()
    .where('object_id', '=', objectId)
    .orderBy('is_default', 'desc')
    .orderBy('position'),
)

/** "Phone options": one number for each kind of phone. */
async function removeSamePhone(db: Kysely<MfaTables>, objectId: string, { type, phoneType }: NewMethod): Promise<void> {
  if (type !== 'sms' && type !== 'voice') return
  const same = db.deleteFrom('mfa_method').where('object_id', '=', objectId).where('type', '=', type)
  await (type === 'sms' ? same : same.where('phone_type', '=', phoneType ?? 'mobile')).execute()
}

function rowOf<Schema extends MfaTables>(
  { clock, random }: MethodParts<Schema>,
  objectId: string,
  method: NewMethod,
  others: readonly MfaTables['mfa_method'][],
): MfaTables['mfa_method'] {
  return {
    id: method.id ?? random.uuid(),
    object_id: objectId,
    type: method.type,
    position: Math.max(-1, ...others.map(({ position }) => position)) + 1,
    is_default: Number(others.length === 0),
    device_name: method.deviceName ?? null,
    number_matching: method.type === 'push' ? 1 : null,
    phone_number: method.phoneNumber ?? null,
    phone_type: method.phoneType ?? null,
    secret: method.secret ?? null,
    created_at: clock.now().getTime(),
  }
}

async function markDefault(db: Kysely<MfaTables>, objectId: string, methodId: string): Promise<void> {
  await db.updateTable('mfa_method').set({ is_default: 0 }).where('object_id', '=', objectId).execute()
  await db.updateTable('mfa_method').set({ is_default: 1 }).where('id', '=', methodId).execute()
}

const voiceIds = {
  mobile: 'TwoWayVoiceMobile',
  alternateMobile: 'TwoWayVoiceAlternateMobile',
  office: 'TwoWayVoiceOffice',
} as const

const otherIds = {
  push: 'PhoneAppNotification',
  totp: 'PhoneAppOTP',
  sms: 'OneWaySMS',
  fido2: 'FidoKey',
  accessPass: 'AccessPass',
} as const

export function authMethodIdOf({ type, phoneType }: Pick<RegisteredMethod, 'type' | 'phoneType'>): AuthMethodId {
  return type === 'voice' ? voiceIds[phoneType ?? 'mobile'] : otherIds[type]
}

function toMethod(row: MfaTables['mfa_method']): RegisteredMethod {
  const phoneType = row.phone_type ?? undefined
  return {
    id: row.id,
    type: row.type,
    authMethodId: authMethodIdOf({ type: row.type, phoneType }),
    display: displayOf(row),
    isDefault: row.is_default === 1,
    deviceName: row.device_name ?? undefined,
    numberMatching: row.number_matching === null ? undefined : row.number_matching === 1,
    phoneNumber: row.phone_number ?? undefined,
    phoneType,
    secret: row.secret ?? undefined,
    createdAt: row.created_at === null ? undefined : new Date(row.created_at),
  }
}

function displayOf(row: MfaTables['mfa_method']): string {
  if (row.type === 'push' || row.type === 'fido2') return row.device_name ?? ''
  return row.type === 'totp' ? 'Authenticator app' : maskedNumber(row.phone_number ?? '')
}

/** `+1 XXXXXXXX42`, as arrUserProofs shows it. */
export function maskedNumber(phoneNumber: string): string {
  const [, country = '', digits = ''] = /^(\+\d{1,3}) ?([\d ]*)$/.exec(phoneNumber) ?? []
  const subscriber = digits.replaceAll(' ', '')
  return `${country} ${'X'.repeat(Math.max(subscriber.length - 2, 0))}${subscriber.slice(-2)}`
}
