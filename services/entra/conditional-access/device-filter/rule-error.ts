/** What can be wrong with a rule; `{name}` is replaced by the value of that name. */
const catalogue = {
  empty: 'The rule is empty.',
  tooLong: 'The rule has {length} characters; {limit} are allowed.',
  tooDeep: 'The rule is nested more than {limit} levels deep.',
  unterminatedString: 'The string that starts here has no closing quotation mark.',
  expectedTerm: 'A comparison, -not or "(" is expected, not {found}.',
  unknownProperty: '{found} is not a property of this filter. There are: {known}.',
  expectedOperator: 'An operator is expected after {property}, not {found}.',
  operatorNotSupported: '{operator} cannot be used with {property}, which supports {supported}.',
  expectedValue: 'A value is expected, not {found}. Strings stand in quotation marks.',
  expectedList: '{operator} takes a list such as ["a", "b"], not {found}.',
  listNotAllowed: '{operator} takes one value, not a list.',
  emptyList: 'The list is empty.',
  expectedListEnd: '"," or "]" is expected, not {found}.',
  nullNotComparable: 'null can be compared by -eq and -ne only.',
  notABoolean: '{property} is True or False, not {found}.',
  notAString: '{property} is compared with a string in quotation marks, not with {found}.',
  notAGuid: '{property} is a GUID, not {found}.',
  valueNotSupported: '{property} is one of {supported}, not {found}.',
  expectedParenthesis: '")" is expected, not {found}.',
  expectedEnd: '-and, -or or the end is expected, not {found}.',
} as const

export type RuleProblem = keyof typeof catalogue

/** A rule that cannot be read, and where. Whoever was given the rule words it for its own protocol. */
export class DeviceFilterRuleError extends Error {
  readonly problem: RuleProblem
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 units. */
  readonly column: number

  constructor(problem: RuleProblem, position: Position, values: Readonly<Record<string, string | number>> = {}) {
    const { line, column } = lineAndColumn(position)
    const text = catalogue[problem].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]))
    super(`Line ${line}, column ${column}: ${text}`)
    this.name = 'DeviceFilterRuleError'
    this.problem = problem
    this.line = line
    this.column = column
  }
}

export interface Position {
  readonly text: string
  readonly offset: number
}

function lineAndColumn({ text, offset }: Position): { line: number; column: number } {
  const lines = text.slice(0, offset).split('\n')
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 }
}
