import {
  assignedMobilePolicy,
  initialValues,
  keepingPolicy,
  type MobilePolicy,
  type MobilePolicyValues,
  mobilePolicies,
  policyWords,
  removingPolicy,
} from '../../organization/mobile-policies.ts'
import type { Cmdlet, CmdletParts, ExchangeObject, ParameterKind, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { notFound } from '../names.ts'

const kinds: Readonly<Record<string, ParameterKind>> = Object.fromEntries(
  Object.entries(initialValues).map(([name, value]) => [name, kindOf(value)]),
)

function kindOf(value: MobilePolicyValues[string]): ParameterKind {
  if (typeof value === 'boolean') return 'boolean'
  return Array.isArray(value) ? 'texts' : 'value'
}

/** "New-MobileDeviceMailboxPolicy" and its kin: changed policies are asked for again of every device that has them. */
export const mobilePolicyCmdlets: readonly Cmdlet[] = [
  {
    name: 'New-MobileDeviceMailboxPolicy',
    parameters: { Name: 'identity', IsDefault: 'boolean', ...kinds },
    mandatory: ['Name'],
    run: add,
  },
  {
    name: 'Get-MobileDeviceMailboxPolicy',
    parameters: { Identity: 'identity' },
    run: async (parts, { Identity }) => {
      if (Identity !== undefined) return [describe(await policyNamed(parts, Identity))]
      return mobilePolicies(await parts.organization.settings()).map(describe)
    },
  },
  {
    name: 'Set-MobileDeviceMailboxPolicy',
    parameters: { Identity: 'identity', IsDefault: 'boolean', ...kinds },
    mandatory: ['Identity'],
    run: change,
  },
  {
    name: 'Remove-MobileDeviceMailboxPolicy',
    parameters: { Identity: 'identity' },
    mandatory: ['Identity'],
    run: remove,
  },
]

async function add({ organization }: CmdletParts, { Name, IsDefault, ...given }: Parameters) {
  const name = String(Name).trim()
  const policies = mobilePolicies(await organization.settings())
  if (policies.some((each) => each.name.toLowerCase() === name.toLowerCase()))
    throw new CmdletError('objectExists', `The object "CN=${name},CN=Mobile Mailbox Policies" already exists.`)
  const policy = { name, isDefault: IsDefault === true, values: { ...initialValues, ...valuesOf(given) } }
  await organization.changeSettings(keepingPolicy(policy))
  return [describe(policy)]
}

async function change(parts: CmdletParts, { Identity, IsDefault, ...given }: Parameters) {
  const { name, isDefault, values } = await policyNamed(parts, Identity)
  if (isDefault && IsDefault === false)
    throw new CmdletError('invalidArgument', `"${name}" stays the default until another policy becomes it.`)
  const changed = { name, isDefault: isDefault || IsDefault === true, values: { ...values, ...valuesOf(given) } }
  await parts.organization.changeSettings(keepingPolicy(changed))
  return []
}

async function remove(parts: CmdletParts, { Identity }: Parameters) {
  const { name, isDefault } = await policyNamed(parts, Identity)
  const { organization } = parts
  if (isDefault || (await organization.recipientsWith(assignedMobilePolicy, name)).length > 0)
    throw new CmdletError('invalidArgument', `The policy "${name}" can't be removed: it is the default or assigned.`)
  await organization.changeSettings(removingPolicy(name))
  return []
}

/** By name, in any case. */
export async function policyNamed({ organization, config }: CmdletParts, identity: unknown): Promise<MobilePolicy> {
  const wanted = String(identity).toLowerCase()
  const policies = mobilePolicies(await organization.settings())
  const policy = policies.find(({ name }) => name.toLowerCase() === wanted)
  if (policy) return policy
  throw notFound(String(identity), config)
}

function valuesOf(given: Parameters): MobilePolicyValues {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, checked(name, value as MobilePolicyValues[string])]),
  )
}

/** What limits may be ("New-MobileDeviceMailboxPolicy"); of spans of time, in seconds. */
const ranges: Readonly<Record<string, readonly [least: number, most: number]>> = {
  MinPasswordLength: [1, 16],
  MinPasswordComplexCharacters: [1, 4],
  MaxPasswordFailedAttempts: [4, 16],
  PasswordHistory: [0, 50],
  MaxInactivityTimeLock: [60, 3600],
}

/** @throws CmdletError badValue for a limit out of its range; Unlimited always is in it. */
function requireRange(name: string, value: string | number): void {
  const range = ranges[name]
  if (!range || value === 'Unlimited') return
  const given = typeof value === 'number' || !value.includes(':') ? Number(value) : secondsOf(value)
  if (given >= range[0] && given <= range[1]) return
  throw new CmdletError('badValue', `The value "${value}" of '${name}' isn't between ${range[0]} and ${range[1]}.`)
}

/** `[d.]hh:mm[:ss]`. */
function secondsOf(span: string): number {
  const [, days = 0, hours, minutes, seconds = 0] = /^(?:(\d+)\.)?(\d+):(\d+)(?::(\d+))?$/.exec(span) ?? []
  return Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
}

/** Words in their own case, and limits as numbers, spans of time or Unlimited. */
function checked(name: string, value: MobilePolicyValues[string]): MobilePolicyValues[string] {
  if (typeof value === 'string' || typeof value === 'number') requireRange(name, value)
  if (typeof value !== 'string') return value
  const word = policyWords[name]?.find((each) => each.toLowerCase() === value.toLowerCase())
  if (word !== undefined) return word
  if (policyWords[name] === undefined && /^(Unlimited|\d{1,9}|(\d+\.)?\d{1,2}:\d{2}(:\d{2})?)$/.test(value))
    return value
  throw new CmdletError('badValue', `Cannot convert value "${value}" of '${name}'.`)
}

function describe({ name, isDefault, values }: MobilePolicy): ExchangeObject {
  return { Identity: name, Name: name, Id: name, IsDefault: isDefault, ...values }
}
