import type { Position } from './claim-rule-error.ts'

// The claim rule language of AD FS as a tree. Owns the shape of rules; reading is in parse.ts, meaning in evaluate.ts.

export type RuleSet = readonly Rule[]

export interface Rule {
  readonly name?: string | undefined
  readonly template?: string | undefined
  readonly position: Position
  readonly conditions: readonly Condition[]
  readonly action: Action
}

export type Condition =
  | { readonly kind: 'match'; readonly identifier?: string | undefined; readonly tests: readonly Test[] }
  | { readonly kind: 'exists'; readonly wanted: boolean; readonly tests: readonly Test[] }
  | {
      readonly kind: 'count'
      readonly tests: readonly Test[]
      readonly comparison: Comparison
      readonly number: number
    }

export type Comparison = '==' | '!=' | '>' | '>=' | '<' | '<='

export type Test = TextTest | PatternTest

export interface TextTest {
  readonly kind: 'text'
  readonly operator: '==' | '!='
  readonly property: PropertyReference
  readonly operand: string
}

export interface PatternTest {
  readonly kind: 'pattern'
  readonly operator: '=~' | '!~'
  readonly property: PropertyReference
  readonly pattern: RegExp
}

export type ClaimField = 'type' | 'value' | 'valueType' | 'issuer' | 'originalIssuer'

export type PropertyReference =
  | { readonly kind: 'field'; readonly field: ClaimField }
  | { readonly kind: 'property'; readonly name: string }

/** `issue` puts claims into both sets, `add` only where later rules see them. */
export type Target = 'issue' | 'add'

export type Action =
  | { readonly kind: 'copy'; readonly target: Target; readonly identifier: string }
  | { readonly kind: 'construct'; readonly target: Target; readonly assignments: readonly Assignment[] }
  | {
      readonly kind: 'query'
      readonly target: Target
      readonly store: string
      readonly types: readonly string[]
      readonly query: string
      readonly parameters: readonly Expression[]
    }

export interface Assignment {
  readonly to: PropertyReference
  readonly value: Expression
}

export type Expression =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'reference'; readonly identifier: string; readonly property: PropertyReference }
  | { readonly kind: 'join'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'replace'; readonly input: Expression; readonly pattern: RegExp; readonly replacement: string }
