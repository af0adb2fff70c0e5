/** A filter rule as a tree; built by parseRule, written back by formatRule. */
export type Rule = Comparison | Negation | Junction

export interface Comparison {
  readonly kind: 'comparison'
  /** In the spelling of its vocabulary. */
  readonly property: string
  readonly operator: Operator
  readonly value: RuleValue
}

export interface Negation {
  readonly kind: 'not'
  readonly term: Rule
}

export interface Junction {
  readonly kind: 'and' | 'or'
  /** Two or more. */
  readonly terms: readonly Rule[]
}

export type RuleValue = string | boolean | null | readonly string[]

/** In the spelling of "Conditional Access: Filter for devices". */
export const operators = [
  '-eq',
  '-ne',
  '-startsWith',
  '-notStartsWith',
  '-endsWith',
  '-notEndsWith',
  '-contains',
  '-notContains',
  '-in',
  '-notIn',
] as const

export type Operator = (typeof operators)[number]

export type ExtensionAttribute = `extensionAttribute${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15}`

export type DeviceProperty =
  | 'deviceId'
  | 'displayName'
  | 'deviceOwnership'
  | 'enrollmentProfileName'
  | 'isCompliant'
  | 'manufacturer'
  | 'mdmAppId'
  | 'model'
  | 'operatingSystem'
  | 'operatingSystemVersion'
  | 'physicalIds'
  | 'profileType'
  | 'systemLabels'
  | 'trustType'
  | ExtensionAttribute
