import type { ComparisonOperator, Literal } from './filter-expression.ts'
import { GraphQueryError } from './graph-query-error.ts'
import type { GraphProperty, PropertyType } from './graph-resource.ts'

const edmTypes: Readonly<Record<PropertyType | Literal['type'], string>> = {
  string: 'Edm.String',
  enum: 'Edm.String',
  boolean: 'Edm.Boolean',
  number: 'Edm.Int32',
  dateTime: 'Edm.DateTimeOffset',
  date: 'Edm.Date',
  guid: 'Edm.Guid',
  complex: 'Edm.ComplexType',
  null: 'Edm.Null',
}

const operatorKinds: Readonly<Record<ComparisonOperator, string>> = {
  eq: 'Equal',
  ne: 'NotEqual',
  gt: 'GreaterThan',
  ge: 'GreaterThanOrEqual',
  lt: 'LessThan',
  le: 'LessThanOrEqual',
}

/** Refuses to compare what has different types, as when a boolean stands in quotation marks. */
export function checkLiteral(property: GraphProperty, operator: ComparisonOperator, literal: Literal): void {
  if (literal.type === 'null' && !property.collection) return
  if (property.collection || !comparable(property.type, literal.type)) throw incompatible(property, operator, literal)
  const { values, type } = property
  if (type !== 'enum' || values?.some((each) => each.toLowerCase() === String(literal.value).toLowerCase())) return
  const reason = `the values are ${values?.join(', ')}`
  throw new GraphQueryError('notAnEnumerationValue', { values: { value: String(literal.value) }, reason })
}

function comparable(property: PropertyType, literal: Literal['type']): boolean {
  if (property === 'enum') return literal === 'string'
  if (property === 'dateTime') return literal === 'dateTime' || literal === 'date'
  return property === literal
}

function incompatible(property: GraphProperty, operator: ComparisonOperator, literal: Literal): GraphQueryError {
  const type = edmTypes[property.type]
  const values = {
    left: property.collection ? `Collection(${type})` : type,
    right: literal.type === 'number' && !Number.isInteger(literal.value) ? 'Edm.Double' : edmTypes[literal.type],
    operator: operatorKinds[operator],
  }
  return new GraphQueryError('incompatibleTypes', { values })
}
