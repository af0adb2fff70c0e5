import type { Compilable, CompiledQuery, Kysely, QueryResult } from 'kysely'

/** The place of a value in a query that was compiled before the value was known. */
class Slot {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/** Runs the query with these values; joins the transaction around it, as any query of `db`. */
export type PreparedQuery<Values, Row> = (values: Values) => Promise<QueryResult<Row>>

/**
 * A query that is built and compiled once, since for a small one that costs more than running it. `build` is given
 * stand-ins for the values: it may pass them to the query, and not look at them.
 */
export function prepared<Values extends object, Row, Schema>(
  db: Kysely<Schema>,
  build: (values: Values) => Compilable<Row>,
): PreparedQuery<Values, Row> {
  let compiled: CompiledQuery<Row> | undefined
  return (values) => {
    compiled ??= build(slots<Values>()).compile()
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Slot ? values[parameter.name as keyof Values] : parameter,
    )
    return db.executeQuery({ ...compiled, parameters })
  }
}

function slots<Values extends object>(): Values {
  return new Proxy({}, { get: (_, name) => new Slot(String(name)) }) as Values
}

/** How many rows a statement changed; an engine counts in bigint. */
export function changedRows({ numAffectedRows = 0n }: QueryResult<unknown>): number {
  return Number(numAffectedRows)
}
