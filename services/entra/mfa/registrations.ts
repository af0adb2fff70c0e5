import type { Kysely } from 'kysely'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { Store } from '#shared/store/store.ts'
import { useStep } from './code-check.ts'
import { authMethodIdOf, type MethodRegistry, maskedNumber, type RegisteredMethod } from './methods.ts'
import { allowedTries } from './mfa-sessions.ts'
import type { MfaTables, PhoneType } from './mfa-tables.ts'
import { newSecret } from './verification-code.ts'

/** A method that somebody is registering, until it is tried. */
export interface Registration {
  readonly id: string
  readonly objectId: string
  readonly type: 'push' | 'totp' | 'sms' | 'voice'
  /** The phone has taken it over (a notification needs that before it can be tried). */
  readonly isScanned: boolean
  readonly deviceName?: string | undefined
  /** Of the Authenticator app; what its QR code holds. */
  readonly activationCode?: string | undefined
  /** Base32, of a verification code. */
  readonly secret?: string | undefined
  readonly phoneNumber?: string | undefined
  readonly phoneType?: PhoneType | undefined
  readonly createdAt: Date
  readonly expiresAt: Date
}

export type NewRegistration =
  | { readonly type: 'push' | 'totp' }
  | { readonly type: 'sms' | 'voice'; readonly phoneNumber: string; readonly phoneType: PhoneType }

export interface Scan {
  /** The newest that waits when left out. */
  readonly activationCode?: string | undefined
  readonly deviceName?: string | undefined
}

export type ScanOutcome =
  | { readonly outcome: 'scanned'; readonly registration: Registration }
  | { readonly outcome: 'nothingWaits' }
  | { readonly outcome: 'wrongCode' }

export type FirstCode = 'Success' | 'WrongCode' | 'CodeAlreadyUsed' | 'TooManyAttempts'

export interface MethodRegistrations {
  begin(objectId: string, wanted: NewRegistration): Promise<Registration>
  /** Undefined once it is over, or when it is somebody else's. */
  find(objectId: string, id: string): Promise<Registration | undefined>
  /** What an authenticator app could scan now, newest first. */
  waitingFor(objectId: string): Promise<readonly Registration[]>
  scan(objectId: string, scan: Scan): Promise<ScanOutcome>
  /** Tries the first code of an authenticator app. */
  tryCode(registration: Registration, code: string): Promise<FirstCode>
  /** It proved to work: from now on it is a method. */
  complete(registration: Registration): Promise<RegisteredMethod>
  /** Since when the registration policy asks somebody; from now on if it never did. */
  askedSince(objectId: string): Promise<Date>
}

export interface RegistrationParts<Schema extends MfaTables> {
  readonly store: Store<Schema>
  readonly registry: MethodRegistry
  readonly clock: Clock
  readonly random: Random
}

type Row = MfaTables['mfa_registration']

const lifetimeMilliseconds = 10 * 60_000

export function createRegistrations<Schema extends MfaTables>(parts: RegistrationParts<Schema>): MethodRegistrations {
  const { store, registry, clock } = parts
  const db = store.db as unknown as Kysely<MfaTables>
  const waiting = (objectId: string) => openRows(db, objectId, clock.now())
  return {
    async begin(objectId, wanted) {
      const now = clock.now()
      await db.deleteFrom('mfa_registration').where('expires_at', '<=', now.getTime()).execute()
      const row = await newRow(parts, objectId, wanted)
      await db.insertInto('mfa_registration').values(row).execute()
      return toRegistration(row)
    },
    async find(objectId, id) {
      const row = (await waiting(objectId)).find((each) => each.id === id)
      return row && toRegistration(row)
    },
    waitingFor: async (objectId) => (await waiting(objectId)).filter(canBeScanned).map(toRegistration),
    scan: (objectId, scan) => store.transaction(async () => scanOne(db, await waiting(objectId), scan)),
    tryCode: (registration, code) => store.transaction(() => tryFirstCode(db, registration, code, clock.now())),
    complete: (registration) =>
      store.transaction(async () => {
        await db.deleteFrom('mfa_registration').where('id', '=', registration.id).execute()
        const { id, objectId, type, deviceName, phoneNumber, secret } = registration
        const phoneType = type === 'voice' ? registration.phoneType : undefined
        return registry.add(objectId, { id, type, deviceName, phoneNumber, phoneType, secret })
      }),
    async askedSince(objectId) {
      const asked = { object_id: objectId, asked_at: clock.now().getTime() }
      const first = db.insertInto('mfa_registration_asked').values(asked)
      await first.onConflict((conflict) => conflict.column('object_id').doNothing()).execute()
      const of = db.selectFrom('mfa_registration_asked').select('asked_at').where('object_id', '=', objectId)
      return new Date(Number((await of.executeTakeFirstOrThrow()).asked_at))
    },
  }
}

/** What is being registered, as a method: to be tried. */
export function draftOf(registration: Registration): RegisteredMethod {
  const { id, type, deviceName, phoneNumber } = registration
  const phoneType = type === 'voice' ? registration.phoneType : undefined
  const display = phoneNumber === undefined ? (deviceName ?? '') : maskedNumber(phoneNumber)
  const authMethodId = authMethodIdOf({ type, phoneType })
  return { id, type, authMethodId, display, isDefault: false, deviceName, phoneNumber, phoneType, numberMatching: true }
}

async function newRow<Schema extends MfaTables>(
  { clock, random }: RegistrationParts<Schema>,
  objectId: string,
  wanted: NewRegistration,
): Promise<Row> {
  const phone = wanted.type === 'sms' || wanted.type === 'voice' ? wanted : undefined
  const now = clock.now().getTime()
  return {
    id: random.uuid(),
    object_id: objectId,
    type: wanted.type,
    is_scanned: 0,
    device_name: null,
    activation_code: wanted.type === 'push' ? String(random.integer(100_000_000, 1_000_000_000)) : null,
    secret: wanted.type === 'totp' ? await newSecret(random) : null,
    phone_number: phone?.phoneNumber ?? null,
    phone_type: phone?.phoneType ?? null,
    wrong_tries: 0,
    created_at: now,
    expires_at: now + lifetimeMilliseconds,
  }
}

function openRows(db: Kysely<MfaTables>, objectId: string, now: Date): Promise<Row[]> {
  return db
    .selectFrom('mfa_registration')
    .selectAll()
    .where('object_id', '=', objectId)
    .where('expires_at', '>', now.getTime())
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
}

function canBeScanned({ type, is_scanned: isScanned }: Row): boolean {
  return isScanned === 0 && (type === 'push' || type === 'totp')
}

async function scanOne(db: Kysely<MfaTables>, rows: readonly Row[], scan: Scan): Promise<ScanOutcome> {
  const waiting = rows.filter(canBeScanned)
  const code = scan.activationCode?.replaceAll(/\s/g, '')
  const row = code === undefined ? waiting[0] : waiting.find((each) => each.activation_code === code)
  if (!row) return { outcome: waiting.length > 0 ? 'wrongCode' : 'nothingWaits' }
  const scanned = { is_scanned: 1, device_name: scan.deviceName ?? 'Phone' }
  await db.updateTable('mfa_registration').set(scanned).where('id', '=', row.id).execute()
  return { outcome: 'scanned', registration: toRegistration({ ...row, ...scanned }) }
}

async function tryFirstCode(
  db: Kysely<MfaTables>,
  { id, secret = '' }: Registration,
  code: string,
  now: Date,
): Promise<FirstCode> {
  const result = await useStep(db, { methodId: id, secret }, { code: code.replaceAll(/\s/g, ''), now })
  if (result === 'Success') return result
  const { wrong_tries: tries } = await db
    .updateTable('mfa_registration')
    .set((row) => ({ wrong_tries: row('wrong_tries', '+', 1) }))
    .where('id', '=', id)
    .returning('wrong_tries')
    .executeTakeFirstOrThrow()
  if (tries < allowedTries) return result
  await db.deleteFrom('mfa_registration').where('id', '=', id).execute()
  return 'TooManyAttempts'
}

function toRegistration(row: Row): Registration {
  return {
    id: row.id,
    objectId: row.object_id,
    type: row.type,
    isScanned: row.is_scanned === 1,
    deviceName: row.device_name ?? undefined,
    activationCode: row.activation_code ?? undefined,
    secret: row.secret ?? undefined,
    phoneNumber: row.phone_number ?? undefined,
    phoneType: row.phone_type ?? undefined,
    createdAt: new Date(Number(row.created_at)),
    expiresAt: new Date(Number(row.expires_at)),
  }
}
