import type {
  Comparison,
  FilterExpression,
  Lambda,
  Literal,
  Membership,
  Path,
  TextFunction,
  TextMatch,
} from './filter-expression.ts'
import { ordering, readSegments } from './read-record.ts'

export type GraphRecord = Readonly<Record<string, unknown>>

/** The record, and what lambda variables stand for. */
interface Scope {
  readonly record: GraphRecord
  readonly elements: Readonly<Record<string, unknown>>
}

type Predicate = (scope: Scope) => boolean

/** `expression` has been through checkFilter. */
export function filterPredicate(expression: FilterExpression): (record: GraphRecord) => boolean {
  const test = predicate(expression)
  return (record) => test({ record, elements: {} })
}

function predicate(expression: FilterExpression): Predicate {
  switch (expression.kind) {
    case 'and': {
      const terms = expression.terms.map(predicate)
      return (scope) => terms.every((term) => term(scope))
    }
    case 'or': {
      const terms = expression.terms.map(predicate)
      return (scope) => terms.some((term) => term(scope))
    }
    case 'not': {
      const term = predicate(expression.term)
      return (scope) => !term(scope)
    }
    case 'comparison':
      return comparison(expression)
    case 'in':
      return membership(expression)
    case 'text':
      return textMatch(expression)
    default:
      return lambda(expression)
  }
}

function comparison({ path, operator, value }: Comparison): Predicate {
  const read = reader(path)
  if (operator === 'eq') return (scope) => equals(read(scope), value)
  if (operator === 'ne') return (scope) => !equals(read(scope), value)
  const accepts = orderings[operator]
  return (scope) => {
    const actual = read(scope)
    // Whatever is compared with null is neither greater nor less.
    if (actual === null || value.type === 'null') return false
    return accepts(ordering(actual, value.value, instantLike(value)))
  }
}

const orderings = {
  gt: (order: number) => order > 0,
  ge: (order: number) => order >= 0,
  lt: (order: number) => order < 0,
  le: (order: number) => order <= 0,
} as const

function equals(actual: unknown, literal: Literal): boolean {
  if (actual === null || literal.type === 'null') return actual === literal.value
  return ordering(actual, literal.value, instantLike(literal)) === 0
}

function instantLike({ type }: Literal): boolean {
  return type === 'dateTime' || type === 'date'
}

function membership({ path, values }: Membership): Predicate {
  const read = reader(path)
  return (scope) => {
    const actual = read(scope)
    return values.some((value) => equals(actual, value))
  }
}

const textTests: Readonly<Record<TextFunction, (text: string, part: string) => boolean>> = {
  startswith: (text, part) => text.startsWith(part),
  endswith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
}

function textMatch({ name, path, value }: TextMatch): Predicate {
  const read = reader(path)
  const part = value.toLowerCase()
  const test = textTests[name]
  return (scope) => {
    const actual = read(scope)
    return typeof actual === 'string' && test(actual.toLowerCase(), part)
  }
}

function lambda({ path, element }: Lambda): Predicate {
  const read = reader(path)
  const condition = element && predicate(element.condition)
  return (scope) => {
    const actual = read(scope)
    if (!Array.isArray(actual)) return false
    if (!element || !condition) return actual.length > 0
    return actual.some((each: unknown) =>
      condition({ ...scope, elements: { ...scope.elements, [element.variable]: each ?? null } }),
    )
  }
}

/** Null for what the record lacks. */
function reader({ variable, segments, count }: Path): (scope: Scope) => unknown {
  return ({ record, elements }) => {
    const value = readSegments(variable === undefined ? record : elements[variable], segments)
    if (!count) return value
    return Array.isArray(value) ? value.length : 0
  }
}
