/** A $filter as a tree; built by parseFilter, written back by formatFilter, bound to a resource by checkFilter. */
export type FilterExpression = Junction | Negation | Comparison | Membership | TextMatch | Lambda

export interface Junction {
  readonly kind: 'and' | 'or'
  /** Two or more. */
  readonly terms: readonly FilterExpression[]
}

export interface Negation {
  readonly kind: 'not'
  readonly term: FilterExpression
}

export interface Comparison {
  readonly kind: 'comparison'
  readonly path: Path
  readonly operator: ComparisonOperator
  readonly value: Literal
}

export interface Membership {
  readonly kind: 'in'
  readonly path: Path
  /** One or more. */
  readonly values: readonly Literal[]
}

export interface TextMatch {
  readonly kind: 'text'
  readonly name: TextFunction
  readonly path: Path
  readonly value: string
}

export interface Lambda {
  readonly kind: 'any' | 'all'
  readonly path: Path
  /** Undefined for `any()`: whether the collection has elements. */
  readonly element?: { readonly variable: string; readonly condition: FilterExpression } | undefined
}

export interface Path {
  /** The lambda variable it starts from; the resource itself when undefined. */
  readonly variable?: string | undefined
  readonly segments: readonly string[]
  /** `/$count`: the number of elements. */
  readonly count?: boolean | undefined
}

export type Literal =
  | { readonly type: 'string' | 'guid' | 'dateTime' | 'date'; readonly value: string }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'null'; readonly value: null }

export const comparisonOperators = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const
export type ComparisonOperator = (typeof comparisonOperators)[number]

export const textFunctions = ['startswith', 'endswith', 'contains'] as const
export type TextFunction = (typeof textFunctions)[number]
