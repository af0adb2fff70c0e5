import type { PropertyType } from './properties.ts'
import { type Comparison, type Operator, operators, type RuleValue } from './rule.ts'
import type { RuleReader } from './rule-reader.ts'
import type { Token } from './tokens.ts'

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const listOperators: readonly Operator[] = ['-in', '-notIn']
const constants: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
  ['$null', null],
])
const operatorNames = new Map(operators.map((name) => [name.slice(1).toLowerCase(), name]))

/** `object.property -operator value`, checked against what the property supports. */
export function readComparison(reader: RuleReader): Comparison {
  const property = readPropertyName(reader)
  const operator = readOperator(reader, property)
  const value = listOperators.includes(operator)
    ? readList(reader, property, operator)
    : readOne(reader, property, operator)
  return { kind: 'comparison', property: property.name, operator, value }
}

function readPropertyName(reader: RuleReader): PropertyType {
  if (!reader.at('word')) throw reader.error('expectedTerm')
  const { object: meant, known, find } = reader.vocabulary
  const [object, name = '', ...rest] = reader.next.text.split('.')
  const property = object?.toLowerCase() === meant.toLowerCase() && rest.length === 0 ? find(name) : undefined
  if (!property) throw reader.error('unknownProperty', { known })
  reader.take()
  return property
}

function readOperator(reader: RuleReader, { name, operators: supported }: PropertyType): Operator {
  const word = reader.at('word') ? reader.next.text.toLowerCase().replace(/^-/, '') : ''
  const operator = operatorNames.get(word)
  if (!operator) throw reader.error('expectedOperator', { property: name })
  if (!supported.includes(operator)) {
    throw reader.error('operatorNotSupported', { operator, property: name, supported: supported.join(', ') })
  }
  reader.take()
  return operator
}

function readList(reader: RuleReader, property: PropertyType, operator: Operator): readonly string[] {
  if (!reader.at('[')) throw reader.error('expectedList', { operator })
  const values: string[] = []
  reader.take()
  if (reader.at(']')) throw reader.error('emptyList')
  for (;;) {
    values.push(readListItem(reader, property))
    if (!reader.at(',') && !reader.at(']')) throw reader.error('expectedListEnd')
    if (reader.take().kind === ']') return values
  }
}

function readListItem(reader: RuleReader, property: PropertyType): string {
  const token = reader.next
  if (!reader.at('string')) throw reader.error('expectedValue')
  reader.take()
  checkText(reader, property, token)
  return token.text
}

function readOne(reader: RuleReader, property: PropertyType, operator: Operator): RuleValue {
  const token = reader.next
  if (reader.at('[')) throw reader.error('listNotAllowed', { operator })
  const constant = reader.at('word') ? constants.get(token.text.toLowerCase()) : undefined
  if (constant === undefined && !reader.at('string')) throw reader.error('expectedValue')
  reader.take()
  if (constant === null) return readNull(reader, operator, token)
  if (property.type === 'boolean') return constant ?? readBoolean(reader, property, token)
  if (constant !== undefined) throw reader.error('notAString', { property: property.name }, token)
  checkText(reader, property, token)
  return token.text
}

function readNull(reader: RuleReader, operator: Operator, token: Token): null {
  if (operator !== '-eq' && operator !== '-ne') throw reader.error('nullNotComparable', {}, token)
  return null
}

/** The documentation writes `-eq "True"`, the rule builder `-eq True`. */
function readBoolean(reader: RuleReader, { name }: PropertyType, token: Token): boolean {
  const value = constants.get(token.text.toLowerCase())
  if (typeof value !== 'boolean') throw reader.error('notABoolean', { property: name }, token)
  return value
}

function checkText(reader: RuleReader, { name, type, values }: PropertyType, token: Token): void {
  if (type === 'guid' && !guid.test(token.text)) throw reader.error('notAGuid', { property: name }, token)
  if (values && !values.some((value) => value.toLowerCase() === token.text.toLowerCase())) {
    throw reader.error('valueNotSupported', { property: name, supported: values.join(', ') }, token)
  }
}
