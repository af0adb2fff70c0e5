import type { Settings, SettingValue } from './organization-store.ts'

/*
 * Policies for mobile devices ("New-MobileDeviceMailboxPolicy"): what they are called, what they say, and which one a
 * mailbox has. Owns names and values as administrators see them; what a device is sent of them, ActiveSync knows.
 */
export interface MobilePolicy {
  readonly name: string
  readonly isDefault: boolean
  readonly values: MobilePolicyValues
}

export type MobilePolicyValues = Readonly<Record<string, Exclude<SettingValue, null>>>

/** The policy that every organization has, and what it says until somebody changes it. */
export const firstPolicyName = 'Default'
export const initialValues = {
  AllowNonProvisionableDevices: true,
  DevicePolicyRefreshInterval: 'Unlimited',
  AlphanumericPasswordRequired: false,
  AttachmentsEnabled: true,
  DeviceEncryptionEnabled: false,
  RequireStorageCardEncryption: false,
  PasswordEnabled: false,
  PasswordRecoveryEnabled: false,
  AllowSimplePassword: true,
  MinPasswordLength: 'Unlimited',
  MinPasswordComplexCharacters: 1,
  MaxInactivityTimeLock: 'Unlimited',
  MaxPasswordFailedAttempts: 'Unlimited',
  PasswordExpiration: 'Unlimited',
  PasswordHistory: 0,
  MaxAttachmentSize: 'Unlimited',
  AllowStorageCard: true,
  AllowCamera: true,
  RequireDeviceEncryption: false,
  AllowUnsignedApplications: true,
  AllowUnsignedInstallationPackages: true,
  AllowWiFi: true,
  AllowTextMessaging: true,
  AllowPOPIMAPEmail: true,
  AllowBluetooth: 'Allow',
  AllowIrDA: true,
  RequireManualSyncWhenRoaming: false,
  AllowDesktopSync: true,
  MaxCalendarAgeFilter: 'All',
  AllowHTMLEmail: true,
  MaxEmailAgeFilter: 'All',
  MaxEmailBodyTruncationSize: 'Unlimited',
  MaxEmailHTMLBodyTruncationSize: 'Unlimited',
  RequireSignedSMIMEMessages: false,
  RequireEncryptedSMIMEMessages: false,
  RequireSignedSMIMEAlgorithm: 'SHA1',
  RequireEncryptionSMIMEAlgorithm: 'TripleDES',
  AllowSMIMEEncryptionAlgorithmNegotiation: 'AllowAnyAlgorithmNegotiation',
  AllowSMIMESoftCerts: true,
  AllowBrowser: true,
  AllowConsumerEmail: true,
  AllowRemoteDesktop: true,
  AllowInternetSharing: true,
  // Kept and shown; no element of the policy tells devices of them.
  AllowExternalDeviceManagement: false,
  AllowMobileOTAUpdate: true,
  IrmEnabled: true,
  UNCAccessEnabled: true,
  WSSAccessEnabled: true,
  AllowApplePushNotifications: true,
  AllowGooglePushNotifications: true,
  AllowMicrosoftPushNotifications: true,
  UnapprovedInROMApplicationList: [],
  ApprovedApplicationList: [],
} as const satisfies MobilePolicyValues

export type MobilePolicyName = keyof typeof initialValues

/** What the values that are words may be. */
export const policyWords: Readonly<Record<string, readonly string[]>> = {
  AllowBluetooth: ['Disable', 'HandsfreeOnly', 'Allow'],
  MaxCalendarAgeFilter: ['All', 'TwoWeeks', 'OneMonth', 'ThreeMonths', 'SixMonths'],
  MaxEmailAgeFilter: ['All', 'OneDay', 'ThreeDays', 'OneWeek', 'TwoWeeks', 'OneMonth'],
  RequireSignedSMIMEAlgorithm: ['SHA1', 'MD5'],
  RequireEncryptionSMIMEAlgorithm: ['TripleDES', 'DES', 'RC2128bit', 'RC264bit', 'RC240bit'],
  AllowSMIMEEncryptionAlgorithmNegotiation: [
    'BlockNegotiation',
    'OnlyStrongAlgorithmNegotiation',
    'AllowAnyAlgorithmNegotiation',
  ],
}

const prefix = 'MobileDeviceMailboxPolicy.'
const defaultSetting = 'DefaultMobileDeviceMailboxPolicy'
/** The setting of a recipient, as Set-CASMailbox calls it. */
export const assignedMobilePolicy = 'ActiveSyncMailboxPolicy'

export function mobilePolicies(settings: Settings): readonly MobilePolicy[] {
  const kept = Object.keys(settings).filter((name) => name.startsWith(prefix))
  const names = [...new Set([firstPolicyName, ...kept.map((name) => name.slice(prefix.length))])]
  return names.filter((name) => settings[prefix + name] !== removed).map((name) => policyNamed(settings, name))
}

/** A policy of the mailbox's own, else the organization's. */
export function mobilePolicyFor(settings: Settings, recipient: Settings): MobilePolicy {
  const assigned = recipient[assignedMobilePolicy]
  const isThere = typeof assigned === 'string' && typeof settings[prefix + assigned] === 'string'
  return policyNamed(settings, isThere ? assigned : defaultName(settings))
}

function policyNamed(settings: Settings, name: string): MobilePolicy {
  const kept = settings[prefix + name]
  const values = typeof kept === 'string' && kept !== removed ? (JSON.parse(kept) as MobilePolicyValues) : {}
  return { name, isDefault: name === defaultName(settings), values: { ...initialValues, ...values } }
}

function defaultName(settings: Settings): string {
  const name = settings[defaultSetting]
  return typeof name === 'string' ? name : firstPolicyName
}

/** Stands where the first policy was. */
const removed = ''

/** The changes of settings that keep a policy; a new default takes the place of the old one. */
export function keepingPolicy({ name, isDefault, values }: MobilePolicy): Settings {
  return { [prefix + name]: JSON.stringify(values), ...(isDefault && { [defaultSetting]: name }) }
}

export function removingPolicy(name: string): Settings {
  return { [prefix + name]: name === firstPolicyName ? removed : null }
}
