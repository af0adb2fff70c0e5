import { checkLiteral } from './check-literal.ts'
import { checkNegation, checkOperator } from './check-operator.ts'
import type { Comparison, FilterExpression, Junction, Lambda, Membership, TextMatch } from './filter-expression.ts'
import { GraphQueryError } from './graph-query-error.ts'
import type { AdvancedParameters, FilterOperator, GraphProperty, GraphResource } from './graph-resource.ts'
import { type BoundVariable, type ResolvedPath, resolvePath } from './resolve-path.ts'

/** What Graph allows directory objects to be tested for at once. */
const mostAlternatives = 15

interface Binding {
  readonly resource: GraphResource
  readonly advanced: AdvancedParameters
  readonly variables: readonly BoundVariable[]
}

/** Refuses what the resource cannot answer; gives the expression back in the spelling of its declaration. */
export function checkFilter(
  expression: FilterExpression,
  resource: GraphResource,
  advanced: AdvancedParameters,
): FilterExpression {
  return bind(expression, { resource, advanced, variables: [] })
}

function bind(expression: FilterExpression, binding: Binding): FilterExpression {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return bindJunction(expression, binding)
    case 'not':
      checkNegation(binding.resource, binding.advanced)
      return { kind: 'not', term: bind(expression.term, binding) }
    case 'comparison':
      return bindComparison(expression, binding)
    case 'in':
      return bindMembership(expression, binding)
    case 'text':
      return bindTextMatch(expression, binding)
    default:
      return bindLambda(expression, binding)
  }
}

function bindJunction({ kind, terms }: Junction, binding: Binding): FilterExpression {
  if (kind === 'or') checkAlternatives(terms.length, binding)
  return { kind, terms: terms.map((term) => bind(term, binding)) }
}

function checkAlternatives(count: number, { resource }: Binding): void {
  if (!resource.directoryObject || count <= mostAlternatives) return
  throw new GraphQueryError('tooManyClauses', { values: { count, limit: mostAlternatives } })
}

function bindComparison(comparison: Comparison, binding: Binding): FilterExpression {
  const resolved = resolve(comparison.path, binding)
  const { path, property } = resolved
  if (path.count) return bindCount(comparison, resolved, binding)
  checkLiteral(property, comparison.operator, comparison.value)
  check(comparison.operator, resolved, binding)
  return { ...comparison, path }
}

function bindCount(comparison: Comparison, resolved: ResolvedPath, binding: Binding): FilterExpression {
  requireCollection(resolved)
  checkLiteral({ type: 'number' }, comparison.operator, comparison.value)
  check('count', resolved, binding)
  return { ...comparison, path: resolved.path }
}

function bindMembership(membership: Membership, binding: Binding): FilterExpression {
  const resolved = resolve(membership.path, binding)
  for (const value of membership.values) checkLiteral(resolved.property, 'eq', value)
  check('in', resolved, binding)
  checkAlternatives(membership.values.length, binding)
  return { ...membership, path: resolved.path }
}

function bindTextMatch(match: TextMatch, binding: Binding): FilterExpression {
  const resolved = resolve(match.path, binding)
  const { property, path } = resolved
  if (property.type !== 'string' || property.collection || path.count) {
    throw new GraphQueryError('functionSignature', { values: { name: match.name } })
  }
  check(match.name, resolved, binding)
  return { ...match, path }
}

function bindLambda(lambda: Lambda, binding: Binding): FilterExpression {
  const resolved = resolve(lambda.path, binding)
  requireCollection(resolved)
  // "Use the $filter query parameter": all "isn't supported in Microsoft Graph".
  if (lambda.kind === 'all') throw new GraphQueryError('queryUnsupported', { reason: 'Graph does not know all()' })
  check('any', resolved, binding)
  if (!lambda.element) return { ...lambda, path: resolved.path }
  const { variable, condition } = lambda.element
  const element = { ...resolved.property, collection: false }
  const bound: BoundVariable = { name: variable, element, collection: resolved.name }
  const inside = { ...binding, variables: [...binding.variables, bound] }
  return { ...lambda, path: resolved.path, element: { variable, condition: bind(condition, inside) } }
}

function requireCollection({ property }: { readonly property: GraphProperty }): void {
  if (!property.collection) throw new GraphQueryError('notACollection')
}

function resolve(path: Comparison['path'], { resource, variables }: Binding): ResolvedPath {
  return resolvePath(path, resource, variables)
}

function check(operator: FilterOperator, resolved: ResolvedPath, { resource, advanced }: Binding): void {
  checkOperator(operator, resolved, resource, advanced)
}
