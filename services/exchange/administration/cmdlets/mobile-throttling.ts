import { type Behaviour, behaviours, keepingThreshold, thresholdOf } from '../../activesync/devices/behaviour-ledger.ts'
import type { Settings } from '../../organization/organization-store.ts'
import type { Cmdlet, CmdletParts, ExchangeObject, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { notFound } from '../names.ts'

const globalPolicy = 'GlobalThrottlingPolicy'
const usualMostDevices = 100

/** How many devices a mailbox may have, and what a device may do too often. */
export const mobileThrottlingCmdlets: readonly Cmdlet[] = [
  {
    name: 'Get-ThrottlingPolicy',
    parameters: { Identity: 'identity' },
    run: async (parts, { Identity }) => {
      requireGlobal(parts, Identity ?? globalPolicy)
      const { EasMaxDevices, EasMaxConcurrency } = await parts.organization.settings()
      const shown = {
        EasMaxDevices: EasMaxDevices ?? usualMostDevices,
        EasMaxConcurrency: EasMaxConcurrency ?? 'Unlimited',
      }
      return [{ Identity: globalPolicy, Name: globalPolicy, ...shown }]
    },
  },
  {
    name: 'Set-ThrottlingPolicy',
    parameters: { Identity: 'identity', EasMaxDevices: 'number', EasMaxConcurrency: 'number' },
    mandatory: ['Identity'],
    run: async (parts, { Identity, EasMaxDevices, EasMaxConcurrency }) => {
      requireGlobal(parts, Identity)
      const most = EasMaxDevices === 'Unlimited' ? Number.MAX_SAFE_INTEGER : EasMaxDevices
      if (most !== undefined) await parts.organization.changeSettings({ EasMaxDevices: most } as Settings)
      const open = EasMaxConcurrency === 'Unlimited' ? null : EasMaxConcurrency
      if (open !== undefined) await parts.organization.changeSettings({ EasMaxConcurrency: open } as Settings)
      return []
    },
  },
  {
    name: 'Get-ActiveSyncDeviceAutoblockThreshold',
    parameters: { Identity: 'identity' },
    run: async (parts, { Identity }) => {
      const settings = await parts.organization.settings()
      const wanted = Identity === undefined ? behaviours : [behaviourNamed(parts, Identity)]
      return wanted.map((behaviour) => describe(behaviour, settings))
    },
  },
  {
    name: 'Set-ActiveSyncDeviceAutoblockThreshold',
    parameters: {
      Identity: 'identity',
      BehaviorTypeIncidenceLimit: 'number',
      BehaviorTypeIncidenceDuration: 'value',
      DeviceBlockDuration: 'value',
    },
    mandatory: ['Identity'],
    run: setThreshold,
  },
]

function requireGlobal({ config }: CmdletParts, identity: unknown): void {
  if (String(identity).toLowerCase() !== globalPolicy.toLowerCase()) throw notFound(String(identity), config)
}

function behaviourNamed({ config }: CmdletParts, identity: unknown): Behaviour {
  const behaviour = behaviours.find((each) => each.toLowerCase() === String(identity).toLowerCase())
  if (behaviour) return behaviour
  throw notFound(String(identity), config)
}

async function setThreshold(parts: CmdletParts, { Identity, ...given }: Parameters) {
  const behaviour = behaviourNamed(parts, Identity)
  const before = thresholdOf(await parts.organization.settings(), behaviour)
  const limit = given.BehaviorTypeIncidenceLimit
  await parts.organization.changeSettings(
    keepingThreshold(behaviour, {
      limit: typeof limit === 'number' ? limit : before.limit,
      withinSeconds: secondsOf(given.BehaviorTypeIncidenceDuration) ?? before.withinSeconds,
      blockSeconds: secondsOf(given.DeviceBlockDuration) ?? before.blockSeconds,
    }),
  )
  return []
}

/** Minutes, or a span such as `00:10:00`. */
function secondsOf(value: Parameters[string]): number | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'number') return value * 60
  const [, days = '0', hours, minutes, seconds = '0'] =
    /^(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?$/.exec(String(value)) ?? []
  if (hours === undefined) throw new CmdletError('badValue', `Cannot convert value "${String(value)}" to a TimeSpan.`)
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)
}

function describe(behaviour: Behaviour, settings: Settings): ExchangeObject {
  const { limit, withinSeconds, blockSeconds } = thresholdOf(settings, behaviour)
  return {
    Identity: behaviour,
    BehaviorType: behaviour,
    BehaviorTypeIncidenceLimit: limit,
    BehaviorTypeIncidenceDuration: spanOf(withinSeconds),
    DeviceBlockDuration: spanOf(blockSeconds),
  }
}

function spanOf(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}
