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

export declare function createMethodRegistry<Schema extends MfaTables>(store: Store<Schema>): MethodRegistry

export interface MethodRegistry {
  /** The default method first. */
  methodsOf(objectId: string): Promise<readonly RegisteredMethod[]>
}
