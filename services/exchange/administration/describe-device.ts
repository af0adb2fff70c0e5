import { derivedGuid } from '#shared/scenario/identifiers.ts'
import type { Device } from '../activesync/devices/device-store.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import type { CmdletParts, ExchangeObject } from './cmdlet.ts'
import { distinguishedName } from './describe-recipient.ts'

/** A phone and the owner of the mailbox that it synchronises. */
export interface Partnership {
  readonly device: Device
  readonly owner: Recipient
  /** How many folders it synchronises, and by which policy. */
  readonly folders: number
  readonly policy: string
}

/** `Tony Smith\\ExchangeActiveSyncDevices\\EAS§Phone§ABC`. */
export function identityOf({ device, owner }: Pick<Partnership, 'device' | 'owner'>): string {
  return `${owner.displayName}\\ExchangeActiveSyncDevices\\${nameOf(device)}`
}

function nameOf({ deviceType, deviceId }: Device): string {
  return `EAS§${deviceType}§${deviceId}`
}

/** "Get-MobileDevice". */
export function describeDevice({ config }: CmdletParts, partnership: Partnership): ExchangeObject {
  const { device, owner } = partnership
  const { information } = device
  const parent = distinguishedName(config, owner.displayName)
  return {
    ...describeBoth(partnership),
    DeviceId: device.deviceId,
    FriendlyName: information.FriendlyName ?? '',
    DeviceTelephoneNumber: information.PhoneNumber ?? '',
    UserDisplayName: owner.displayName,
    // Nothing here manages devices.
    IsManaged: false,
    IsCompliant: false,
    IsDisabled: device.accessState === 'Blocked',
    AdminDisplayName: '',
    Id: identityOf(partnership),
    Name: nameOf(device),
    DistinguishedName: `CN=${nameOf(device)},CN=ExchangeActiveSyncDevices,${parent}`,
    WhenCreated: device.firstSyncAt.toISOString(),
    WhenChanged: device.lastSyncAt.toISOString(),
  }
}

/** "Get-MobileDeviceStatistics". */
export function describeStatistics(parts: CmdletParts, partnership: Partnership): ExchangeObject {
  const { device } = partnership
  const { information } = device
  return {
    ...describeDevice(parts, partnership),
    DeviceID: device.deviceId,
    DeviceFriendlyName: information.FriendlyName ?? '',
    DevicePhoneNumber: information.PhoneNumber ?? '',
    DeviceEnableOutboundSMS: information.EnableOutboundSMS === '1',
    LastSuccessSync: device.lastSyncAt.toISOString(),
    LastSyncAttemptTime: device.lastSyncAt.toISOString(),
    LastPolicyUpdateTime: textOf(device.acknowledgedAt),
    LastPingHeartbeat: device.ping?.heartbeatSeconds ?? null,
    RecoveryPassword: '********',
    IsRemoteWipeSupported: true,
    ...describeWipe(device),
    StatusNote: null,
    DevicePolicyApplied: device.policyKey === 0 ? null : partnership.policy,
    DevicePolicyApplicationStatus: device.policyKey === 0 ? 'NotApplied' : 'AppliedInFull',
    NumberOfFoldersSynced: partnership.folders,
  }
}

function describeBoth(partnership: Partnership): ExchangeObject {
  const { device } = partnership
  const { information } = device
  const identity = identityOf(partnership)
  return {
    Identity: identity,
    Guid: derivedGuid('mobile device', `${device.mailboxId} ${device.deviceId}`),
    DeviceType: device.deviceType,
    DeviceModel: information.Model ?? '',
    DeviceOS: information.OS ?? '',
    DeviceOSLanguage: information.OSLanguage ?? '',
    DeviceImei: information.IMEI ?? '',
    DeviceMobileOperator: information.MobileOperator ?? '',
    DeviceUserAgent: device.userAgent,
    FirstSyncTime: device.firstSyncAt.toISOString(),
    DeviceAccessState: device.accessState,
    DeviceAccessStateReason: device.accessReason,
    DeviceAccessControlRule: null,
    ClientType: 'EAS',
    ClientVersion: String(device.version),
  }
}

function describeWipe({ wipe, wipeTimes }: Device): ExchangeObject {
  return {
    Status: statusOf(wipe),
    DeviceWipeRequestTime: textOf(wipeTimes?.requestedAt),
    DeviceWipeSentTime: textOf(wipeTimes?.sentAt),
    DeviceWipeAckTime: textOf(wipeTimes?.acknowledgedAt),
    // Who ordered it is not kept.
    LastDeviceWipeRequestor: null,
  }
}

function statusOf(wipe: Device['wipe']): string {
  if (wipe.startsWith('pending') || wipe.startsWith('sent')) return 'DeviceWipePending'
  return wipe === 'wiped' ? 'DeviceWipeSucceeded' : 'DeviceOk'
}

function textOf(moment: Date | undefined): string | null {
  return moment?.toISOString() ?? null
}
