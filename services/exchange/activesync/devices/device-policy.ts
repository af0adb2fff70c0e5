import { createHash } from 'node:crypto'
import type { Settings } from '../../organization/organization-store.ts'
import type { Device } from './device-store.ts'

/** EASProvisionDoc in the order of its schema ([MS-ASPROV] 2.2.2.29), with the values of a new organization. */
const usualPolicy = {
  DevicePasswordEnabled: '0',
  AlphanumericDevicePasswordRequired: '0',
  PasswordRecoveryEnabled: '0',
  RequireStorageCardEncryption: '0',
  AttachmentsEnabled: '1',
  MinDevicePasswordLength: '',
  MaxInactivityTimeDeviceLock: '',
  MaxDevicePasswordFailedAttempts: '',
  MaxAttachmentSize: '',
  AllowSimpleDevicePassword: '1',
  DevicePasswordExpiration: '',
  DevicePasswordHistory: '0',
  AllowStorageCard: '1',
  AllowCamera: '1',
  RequireDeviceEncryption: '0',
  AllowUnsignedApplications: '1',
  AllowUnsignedInstallationPackages: '1',
  MinDevicePasswordComplexCharacters: '1',
  AllowWiFi: '1',
  AllowTextMessaging: '1',
  AllowPOPIMAPEmail: '1',
  AllowBluetooth: '2',
  AllowIrDA: '1',
  RequireManualSyncWhenRoaming: '0',
  AllowDesktopSync: '1',
  MaxCalendarAgeFilter: '0',
  AllowHTMLEmail: '1',
  MaxEmailAgeFilter: '0',
  MaxEmailBodyTruncationSize: '-1',
  MaxEmailHTMLBodyTruncationSize: '-1',
  RequireSignedSMIMEMessages: '0',
  RequireEncryptedSMIMEMessages: '0',
  RequireSignedSMIMEAlgorithm: '0',
  RequireEncryptionSMIMEAlgorithm: '0',
  AllowSMIMEEncryptionAlgorithmNegotiation: '2',
  AllowSMIMESoftCerts: '1',
  AllowBrowser: '1',
  AllowConsumerEmail: '1',
  AllowRemoteDesktop: '1',
  AllowInternetSharing: '1',
} as const

export interface DevicePolicy {
  readonly values: Readonly<Record<keyof typeof usualPolicy, string>>
  /** Changes when a value does. */
  readonly hash: string
  /** `AllowNonProvisionableDevices`: devices that never heard of policies may synchronise. */
  readonly allowsOthers: boolean
}

/**
 * The organization's policy with what its mailbox settings say differently: a list of `Name=value` under
 * `MobileDevicePolicy`.
 */
export function policyOf(organization: Settings, recipient: Settings): DevicePolicy {
  const given = { ...changesOf(organization.MobileDevicePolicy), ...changesOf(recipient.MobileDevicePolicy) }
  const values = Object.fromEntries(
    Object.entries(usualPolicy).map(([name, value]) => [name, given[name] ?? value]),
  ) as DevicePolicy['values']
  return {
    values,
    hash: createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 16),
    allowsOthers: given.AllowNonProvisionableDevices !== '0',
  }
}

function changesOf(value: unknown): Readonly<Record<string, string>> {
  const lines = Array.isArray(value) ? value : []
  return Object.fromEntries(lines.map((line) => String(line).split(/=(.*)/s, 2)))
}

/** Whatever the device asks but Provision is answered with this order, a Ping without a policy key as well. */
export function isToBeWiped({ wipe }: Pick<Device, 'wipe'>): boolean {
  return wipe.startsWith('pending') || wipe.startsWith('sent')
}

export type PolicyDecision = 'provisioned' | 'deviceNotProvisioned' | 'invalidPolicyKey'

/** [MS-ASPROV] 3.2.5.1: what the key of a request says of the device. */
export function decideProvisioned(
  { policyKey, policyHash }: Pick<Device, 'policyKey' | 'policyHash'>,
  policy: DevicePolicy,
  presented: number | undefined,
): PolicyDecision {
  if (presented === undefined && policy.allowsOthers) return 'provisioned'
  if (presented === undefined || presented === 0 || policyKey === 0) return 'deviceNotProvisioned'
  if (presented !== policyKey || policyHash !== policy.hash) return 'invalidPolicyKey'
  return 'provisioned'
}
