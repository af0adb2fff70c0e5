import type { Recipient } from '../../mailbox/mailbox-store.ts'
import type { ActiveSyncParts, Command } from '../call.ts'
import { ActiveSyncError } from '../http/active-sync-error.ts'
import type { CommandLine } from '../http/command-line.ts'
import { decideAccess } from './device-access.ts'
import { decideProvisioned, isToBeWiped, policyOf } from './device-policy.ts'
import type { Device } from './device-store.ts'

/** EasMaxDevices of the default throttling policy. */
const mostDevices = 100

/** What AOSP calls itself while it looks whether an account works. */
const probe = 'validate'

export interface Admission {
  readonly user: Recipient
  readonly line: CommandLine
  readonly version: number
  readonly userAgent: string
  readonly now: Date
}

/**
 * The partnership of the request, made on first contact.
 * @throws ActiveSyncError for devices that are malformed, too many, blocked, to be wiped or not provisioned.
 */
export async function admitDevice(parts: ActiveSyncParts, admission: Admission, command: Command): Promise<Device> {
  const { user, line } = admission
  requireNames(line)
  const [organization, recipient] = await Promise.all([
    parts.organization.settings(),
    parts.organization.recipientSettings(user.objectGuid),
  ])
  if (recipient.ActiveSyncEnabled === false)
    throw new ActiveSyncError('userDisabledForSync', `ActiveSyncEnabled is off for ${user.userPrincipalName}`)
  const device = await partnership(parts, admission)
  const access = decideAccess(device, organization, recipient)
  await keepContact(parts, device, admission, access)
  if (access.state === 'Blocked')
    throw new ActiveSyncError(
      access.reason === 'Individual' ? 'deviceBlockedForUser' : 'accessDenied',
      `device ${device.deviceId} is blocked: ${access.reason}`,
    )
  if (command.page !== 'Provision' && isToBeWiped(device))
    throw new ActiveSyncError('remoteWipeRequested', `device ${device.deviceId} is to be wiped`)
  if (command.provisioned) requireProvisioned(device, policyOf(organization, recipient), line)
  return { ...device, accessState: access.state, accessReason: access.reason }
}

function requireNames({ deviceId, deviceType }: CommandLine): void {
  if (!/^[A-Za-z0-9]{1,32}$/.test(deviceId) && !/^[0-9A-F]{2,64}$/.test(deviceId))
    throw new ActiveSyncError('deviceIdMissingOrInvalid', `DeviceId "${deviceId}" is not 1 to 32 letters and digits`)
  if (deviceType === '' || deviceType.length > 64)
    throw new ActiveSyncError('deviceTypeMissingOrInvalid', `DeviceType "${deviceType}"`)
}

async function partnership(
  { devices }: ActiveSyncParts,
  { user, line, version, userAgent, now }: Admission,
): Promise<Device> {
  const key = { mailboxId: user.mailboxId ?? '', deviceId: line.deviceId }
  const known = await devices.find(key)
  if (known) return known
  const others = (await devices.list(key.mailboxId)).filter(({ deviceId }) => deviceId !== probe)
  if (others.length >= mostDevices && line.deviceId !== probe)
    throw new ActiveSyncError('maximumDevicesReached', `${others.length} devices have a partnership already`)
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
  await devices.create(device)
  return (await devices.find(key)) ?? device
}

const contactIntervalMs = 60_000

/** Written when something is different, and the time of contact once a minute. */
async function keepContact(
  { devices }: ActiveSyncParts,
  device: Device,
  { line, version, userAgent, now }: Admission,
  { state, reason }: ReturnType<typeof decideAccess>,
): Promise<void> {
  const facts = { deviceType: line.deviceType, userAgent, version, accessState: state, accessReason: reason }
  const isSame = Object.entries(facts).every(([name, value]) => device[name as keyof typeof facts] === value)
  if (isSame && now.getTime() - device.lastSyncAt.getTime() < contactIntervalMs) return
  await devices.change(device, { ...facts, lastSyncAt: now })
}

function requireProvisioned(device: Device, policy: ReturnType<typeof policyOf>, { policyKey }: CommandLine): void {
  const decision = decideProvisioned(device, policy, policyKey)
  if (decision !== 'provisioned')
    throw new ActiveSyncError(decision, `X-MS-PolicyKey ${policyKey ?? 'absent'}, acknowledged ${device.policyKey}`)
}
