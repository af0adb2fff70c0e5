import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import type { Device, WipeState } from '../../activesync/devices/device-store.ts'
import { ExchangeError } from '../../errors.ts'
import type { TimeZone } from '../../mailbox/time-zones.ts'
import { fullMoment } from '../../pages/moments.ts'
import { type DeviceView, devicesPage } from '../../pages/settings-page.ts'
import { settingsUrl } from '../../urls.ts'
import type { Visit, WebParts } from '../../web-session/visit.ts'
import { preferencesOf } from '../preferences.ts'
import { settingsFrame } from './settings-frame.ts'

/** `/owa/?path=/options/mobiledevices`: the partnerships, and what their owner may do to them. */
export async function showDevices(_request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  requireOwnMailbox(visit)
  const { zone } = await preferencesOf(parts, visit.session)
  const devices = await parts.devices.list(visit.session.mailboxId)
  const blocked = await blockedIds(parts, visit)
  const views = devices.map((each) => viewOf(each, zone, blocked.includes(each.deviceId)))
  const view = { ...settingsFrame(parts, visit, 'mobiledevices'), devices: views }
  return sendPage(reply, devicesPage(view))
}

/** Full Access opens what is in a mailbox; the devices are those of its owner. */
function requireOwnMailbox({ session, person }: Visit): void {
  if (session === person) return
  throw new ExchangeError('ownMailboxOnly', `the devices of ${session.userPrincipalName} are not in their mailbox`)
}

const wipeTexts: Readonly<Record<WipeState, string>> = {
  none: '',
  pending: 'The device is wiped when it connects again',
  sent: 'The device was told to wipe itself',
  pendingAccountOnly: 'The account is removed when the device connects again',
  sentAccountOnly: 'The device was told to remove the account',
  wiped: 'Wiped',
  failed: 'The device could not be wiped',
}

function viewOf(device: Device, zone: TimeZone, isBlocked: boolean): DeviceView {
  const { deviceId, deviceType, information, userAgent, firstSyncAt, lastSyncAt, accessState, wipe } = device
  const facts = [
    { label: 'Model', value: information.Model ?? deviceType },
    { label: 'System', value: information.OS ?? '' },
    { label: 'Program', value: userAgent },
    { label: 'First synchronized', value: fullMoment(firstSyncAt, zone) },
    { label: 'Last synchronized', value: fullMoment(lastSyncAt, zone) },
    { label: 'Access', value: isBlocked ? 'Blocked' : accessState },
    { label: 'Wipe', value: wipeTexts[wipe] },
  ]
  return {
    deviceId,
    name: information.FriendlyName ?? information.Model ?? deviceType,
    facts: facts.filter(({ value }) => value !== ''),
    actions: actionsOf(wipe, isBlocked),
  }
}

function actionsOf(wipe: WipeState, isBlocked: boolean): DeviceView['actions'] {
  const isOrdered = wipe === 'pending' || wipe === 'pendingAccountOnly'
  const orders = [
    { action: 'wipe', text: 'Wipe device' },
    { action: 'wipeAccount', text: 'Remove the account' },
  ]
  const remove = { action: 'removeDevice', text: 'Delete partnership' }
  const block = isBlocked ? { action: 'unblockDevice', text: 'Unblock' } : { action: 'blockDevice', text: 'Block' }
  return isOrdered ? [{ action: 'cancelWipe', text: 'Cancel the wipe' }, remove] : [...orders, block, remove]
}

interface DeviceAction {
  readonly parts: WebParts
  readonly visit: Visit
  readonly device: Device
}

/** As the management shell: Clear-MobileDevice, Remove-MobileDevice, Set-CASMailbox -ActiveSyncBlockedDeviceIDs. */
const actions: Readonly<Record<string, (action: DeviceAction) => Promise<void>>> = {
  wipe: ({ parts, device }) => parts.devices.change(device, { wipe: 'pending' }),
  wipeAccount: ({ parts, device }) => parts.devices.change(device, { wipe: 'pendingAccountOnly' }),
  cancelWipe: ({ parts, device }) => parts.devices.change(device, { wipe: 'none' }),
  removeDevice: ({ parts, device }) => parts.devices.remove(device),
  blockDevice: (action) => keepBlocked(action, [action.device.deviceId]),
  unblockDevice: (action) => keepBlocked(action, []),
}

async function keepBlocked({ parts, visit, device }: DeviceAction, added: readonly string[]): Promise<void> {
  const others = (await blockedIds(parts, visit)).filter((id) => id !== device.deviceId)
  const { objectGuid } = visit.session
  await parts.organization.changeRecipientSettings(objectGuid, { ActiveSyncBlockedDeviceIDs: [...others, ...added] })
}

async function blockedIds({ organization }: WebParts, { session }: Visit): Promise<readonly string[]> {
  const { ActiveSyncBlockedDeviceIDs: kept } = await organization.recipientSettings(session.objectGuid)
  return Array.isArray(kept) ? kept.map(String) : []
}

export const deviceActions = Object.keys(actions)

export async function actOnDevice(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  requireOwnMailbox(visit)
  const { action, deviceId } = request.body as Record<string, unknown>
  const device = await parts.devices.find({ mailboxId: visit.session.mailboxId, deviceId: String(deviceId) })
  if (!device) throw new ExchangeError('noSuchItem', `the mailbox has no partnership with "${deviceId}"`)
  // What the device waits for ends, so that it learns of it now.
  parts.held.end(device)
  await actions[String(action)]?.({ parts, visit, device })
  request.recording.note({ decision: `device ${action}`, detail: { deviceId: device.deviceId } })
  return reply.redirect(settingsUrl('mobiledevices'), 303)
}
