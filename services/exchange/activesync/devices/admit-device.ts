import type { Recipient } from '../../mailbox/mailbox-store.ts'
import type { Settings } from '../../organization/organization-store.ts'
import type { ActiveSyncParts, Command } from '../call.ts'
import { ActiveSyncError, DeviceThrottled } from '../http/active-sync-error.ts'
import type { CommandLine } from '../http/command-line.ts'
import { deliverNotice, type NoticeFacts } from './access-notice.ts'
import { decideAccess } from './device-access.ts'
import { decideProvisioned, isToBeWiped, policyOf } from './device-policy.ts'
import type { AccessState, Device } from './device-store.ts'
import { limitsOf, type PolicyLimits } from './policy-limits.ts'

/** EasMaxDevices of the throttling policy, until somebody sets it. */
const usualMostDevices = 100

/** When one of the open requests may have ended. */
const retrySeconds = 60

/** What AOSP calls itself while it looks whether an account works. */
const probe = 'validate'

export interface Admission {
  readonly user: Recipient
  readonly line: CommandLine
  readonly version: number
  readonly userAgent: string
  /** The header `X-MS-WL`. */
  readonly wlHeader: string | undefined
  /** The same for requests that say the same. */
  readonly said: () => string
  readonly now: Date
}

export interface AdmittedDevice {
  readonly device: Device
  readonly limits: PolicyLimits
}

/**
 * The partnership of the request, made on first contact.
 * @throws ActiveSyncError for devices that are malformed, too many, blocked, to be wiped or not provisioned.
 */
export async function admitDevice(
  parts: ActiveSyncParts,
  admission: Admission,
  command: Command,
): Promise<AdmittedDevice> {
  const { user, line } = admission
  requireNames(line)
  const [organization, recipient] = await Promise.all([
    parts.organization.settings(),
    parts.organization.recipientSettings(user.objectGuid),
  ])
  if (recipient.ActiveSyncEnabled === false)
    throw new ActiveSyncError('userDisabledForSync', `ActiveSyncEnabled is off for ${user.userPrincipalName}`)
  refuseBusy(parts, admission, organization)
  const known = await partnership(parts, admission, organization)
  const access = decideAccess({ ...known, wlHeader: admission.wlHeader }, organization, recipient)
  const policy = policyOf(organization, recipient)
  const provisioning = decideProvisioned(known, policy, line.policyKey, admission.now)
  const isProvisioned = command.provisioned ? provisioning === 'provisioned' : command.page !== 'Provision'
  const accessState = stateOf(access.state, known, isProvisioned)
  const judged = { ...known, accessState, accessReason: access.reason }
  const device = await noticed(parts, admission, judged, { before: known, organization })
  await keepContact(parts, known, admission, device)
  if (access.state === 'Blocked')
    throw new ActiveSyncError(
      access.reason === 'Individual' ? 'deviceBlockedForUser' : 'accessDenied',
      `device ${device.deviceId} is blocked: ${access.reason}`,
    )
  refuseToBeWiped(device, admission.version, command)
  if (command.provisioned && provisioning !== 'provisioned')
    throw new ActiveSyncError(
      provisioning,
      `X-MS-PolicyKey ${line.policyKey ?? 'absent'}, acknowledged ${device.policyKey}`,
    )
  if (access.state === 'Quarantined' && !command.quarantined)
    throw new ActiveSyncError('accessDenied', `device ${device.deviceId} is quarantined: ${access.reason}`)
  return { device, limits: limitsOf(policy) }
}

/** AccountOnlyRemoteWipe is of 16.1: who cannot be told to forget the account is kept from it, whatever it asks for. */
function refuseToBeWiped(device: Device, version: number, command: Command): void {
  if (!isToBeWiped(device)) return
  if (version < 161 && device.wipe.endsWith('AccountOnly'))
    throw new ActiveSyncError(
      'accessDenied',
      `device ${device.deviceId} is to lose the account, and knows no such order`,
    )
  if (command.page !== 'Provision')
    throw new ActiveSyncError('remoteWipeRequested', `device ${device.deviceId} is to be wiped`)
}

/** Before it is quarantined a device says what it is: until it is provisioned it is being discovered. */
function stateOf(decided: AccessState, known: Device, isProvisioned: boolean): AccessState {
  if (decided !== 'Quarantined' || isProvisioned || known.accessState === 'Quarantined') return decided
  return 'DeviceDiscovery'
}

/** A device that comes into quarantine, or is blocked, is told of in a mail: once each time. */
async function noticed(
  parts: ActiveSyncParts,
  { user, line, now, userAgent }: Admission,
  device: Device,
  { before, organization }: { readonly before: Device; readonly organization: Settings },
): Promise<Device> {
  const { accessState } = device
  if (
    accessState === 'Allowed' ||
    accessState === 'DeviceDiscovery' ||
    accessState === before.accessState ||
    line.deviceId === probe
  )
    return device
  const kind = accessState === 'Quarantined' ? 'quarantined' : 'blocked'
  const noticeId = await deliverNotice(parts, kind, { user, device: { ...device, userAgent }, organization, now })
  return { ...device, noticeId }
}

/** @throws DeviceThrottled for a device over one of the thresholds. */
function refuseBusy({ ledger }: ActiveSyncParts, admission: Admission, organization: Settings): void {
  const { user, line, userAgent, said, now } = admission
  const device = `${user.mailboxId}/${line.deviceId}`
  const most = organization.EasMaxConcurrency
  const isOverBudget = typeof most === 'number' && ledger.openOf(user.mailboxId ?? '') > most
  const deed = { device, userAgent, command: line.command, said, isOverBudget, now: now.getTime() }
  const blocked = ledger.record(deed, organization)
  if (blocked) throw new DeviceThrottled(blocked, line.deviceId)
  if (isOverBudget) throw new DeviceThrottled({ behaviour: 'OutOfBudgets', seconds: retrySeconds }, line.deviceId)
}

function requireNames({ deviceId, deviceType }: CommandLine): void {
  if (!/^[A-Za-z0-9]{1,32}$/.test(deviceId) && !/^[0-9A-F]{2,64}$/.test(deviceId))
    throw new ActiveSyncError('deviceIdMissingOrInvalid', `DeviceId "${deviceId}" is not 1 to 32 letters and digits`)
  if (deviceType === '' || deviceType.length > 64)
    throw new ActiveSyncError('deviceTypeMissingOrInvalid', `DeviceType "${deviceType}"`)
}

async function partnership(
  parts: ActiveSyncParts,
  { user, line, version, userAgent, now }: Admission,
  organization: Settings,
): Promise<Device> {
  const { devices } = parts
  const key = { mailboxId: user.mailboxId ?? '', deviceId: line.deviceId }
  const known = await devices.find(key)
  if (known) return known
  const others = (await devices.list(key.mailboxId)).filter(({ deviceId }) => deviceId !== probe)
  const most = typeof organization.EasMaxDevices === 'number' ? organization.EasMaxDevices : usualMostDevices
  const device: Device = {
    ...key,
    deviceType: line.deviceType,
    userAgent,
    version,
    information: {},
    firstSyncAt: now,
    lastSyncAt: now,
    offeredPolicyKey: 0,
    policyKey: 0,
    policyHash: '',
    wipe: 'none',
    accessState: 'Allowed',
    accessReason: 'Global',
  }
  if (others.length >= most && line.deviceId !== probe) {
    await tellOfLimit(parts, { user, device, organization, now })
    throw new ActiveSyncError('maximumDevicesReached', `${others.length} devices have a partnership already`)
  }
  await devices.create(device)
  return (await devices.find(key)) ?? device
}

const dayMs = 86_400_000

/** Once a day for each device, however often it tries. */
async function tellOfLimit(parts: ActiveSyncParts, facts: NoticeFacts): Promise<void> {
  const id = `${facts.user.mailboxId}/${facts.device.deviceId}`
  const until = new Date(facts.now.getTime() + dayMs)
  if (await parts.singleUse.claim('device limit', id, until)) await deliverNotice(parts, 'tooManyDevices', facts)
}

const contactIntervalMs = 60_000

/** Written when something is different, and the time of contact once a minute. */
async function keepContact(
  { devices }: ActiveSyncParts,
  device: Device,
  { line, version, userAgent, now }: Admission,
  { accessState, accessReason, noticeId }: Device,
): Promise<void> {
  const facts = { deviceType: line.deviceType, userAgent, version, accessState, accessReason, noticeId }
  const isSame = Object.entries(facts).every(([name, value]) => device[name as keyof typeof facts] === value)
  if (isSame && now.getTime() - device.lastSyncAt.getTime() < contactIntervalMs) return
  await devices.change(device, { ...facts, lastSyncAt: now })
}
