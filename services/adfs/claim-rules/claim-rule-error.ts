export interface Position {
  readonly line: number
  readonly column: number
}

/** A rule set that cannot be read; AD FS refuses such a text when the administrator saves it. */
export class ClaimRuleError extends Error {
  readonly line: number
  readonly column: number

  constructor(message: string, position: Position) {
    super(`line ${position.line}, column ${position.column}: ${message}`)
    this.name = 'ClaimRuleError'
    this.line = position.line
    this.column = position.column
  }
}
