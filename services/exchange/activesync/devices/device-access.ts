import type { Settings } from '../../organization/organization-store.ts'
import type { AccessState, Device } from './device-store.ts'

export interface AccessDecision {
  readonly state: AccessState
  readonly reason: 'Individual' | 'DeviceRule' | 'Global'
}

interface AccessRule {
  readonly characteristic: 'DeviceModel' | 'DeviceType' | 'DeviceOS' | 'UserAgent' | 'XMSWLHeader'
  readonly queryString: string
  readonly accessLevel: 'Allow' | 'Block' | 'Quarantine'
}

const states = { Allow: 'Allowed', Block: 'Blocked', Quarantine: 'Quarantined' } as const

/** A device, and the header `X-MS-WL` of its request. */
type JudgedDevice = Pick<Device, 'deviceId' | 'deviceType' | 'userAgent' | 'information'> & {
  readonly wlHeader?: string | undefined
}

/** The order of "Allow/Block/Quarantine": personal exemptions, rules (block first), the organization's default. */
export function decideAccess(device: JudgedDevice, organization: Settings, recipient: Settings): AccessDecision {
  if (names(recipient.ActiveSyncBlockedDeviceIDs).includes(device.deviceId))
    return { state: 'Blocked', reason: 'Individual' }
  if (names(recipient.ActiveSyncAllowedDeviceIDs).includes(device.deviceId))
    return { state: 'Allowed', reason: 'Individual' }
  const matching = rulesOf(organization).filter((rule) => characteristicOf(device, rule) === rule.queryString)
  for (const level of ['Block', 'Quarantine', 'Allow'] as const)
    if (matching.some(({ accessLevel }) => accessLevel === level)) return { state: states[level], reason: 'DeviceRule' }
  const level = organization.DefaultAccessLevel
  const isLevel = level === 'Block' || level === 'Quarantine'
  return { state: isLevel ? states[level] : 'Allowed', reason: 'Global' }
}

function characteristicOf(
  { deviceType, userAgent, information, wlHeader }: JudgedDevice,
  { characteristic }: AccessRule,
): string | undefined {
  const characteristics = {
    DeviceModel: information.Model,
    DeviceOS: information.OS,
    DeviceType: deviceType,
    UserAgent: userAgent,
    XMSWLHeader: wlHeader,
  }
  return characteristics[characteristic]
}

/** `ActiveSyncDeviceAccessRules`: a list of `Characteristic=value;Level`. */
function rulesOf(organization: Settings): readonly AccessRule[] {
  return names(organization.ActiveSyncDeviceAccessRules).flatMap((written) => {
    const parts = /^(DeviceModel|DeviceType|DeviceOS|UserAgent|XMSWLHeader)=(.*);(Allow|Block|Quarantine)$/.exec(
      written,
    )
    if (!parts) return []
    const [, characteristic, queryString = '', accessLevel] = parts
    return [{ characteristic, queryString, accessLevel } as AccessRule]
  })
}

function names(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []
}
