import { type Condition, metIf } from './condition.ts'
import { compileDeviceFilter, type DeviceFilter, matchesDeviceFilter } from './device-filter/device-filter.ts'
import { DeviceFilterRuleError } from './device-filter/rule-error.ts'
import type { DeviceSignal } from './signals.ts'

/** "Conditional Access: Filter for devices". A rule that cannot be read is a gap, not a rule that matches nothing. */
export const devicesCondition: Condition = {
  name: 'deviceState',
  compile: ({ devices }) => {
    if (!devices?.deviceFilter) return undefined
    const filter = orProblem(devices.deviceFilter)
    if (typeof filter === 'string') return () => ({ gap: `deviceFilter: ${filter}` })
    return ({ device }) => metIf(matchesDeviceFilter(filter, device).matches)
  },
  explain: ({ devices }, { device }) => {
    const text = devices?.deviceFilter
    if (!text) return { includes: [], excludes: [], saw: describeDevice(device) }
    const filter = orProblem(text)
    const match = typeof filter === 'string' ? undefined : matchesDeviceFilter(filter, device)
    const isTrue = match !== undefined && match.matches === (text.mode === 'include')
    const rules = [{ rule: 'deviceFilter', value: text.rule, matched: isTrue }]
    return {
      includes: text.mode === 'include' ? rules : [],
      excludes: text.mode === 'exclude' ? rules : [],
      saw: `${describeDevice(device)}; ${match?.reason ?? filter}`,
    }
  },
}

function orProblem(text: Parameters<typeof compileDeviceFilter>[0]): DeviceFilter | string {
  try {
    return compileDeviceFilter(text)
  } catch (error) {
    if (error instanceof DeviceFilterRuleError) return error.message
    throw error
  }
}

function describeDevice(device: DeviceSignal | undefined): string {
  if (!device) return 'no device that identified itself'
  const { displayName, deviceId, trustType, isCompliant, isManaged } = device
  const state = `${isCompliant ? 'compliant' : 'not compliant'}, ${isManaged ? 'managed' : 'not managed'}`
  return `${displayName} (${deviceId}), ${trustType}, ${state}`
}
