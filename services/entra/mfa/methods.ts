import type { Kysely } from 'kysely'
import type { Store } from '#shared/store/store.ts'
import type { MfaTables } from './mfa-tables.ts'

export type AuthMethodId = 'PhoneAppNotification' | 'PhoneAppOTP' | 'OneWaySMS'

/** A registered method of multifactor authentication. */
export interface RegisteredMethod {
  readonly id: string
  readonly type: 'push' | 'totp' | 'sms'
  readonly authMethodId: AuthMethodId
  /** What sign-in pages show: a masked phone number, the name of the device. */
  readonly display: string
  readonly isDefault: boolean
  readonly deviceName?: string | undefined
  readonly numberMatching?: boolean | undefined
  readonly phoneNumber?: string | undefined
  /** Base32. */
  readonly secret?: string | undefined
}

export interface MethodRegistry {
  /** The default method first. */
  methodsOf(objectId: string): Promise<readonly RegisteredMethod[]>
}

export function createMethodRegistry<Schema extends MfaTables>(store: Store<Schema>): MethodRegistry {
  const db = store.db as unknown as Kysely<MfaTables>
  return {
    async methodsOf(objectId) {
      const rows = await db
        .selectFrom('mfa_method')
        .selectAll()
        .where('object_id', '=', objectId)
        .orderBy('is_default', 'desc')
        .orderBy('position')
        .execute()
      return rows.map(toMethod)
    },
  }
}

const authMethodIds = { push: 'PhoneAppNotification', totp: 'PhoneAppOTP', sms: 'OneWaySMS' } as const

function toMethod(row: MfaTables['mfa_method']): RegisteredMethod {
  return {
    id: row.id,
    type: row.type,
    authMethodId: authMethodIds[row.type],
    display: displayOf(row),
    isDefault: row.is_default === 1,
    deviceName: row.device_name ?? undefined,
    numberMatching: row.number_matching === null ? undefined : row.number_matching === 1,
    phoneNumber: row.phone_number ?? undefined,
    secret: row.secret ?? undefined,
  }
}

function displayOf(row: MfaTables['mfa_method']): string {
  if (row.type === 'push') return row.device_name ?? ''
  if (row.type === 'sms') return maskedNumber(row.phone_number ?? '')
  return 'Authenticator app'
}

/** `+1 XXXXXXXX42`, as arrUserProofs shows it. */
export function maskedNumber(phoneNumber: string): string {
  const [, country = '', digits = ''] = /^(\+\d{1,3}) ?([\d ]*)$/.exec(phoneNumber) ?? []
  const subscriber = digits.replaceAll(' ', '')
  return `${country} ${'X'.repeat(Math.max(subscriber.length - 2, 0))}${subscriber.slice(-2)}`
}
