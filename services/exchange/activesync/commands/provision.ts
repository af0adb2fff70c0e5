import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { type Call, type CommandAnswer, document } from '../call.ts'
import { tellOfWipe } from '../devices/access-notice.ts'
import { type DevicePolicy, isToBeWiped, policyOf } from '../devices/device-policy.ts'
import type { Device, WipeState } from '../devices/device-store.ts'
import { child, element, empty, numberOf, text, textOf } from '../elements.ts'
import { ActiveSyncError } from '../http/active-sync-error.ts'
import { deviceInformation } from './settings.ts'

const policyType = 'MS-EAS-Provisioning-WBXML'

/** [MS-ASPROV] 3.1.5.1: offered under one key, acknowledged under another; a wipe goes before both. */
export async function provision(call: Call): Promise<CommandAnswer> {
  const device = (await call.parts.devices.find(call.key)) ?? call.device
  const acknowledged = child(call.body, 'Provision:RemoteWipe') ?? child(call.body, 'Provision:AccountOnlyRemoteWipe')
  if (acknowledged) return document(await wiped(call, device, acknowledged))
  if (isToBeWiped(device)) return document(await orderWipe(call, device))
  const asked = child(call.body, 'Provision:Policies')
  const policy = child(asked, 'Provision:Policy')
  const isAcknowledgement = textOf(policy, 'Provision:PolicyKey') !== undefined
  const information = await keepInformation(call)
  const told = information && element('Settings:DeviceInformation', text('Settings:Status', 1))
  // Who only asks whether there is something to wipe.
  if (!asked) return document(element('Provision:Provision', told, text('Provision:Status', 1)))
  const answer = isAcknowledgement ? await acknowledge(call, device, policy) : await offer(call, policy)
  return document(element('Provision:Provision', told, text('Provision:Status', answer.status), answer.policies))
}

interface Answer {
  readonly status: number
  readonly policies: WbxmlElement | undefined
}

function policies(policyStatus: number, ...rest: readonly (WbxmlElement | undefined)[]): WbxmlElement {
  const type = text('Provision:PolicyType', policyType)
  return element('Provision:Policies', element('Provision:Policy', type, text('Provision:Status', policyStatus), rest))
}

async function keepInformation(call: Call): Promise<boolean> {
  const given = child(call.body, 'Settings:DeviceInformation')
  if (!given) return false
  if (call.version < 141) throw new ActiveSyncError('invalidXml', 'DeviceInformation in Provision is of 14.1')
  await call.parts.devices.change(call.key, { information: deviceInformation(child(given, 'Settings:Set')) })
  return true
}

/** Asking twice is nothing else than asking once. */
async function offer(call: Call, policy: WbxmlElement | undefined): Promise<Answer> {
  if (textOf(policy, 'Provision:PolicyType') !== policyType) return { status: 1, policies: policies(3) }
  if (call.version >= 141 && !child(call.body, 'Settings:DeviceInformation') && isUnknown(call))
    throw new ActiveSyncError('deviceInformationRequired', 'the first Provision of 14.1 brings DeviceInformation')
  const key = newKey(call, 0)
  await call.parts.devices.change(call.key, { offeredPolicyKey: key })
  const data = element('Provision:Data', policyElement(await currentPolicy(call)))
  return { status: 1, policies: policies(1, text('Provision:PolicyKey', key), data) }
}

function isUnknown({ device }: Call): boolean {
  return Object.keys(device.information).length === 0
}

async function currentPolicy({ parts, user }: Call): Promise<DevicePolicy> {
  const organization = await parts.organization.settings()
  return policyOf(organization, await parts.organization.recipientSettings(user.objectGuid))
}

function newKey({ parts }: Call, other: number): number {
  const key = parts.context.random.integer(1, 2 ** 32 - 1)
  return key === other ? key - 1 || 2 : key
}

/** The lists are left out where they are empty: an empty ApprovedApplicationList lets nothing run. */
function policyElement({ values, unapproved, approved }: DevicePolicy): WbxmlElement {
  const list = (name: string, entry: string, entries: readonly string[]) =>
    entries.length > 0 &&
    element(
      name,
      entries.map((each) => text(entry, each)),
    )
  return element(
    'Provision:EASProvisionDoc',
    Object.entries(values).map(([name, value]) => text(`Provision:${name}`, value)),
    list('Provision:UnapprovedInROMApplicationList', 'Provision:ApplicationName', unapproved),
    list('Provision:ApprovedApplicationList', 'Provision:Hash', approved),
  )
}

async function acknowledge(call: Call, device: Device, given: WbxmlElement | undefined): Promise<Answer> {
  const key = numberOf(given, 'Provision:PolicyKey')
  const status = numberOf(given, 'Provision:Status')
  const policy = await currentPolicy(call)
  if (!(status === 1 || status === 2 || status === 3 || status === 4)) return { status: 2, policies: undefined }
  if (key !== device.offeredPolicyKey || device.offeredPolicyKey === 0) return { status: 1, policies: policies(5) }
  if ((status === 2 || status === 3) && !policy.allowsOthers) return { status: 139, policies: undefined }
  if (status === 4) return { status: 145, policies: undefined }
  const policyKey = newKey(call, device.offeredPolicyKey)
  await call.parts.devices.change(call.key, {
    policyKey,
    policyHash: policy.hash,
    offeredPolicyKey: 0,
    acknowledgedAt: call.now,
  })
  call.request.recording.note({ decision: 'policyAcknowledged', reason: `the device says ${status}` })
  return { status: 1, policies: policies(1, text('Provision:PolicyKey', policyKey)) }
}

/** Of the account alone only from 16.1 on: nobody else comes here with such an order. */
async function orderWipe(call: Call, device: Device): Promise<WbxmlElement> {
  const isAccountOnly = device.wipe.endsWith('AccountOnly')
  const sent: WipeState = isAccountOnly ? 'sentAccountOnly' : 'sent'
  await call.parts.devices.change(call.key, { wipe: sent })
  call.request.recording.note({ decision: 'remoteWipeSent' })
  return element(
    'Provision:Provision',
    text('Provision:Status', 1),
    empty(isAccountOnly ? 'Provision:AccountOnlyRemoteWipe' : 'Provision:RemoteWipe'),
  )
}

async function wiped(call: Call, device: Device, given: WbxmlElement): Promise<WbxmlElement> {
  if (!isToBeWiped(device)) return element('Provision:Provision', text('Provision:Status', 2))
  const succeeded = numberOf(given, 'Provision:Status') === 1
  const wipe: WipeState = succeeded ? 'wiped' : 'failed'
  await call.parts.devices.change(call.key, { wipe, policyKey: 0, offeredPolicyKey: 0 })
  if (succeeded) {
    await call.parts.devices.forgetCollections(call.key)
    await tellOfWipe(call.parts, { user: call.user, device, now: call.now })
  }
  call.request.recording.note({ decision: succeeded ? 'remoteWipeDone' : 'remoteWipeFailed' })
  return element('Provision:Provision', text('Provision:Status', succeeded ? 1 : 2), empty(given.name))
}
