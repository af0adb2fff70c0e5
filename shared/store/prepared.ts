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

/** The same for a query that is given its database: compiled once for each. */
export function preparedFor<Values extends object, Row, Schema>(
  build: (db: Kysely<Schema>, values: Values) => Compilable<Row>,
): (db: Kysely<Schema>, values: Values) => Promise<readonly Row[]> {
  const queries = new WeakMap<Kysely<Schema>, PreparedQuery<Values, Row>>()
  return async (db, values) => {
    const known = queries.get(db) ?? prepared(db, (slot: Values) => build(db, slot))
    queries.set(db, known)
    return (await known(values)).rows
  }
}

function slots<Values extends object>(): Values {
  return new Proxy({}, { get: (_, name) => new Slot(String(name)) }) as Values
}

/** How many rows a statement changed; an engine counts in bigint. */
export function changedRows({ numAffectedRows = 0n }: QueryResult<unknown>): number {
  return Number(numAffectedRows)
}
