import type { Conditions, Verdict } from './condition.ts'
import { metIf } from './condition.ts'
import {
  type Comparison,
  DeviceFilterSyntaxError,
  type FilterExpression,
  parseDeviceFilter,
} from './device-filter-syntax.ts'
import type { DeviceSignal } from './signals.ts'

type DeviceFilter = NonNullable<Conditions['devices']>['deviceFilter']

/** "Conditional Access: Filter for devices". */
export function judgeDeviceFilter(filter: DeviceFilter | undefined, device: DeviceSignal | undefined): Verdict {
  if (!filter) return 'any'
  try {
    const matches = matchesDevice(parseDeviceFilter(filter.rule), device)
    return metIf(filter.mode === 'include' ? matches : !matches)
  } catch (error) {
    if (error instanceof DeviceFilterSyntaxError) return { gap: `deviceFilter: ${error.message}` }
    throw error
  }
}

function matchesDevice(expression: FilterExpression, device: DeviceSignal | undefined): boolean {
  if (expression.kind === 'not') return !matchesDevice(expression.operand, device)
  if (expression.kind === 'comparison') return compare(expression, device && valuesOf(expression.property, device))
  const test = (operand: FilterExpression) => matchesDevice(operand, device)
  return expression.kind === 'and' ? expression.operands.every(test) : expression.operands.some(test)
}

/** An attribute that is null fails every positive operator and passes every negative one. */
function compare({ operator, values }: Comparison, actual: readonly string[] | undefined): boolean {
  const negative = operator.startsWith('not') || operator === 'ne'
  if (actual === undefined) return negative
  const positive = positiveOperators[operator] ?? 'eq'
  const matches = actual.some((each) => values.some((value) => tests[positive](each, value)))
  return negative ? !matches : matches
}

type Test = 'eq' | 'startswith' | 'endswith' | 'contains'

const positiveOperators: Readonly<Record<string, Test>> = {
  startswith: 'startswith',
  notstartswith: 'startswith',
  endswith: 'endswith',
  notendswith: 'endswith',
  contains: 'contains',
  notcontains: 'contains',
}

const tests: Readonly<Record<Test, (actual: string, value: string) => boolean>> = {
  eq: (actual, value) => actual === value,
  startswith: (actual, value) => actual.startsWith(value),
  endswith: (actual, value) => actual.endsWith(value),
  contains: (actual, value) => actual.includes(value),
}

/** Lower case, as rules are compared. */
function valuesOf(property: string, device: DeviceSignal): readonly string[] | undefined {
  const value = property.startsWith('extensionattribute') ? extension(property, device) : attributes[property]?.(device)
  if (value === undefined) return undefined
  return (Array.isArray(value) ? value : [value]).map((each) => String(each).toLowerCase())
}

type Attribute = string | boolean | readonly string[] | undefined

const attributes: Readonly<Record<string, (device: DeviceSignal) => Attribute>> = {
  deviceid: (device) => device.deviceId,
  displayname: (device) => device.displayName,
  enrollmentprofilename: (device) => device.enrollmentProfileName,
  manufacturer: (device) => device.manufacturer,
  model: (device) => device.model,
  operatingsystem: (device) => device.operatingSystem,
  operatingsystemversion: (device) => device.operatingSystemVersion,
  deviceownership: (device) => device.deviceOwnership,
  iscompliant: (device) => device.isCompliant,
  mdmappid: (device) => device.mdmAppId,
  physicalids: (device) => device.physicalIds,
  systemlabels: (device) => device.systemLabels,
  profiletype: (device) => device.profileType ?? 'RegisteredDevice',
  trusttype: (device) => device.trustType,
}

/** They count only for devices that the organization vouches for. */
function extension(property: string, device: DeviceSignal): Attribute {
  if (!device.isManaged && !device.isCompliant && device.trustType !== 'ServerAd') return undefined
  const entries = Object.entries(device.extensionAttributes ?? {})
  return entries.find(([name]) => name.toLowerCase() === property)?.[1]
}
