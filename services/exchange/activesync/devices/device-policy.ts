import { createHash } from 'node:crypto'
import {
  type MobilePolicyName,
  type MobilePolicyValues,
  mobilePolicyFor,
  policyWords,
} from '../../organization/mobile-policies.ts'
import type { Settings } from '../../organization/organization-store.ts'
import type { Device } from './device-store.ts'

type Write = (value: MobilePolicyValues[string]) => string

const flag: Write = (value) => (value === true ? '1' : '0')
/** Empty: not limited. */
const limit: Write = (value) => (value === 'Unlimited' ? '' : String(value))
const size: Write = (value) => (value === 'Unlimited' ? '-1' : String(value))
const seconds: Write = (value) => (value === 'Unlimited' ? '' : String(secondsOf(String(value))))
const days: Write = (value) => (value === 'Unlimited' ? '' : String(Math.floor(secondsOf(String(value)) / 86_400)))
const word = (name: string, numbers?: readonly number[]): Write => {
  const words = policyWords[name] ?? []
  return (value) => String(numbers?.[words.indexOf(String(value))] ?? words.indexOf(String(value)))
}

/** A TimeSpan such as `90.00:00:00` or `00:15:00`. */
function secondsOf(span: string): number {
  const [, dayCount = '0', hours = '0', minutes = '0', rest = '0'] =
    /^(?:(\d+)\.)?(\d+):(\d+)(?::(\d+))?$/.exec(span) ?? []
  return ((Number(dayCount) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(rest)
}

/** EASProvisionDoc in the order of its schema ([MS-ASPROV] 2.2.2.29), from the values that administrators set. */
const elements: readonly (readonly [element: string, from: MobilePolicyName, write: Write])[] = [
  ['DevicePasswordEnabled', 'PasswordEnabled', flag],
  ['AlphanumericDevicePasswordRequired', 'AlphanumericPasswordRequired', flag],
  ['PasswordRecoveryEnabled', 'PasswordRecoveryEnabled', flag],
  ['RequireStorageCardEncryption', 'RequireStorageCardEncryption', flag],
  ['AttachmentsEnabled', 'AttachmentsEnabled', flag],
  ['MinDevicePasswordLength', 'MinPasswordLength', limit],
  ['MaxInactivityTimeDeviceLock', 'MaxInactivityTimeLock', seconds],
  ['MaxDevicePasswordFailedAttempts', 'MaxPasswordFailedAttempts', limit],
  ['MaxAttachmentSize', 'MaxAttachmentSize', limit],
  ['AllowSimpleDevicePassword', 'AllowSimplePassword', flag],
  ['DevicePasswordExpiration', 'PasswordExpiration', days],
  ['DevicePasswordHistory', 'PasswordHistory', String],
  ['AllowStorageCard', 'AllowStorageCard', flag],
  ['AllowCamera', 'AllowCamera', flag],
  ['RequireDeviceEncryption', 'RequireDeviceEncryption', flag],
  ['AllowUnsignedApplications', 'AllowUnsignedApplications', flag],
  ['AllowUnsignedInstallationPackages', 'AllowUnsignedInstallationPackages', flag],
  ['MinDevicePasswordComplexCharacters', 'MinPasswordComplexCharacters', String],
  ['AllowWiFi', 'AllowWiFi', flag],
  ['AllowTextMessaging', 'AllowTextMessaging', flag],
  ['AllowPOPIMAPEmail', 'AllowPOPIMAPEmail', flag],
  ['AllowBluetooth', 'AllowBluetooth', word('AllowBluetooth')],
  ['AllowIrDA', 'AllowIrDA', flag],
  ['RequireManualSyncWhenRoaming', 'RequireManualSyncWhenRoaming', flag],
  ['AllowDesktopSync', 'AllowDesktopSync', flag],
  ['MaxCalendarAgeFilter', 'MaxCalendarAgeFilter', word('MaxCalendarAgeFilter', [0, 4, 5, 6, 7])],
  ['AllowHTMLEmail', 'AllowHTMLEmail', flag],
  ['MaxEmailAgeFilter', 'MaxEmailAgeFilter', word('MaxEmailAgeFilter')],
  ['MaxEmailBodyTruncationSize', 'MaxEmailBodyTruncationSize', size],
  ['MaxEmailHTMLBodyTruncationSize', 'MaxEmailHTMLBodyTruncationSize', size],
  ['RequireSignedSMIMEMessages', 'RequireSignedSMIMEMessages', flag],
  ['RequireEncryptedSMIMEMessages', 'RequireEncryptedSMIMEMessages', flag],
  ['RequireSignedSMIMEAlgorithm', 'RequireSignedSMIMEAlgorithm', word('RequireSignedSMIMEAlgorithm')],
  ['RequireEncryptionSMIMEAlgorithm', 'RequireEncryptionSMIMEAlgorithm', word('RequireEncryptionSMIMEAlgorithm')],
  [
    'AllowSMIMEEncryptionAlgorithmNegotiation',
    'AllowSMIMEEncryptionAlgorithmNegotiation',
    word('AllowSMIMEEncryptionAlgorithmNegotiation'),
  ],
  ['AllowSMIMESoftCerts', 'AllowSMIMESoftCerts', flag],
  ['AllowBrowser', 'AllowBrowser', flag],
  ['AllowConsumerEmail', 'AllowConsumerEmail', flag],
  ['AllowRemoteDesktop', 'AllowRemoteDesktop', flag],
  ['AllowInternetSharing', 'AllowInternetSharing', flag],
]

export interface DevicePolicy {
  readonly name: string
  readonly values: Readonly<Record<string, string>>
  /** Names of programs that must not run, and digests of those that may; none for no list. */
  readonly unapproved: readonly string[]
  readonly approved: readonly string[]
  /** Changes when a value does. */
  readonly hash: string
  /** `AllowNonProvisionableDevices`: devices that never heard of policies may synchronise. */
  readonly allowsOthers: boolean
  /** `DevicePolicyRefreshInterval`: after so long a device asks again; absent: never. */
  readonly refreshMs?: number
}

/** What the policy of a mailbox demands of its devices. */
export function policyOf(organization: Settings, recipient: Settings): DevicePolicy {
  const { name, values } = mobilePolicyFor(organization, recipient)
  const written = Object.fromEntries(
    elements.map(([element, from, write]) => [element, write(values[from] ?? '')] as const),
  )
  const lists = {
    unapproved: values.UnapprovedInROMApplicationList as readonly string[],
    approved: values.ApprovedApplicationList as readonly string[],
  }
  const said = JSON.stringify([written, lists])
  return {
    name,
    values: written,
    ...lists,
    hash: createHash('sha256').update(said).digest('hex').slice(0, 16),
    allowsOthers: values.AllowNonProvisionableDevices === true,
    ...refreshOf(values.DevicePolicyRefreshInterval),
  }
}

/** Whatever the device asks but Provision is answered with this order, a Ping without a policy key as well. */
export function isToBeWiped({ wipe }: Pick<Device, 'wipe'>): boolean {
  return wipe.startsWith('pending') || wipe.startsWith('sent')
}

function refreshOf(interval: MobilePolicyValues[string] | undefined): Pick<DevicePolicy, 'refreshMs'> {
  const refreshMs = secondsOf(String(interval)) * 1000
  return refreshMs > 0 ? { refreshMs } : {}
}

export type PolicyDecision = 'provisioned' | 'deviceNotProvisioned' | 'invalidPolicyKey' | 'policyRefresh'

/** [MS-ASPROV] 3.2.5.1: what the key of a request says of the device. */
export function decideProvisioned(
  { policyKey, policyHash, acknowledgedAt }: Pick<Device, 'policyKey' | 'policyHash' | 'acknowledgedAt'>,
  policy: DevicePolicy,
  presented: number | undefined,
  now: Date,
): PolicyDecision {
  if (presented === undefined && policy.allowsOthers) return 'provisioned'
  if (presented === undefined || presented === 0 || policyKey === 0) return 'deviceNotProvisioned'
  if (presented !== policyKey || policyHash !== policy.hash) return 'invalidPolicyKey'
  const age = acknowledgedAt ? now.getTime() - acknowledgedAt.getTime() : 0
  if (policy.refreshMs !== undefined && age >= policy.refreshMs) return 'policyRefresh'
  return 'provisioned'
}
