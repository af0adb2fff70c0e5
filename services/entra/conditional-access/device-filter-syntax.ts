/** One comparison; property, operator and values in lower case. */
export interface Comparison {
  readonly kind: 'comparison'
  readonly property: string
  readonly operator: string
  readonly values: readonly string[]
}

export type FilterExpression =
  | Comparison
  | { readonly kind: 'and' | 'or'; readonly operands: readonly FilterExpression[] }
  | { readonly kind: 'not'; readonly operand: FilterExpression }

export class DeviceFilterSyntaxError extends Error {
  override readonly name = 'DeviceFilterSyntaxError'
}

const equality = ['eq', 'ne']
const membership = ['in', 'notin']
const substrings = ['contains', 'notcontains']
const text = [...equality, ...membership, ...substrings, 'startswith', 'notstartswith', 'endswith', 'notendswith']

/** "Supported operators and device properties for filters". */
const operatorsOf: Readonly<Record<string, readonly string[]>> = {
  deviceid: [...equality, ...membership],
  displayname: text,
  enrollmentprofilename: text,
  manufacturer: text,
  model: text,
  operatingsystem: text,
  operatingsystemversion: text,
  deviceownership: equality,
  iscompliant: equality,
  mdmappid: [...equality, ...membership],
  physicalids: substrings,
  systemlabels: substrings,
  profiletype: equality,
  trusttype: equality,
}

/** `device.isCompliant -eq True -and (device.model -in ["a", "b"] -or -not device.displayName -contains "x")` */
export function parseDeviceFilter(rule: string): FilterExpression {
  const tokens = new Tokens(tokenize(rule))
  const expression = parseOr(tokens)
  if (tokens.peek() !== undefined) throw new DeviceFilterSyntaxError(`unexpected ${tokens.peek()}`)
  return expression
}

class Tokens {
  readonly #tokens: readonly string[]
  #at = 0

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens
  }

  peek(): string | undefined {
    return this.#tokens[this.#at]
  }

  take(): string {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw new DeviceFilterSyntaxError('unexpected end of the rule')
    this.#at += 1
    return token
  }

  /** Takes the next token if it is this one. */
  skip(token: string): boolean {
    if (this.peek()?.toLowerCase() !== token) return false
    this.#at += 1
    return true
  }
}

const tokenPattern = /\s*("(?:[^"\\]|\\.)*"|[()[\],]|[^\s()[\],"]+)/y

function tokenize(rule: string): readonly string[] {
  const tokens: string[] = []
  const pattern = new RegExp(tokenPattern)
  const written = rule.trimEnd()
  while (pattern.lastIndex < written.length) {
    const start = pattern.lastIndex
    const token = pattern.exec(written)?.[1]
    if (token === undefined) throw new DeviceFilterSyntaxError(`cannot read ${written.slice(start, start + 20)}`)
    tokens.push(token)
  }
  return tokens
}

function parseOr(tokens: Tokens): FilterExpression {
  return parseList(tokens, 'or', (inner) => parseList(inner, 'and', parseUnary))
}

function parseList(
  tokens: Tokens,
  kind: 'and' | 'or',
  parseOperand: (tokens: Tokens) => FilterExpression,
): FilterExpression {
  const first = parseOperand(tokens)
  const operands = [first]
  while (tokens.skip(`-${kind}`)) operands.push(parseOperand(tokens))
  return operands.length === 1 ? first : { kind, operands }
}

function parseUnary(tokens: Tokens): FilterExpression {
  if (tokens.skip('-not')) return { kind: 'not', operand: parseUnary(tokens) }
  if (!tokens.skip('(')) return parseComparison(tokens)
  const inner = parseOr(tokens)
  if (!tokens.skip(')')) throw new DeviceFilterSyntaxError('a parenthesis is not closed')
  return inner
}

function parseComparison(tokens: Tokens): Comparison {
  const property = /^device\.(\w+)$/i.exec(tokens.take())?.[1]?.toLowerCase()
  if (property === undefined) throw new DeviceFilterSyntaxError('expected a property such as device.isCompliant')
  const operator = /^-(\w+)$/.exec(tokens.take())?.[1]?.toLowerCase() ?? ''
  const operators = /^extensionattribute([1-9]|1[0-5])$/.test(property) ? text : operatorsOf[property]
  if (!operators) throw new DeviceFilterSyntaxError(`device.${property} is no property of a device`)
  if (!operators.includes(operator))
    throw new DeviceFilterSyntaxError(`device.${property} has no operator -${operator}`)
  const values = membership.includes(operator) ? parseValues(tokens) : [parseValue(tokens)]
  return { kind: 'comparison', property, operator, values }
}

function parseValues(tokens: Tokens): readonly string[] {
  if (!tokens.skip('[')) throw new DeviceFilterSyntaxError('expected a list such as ["a", "b"]')
  const values = [parseValue(tokens)]
  while (tokens.skip(',')) values.push(parseValue(tokens))
  if (!tokens.skip(']')) throw new DeviceFilterSyntaxError('a list is not closed')
  return values
}

function parseValue(tokens: Tokens): string {
  const token = tokens.take()
  if (token.startsWith('"')) return token.slice(1, -1).replace(/\\(.)/g, '$1').toLowerCase()
  if (/^(true|false)$/i.test(token)) return token.toLowerCase()
  throw new DeviceFilterSyntaxError(`expected a value, found ${token}`)
}
