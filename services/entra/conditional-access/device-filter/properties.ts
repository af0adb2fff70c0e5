import type { DeviceSignal } from '../signals.ts'
import { type DeviceProperty, type ExtensionAttribute, type Operator, operators } from './rule.ts'

export type PropertyValue = string | boolean | readonly string[] | null

/** What rules can be about: `object.property`. */
export interface Vocabulary {
  readonly object: string
  /** For whoever wrote another one. */
  readonly known: string
  find(name: string): PropertyType | undefined
}

export interface PropertyType {
  readonly name: string
  readonly type: 'string' | 'boolean' | 'guid' | 'collection'
  readonly operators: readonly Operator[]
  /** The values that may be compared with; any when undefined. */
  readonly values?: readonly string[] | undefined
}

export interface PropertyFacts extends PropertyType {
  readonly name: DeviceProperty
  readonly read: (device: DeviceSignal) => PropertyValue
}

const equality: readonly Operator[] = ['-eq', '-ne']
const membership: readonly Operator[] = ['-contains', '-notContains']
const identity: readonly Operator[] = ['-eq', '-ne', '-in', '-notIn']
const ownerships = ['Personal', 'Company']
const profileTypes = ['RegisteredDevice', 'SecureVM', 'Printer', 'Shared', 'IoT']
const trustTypes = ['AzureAD', 'ServerAD', 'Workplace']
const extensionNumbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] as const

/** "Filter for devices", table "Supported operators and device properties for filters". */
export const properties: readonly PropertyFacts[] = [
  { name: 'deviceId', type: 'guid', operators: identity, read: (device) => device.deviceId },
  text('displayName', (device) => device.displayName),
  choice('deviceOwnership', ownerships, (device) => device.deviceOwnership),
  text('enrollmentProfileName', (device) => device.enrollmentProfileName),
  { name: 'isCompliant', type: 'boolean', operators: equality, read: (device) => device.isCompliant },
  text('manufacturer', (device) => device.manufacturer),
  { name: 'mdmAppId', type: 'guid', operators: identity, read: (device) => device.mdmAppId ?? null },
  text('model', (device) => device.model),
  text('operatingSystem', (device) => device.operatingSystem),
  text('operatingSystemVersion', (device) => device.operatingSystemVersion),
  { name: 'physicalIds', type: 'collection', operators: membership, read: (device) => device.physicalIds ?? [] },
  choice('profileType', profileTypes, (device) => device.profileType ?? 'RegisteredDevice'),
  { name: 'systemLabels', type: 'collection', operators: membership, read: (device) => device.systemLabels ?? [] },
  choice('trustType', trustTypes, (device) => device.trustType),
  ...extensionNumbers.map((number) => extension(`extensionAttribute${number}`)),
]

const byName = new Map(properties.map((facts) => [facts.name.toLowerCase(), facts]))

/** Ignores case: the documentation itself writes `device.deviceid` for deviceId. */
export function findProperty(name: string): PropertyFacts | undefined {
  return byName.get(name.toLowerCase())
}

export const deviceVocabulary: Vocabulary = {
  object: 'device',
  known: properties.map(({ name }) => name).join(', '),
  find: findProperty,
}

export function readProperty(device: DeviceSignal, name: string): PropertyValue {
  return findProperty(name)?.read(device) ?? null
}

type ReadText = (device: DeviceSignal) => string | undefined

function text(name: DeviceProperty, read: ReadText): PropertyFacts {
  return { name, type: 'string', operators, read: (device) => read(device) ?? null }
}

function choice(name: DeviceProperty, values: readonly string[], read: ReadText): PropertyFacts {
  return { name, type: 'string', operators: equality, values, read: (device) => read(device) ?? null }
}

function extension(name: ExtensionAttribute): PropertyFacts {
  return text(name, (device) => (exposesExtensions(device) ? device.extensionAttributes?.[name] : undefined))
}

/** "Filter for devices": a value is available only for devices that are managed, compliant or hybrid joined. */
function exposesExtensions(device: DeviceSignal): boolean {
  return device.isManaged || device.isCompliant || device.trustType === 'ServerAd'
}
