import { BlockList, isIP } from 'node:net'
import type { Claim } from '../claim-rules/claim.ts'
import { compilePattern } from '../claim-rules/pattern.ts'
import type { AccessCondition } from './policies.ts'

/** What a policy may look at. What is left out is not known, and then no condition about it holds. */
export interface AccessFacts {
  readonly insideCorporateNetwork: boolean
  /** Every name under which a policy may mean one of the user's groups: `Sales`, `CONTOSO\Sales`, its SID. */
  readonly groupNames: readonly string[]
  readonly deviceAuthenticated: boolean
  /** The request is for the Device Registration Service trust. */
  readonly deviceRegistration: boolean
  /** Every name of the user: principal name, `CONTOSO\alice`, SID. */
  readonly userNames?: readonly string[]
  /** The address of the person's own device. */
  readonly clientAddress?: string
  readonly deviceManaged?: boolean
  readonly deviceCompliant?: boolean
  readonly claims?: readonly Claim[]
}

/** `groups` are what the trust binds to the policy's GroupParameter. */
export function conditionHolds(condition: AccessCondition, facts: AccessFacts, groups: readonly string[]): boolean {
  switch (condition.kind) {
    case 'everyone':
      return true
    case 'intranet':
      return facts.insideCorporateNetwork
    case 'extranet':
      return !facts.insideCorporateNetwork
    case 'groups':
      return anyOf(condition.groups ?? groups, facts.groupNames)
    case 'users':
      return anyOf(condition.users, facts.userNames ?? [])
    case 'networks':
      return facts.clientAddress !== undefined && liesInside(facts.clientAddress, condition.ranges)
    case 'device':
      return deviceTrusts[condition.trust](facts)
    case 'claim':
      return (facts.claims ?? []).some((claim) => claimMatches(claim, condition))
    case 'deviceRegistration':
      return facts.deviceRegistration
  }
}

function anyOf(wanted: readonly string[], names: readonly string[]): boolean {
  return wanted.some((each) => names.some((name) => name.toLowerCase() === each.toLowerCase()))
}

const deviceTrusts: Readonly<Record<'authenticated' | 'managed' | 'compliant', (facts: AccessFacts) => boolean>> = {
  authenticated: ({ deviceAuthenticated }) => deviceAuthenticated,
  managed: ({ deviceManaged }) => deviceManaged === true,
  compliant: ({ deviceCompliant }) => deviceCompliant === true,
}

/** Single addresses, `10.0.0.0/8`, `192.168.1.1-192.168.1.20`. */
function liesInside(address: string, ranges: readonly string[]): boolean {
  const family = isIP(address)
  if (family === 0) return false
  const list = new BlockList()
  for (const range of ranges) addRange(list, range)
  return list.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** @throws Error for what is no address, network or range. */
export function addRange(list: BlockList, range: string): void {
  const [first = '', last] = range.split('-', 2).map((part) => part.trim())
  const [network = '', prefix] = first.split('/', 2)
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4'
  if (isIP(network) === 0 || (last !== undefined && isIP(last) !== isIP(network))) {
    throw new Error(`"${range}" is no address, network or range of addresses`)
  }
  if (last !== undefined) list.addRange(network, last, family)
  else if (prefix !== undefined) list.addSubnet(network, Number(prefix), family)
  else list.addAddress(network, family)
}

type ClaimCondition = Extract<AccessCondition, { kind: 'claim' }>

function claimMatches(
  { type, value }: Claim,
  { type: wanted, operator, value: operand = '' }: ClaimCondition,
): boolean {
  if (type.toLowerCase() !== wanted.toLowerCase()) return false
  return operators[operator](value.toLowerCase(), operand.toLowerCase(), { value, operand })
}

const operators: Readonly<
  Record<
    ClaimCondition['operator'],
    (value: string, operand: string, exact: { value: string; operand: string }) => boolean
  >
> = {
  IsPresent: () => true,
  Equals: (value, operand) => value === operand,
  NotEquals: (value, operand) => value !== operand,
  Contains: (value, operand) => value.includes(operand),
  StartsWith: (value, operand) => value.startsWith(operand),
  EndsWith: (value, operand) => value.endsWith(operand),
  RegExMatch: (_value, _operand, { value, operand }) => value.search(compilePattern(operand)) !== -1,
}

const words: Readonly<Record<string, string>> = {
  everyone: 'everyone',
  intranet: 'from the intranet',
  extranet: 'from the extranet',
  deviceRegistration: 'for device registration',
}

/** For people: the words of AD FS Management. */
export function describeCondition(condition: AccessCondition, groups: readonly string[]): string {
  switch (condition.kind) {
    case 'groups':
      return `members of ${(condition.groups ?? groups).join(', ')}`
    case 'users':
      return condition.users.join(', ')
    case 'networks':
      return `from ${condition.ranges.join(', ')}`
    case 'device':
      return `from ${condition.trust} devices`
    case 'claim':
      return `with the claim ${condition.type} ${condition.operator}${condition.value === undefined ? '' : ` "${condition.value}"`}`
    default:
      return words[condition.kind] ?? condition.kind
  }
}
