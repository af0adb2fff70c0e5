/** More than the queries one service has, so that only generated `in (…)` lists go without. */
const namedLimit = 500

/** A named statement is parsed and planned once a connection. */
export class StatementNames {
  readonly #names = new Map<string, string>()

  nameOf(sql: string): string | undefined {
    const known = this.#names.get(sql)
    if (known !== undefined || this.#names.size >= namedLimit) return known
    const name = `s${this.#names.size}`
    this.#names.set(sql, name)
    return name
  }
}
