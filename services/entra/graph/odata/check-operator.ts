import { GraphQueryError, type QueryProblem } from './graph-query-error.ts'
import type { AdvancedParameters, FilterOperator, GraphProperty, GraphResource } from './graph-resource.ts'

/** Refuses an operator that the property does not take, or takes only with advanced query parameters. */
export function checkOperator(
  operator: FilterOperator,
  { property, name }: { readonly property: GraphProperty; readonly name: string },
  resource: GraphResource,
  advanced: AdvancedParameters,
): void {
  const { filter = [], advancedFilter = [] } = property
  if (filter.includes(operator)) return
  const possible = advancedFilter.includes(operator)
  if (possible && isAdvanced(advanced)) return
  const values = { property: name, resource: resource.name, operator: spelling(operator) }
  const reason = possible
    ? `${operator} on ${name} needs the header ConsistencyLevel: eventual and $count=true`
    : `${name} of ${resource.type} takes ${[...filter, ...advancedFilter].join(', ') || 'no filter'}`
  throw new GraphQueryError(problemOf(operator, possible, advanced), { values, reason })
}

/** Directory objects take `not` in advanced queries only. */
export function checkNegation(resource: GraphResource, advanced: AdvancedParameters): void {
  if (!resource.directoryObject || isAdvanced(advanced)) return
  const reason = 'not needs the header ConsistencyLevel: eventual and $count=true'
  throw new GraphQueryError('advancedQueryNeeded', { values: { operator: 'not' }, reason })
}

export function isAdvanced({ eventual, count }: AdvancedParameters): boolean {
  return eventual && count
}

function problemOf(operator: FilterOperator, possible: boolean, advanced: AdvancedParameters): QueryProblem {
  if (operator === 'contains') return 'operatorUnsupported'
  if (!possible) return isAdvanced(advanced) ? 'notIndexed' : 'filterUnsupported'
  if (operator === 'ne') return 'notEqualsUnsupported'
  if (operator !== 'endswith') return 'filterUnsupported'
  return advanced.eventual ? 'advancedQueryNeeded' : 'consistencyLevelMissing'
}

/** As Graph spells operators in its messages. */
function spelling(operator: FilterOperator): string {
  if (operator === 'contains') return 'Contains'
  return operator === 'endswith' ? 'endsWith' : operator
}
