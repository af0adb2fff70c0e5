import type { Kysely } from 'kysely'
import { sql } from '../kysely.ts'
import { migrationTable } from '../migrate.ts'

/** Replaces the rows of every table by those of another schema with the same tables; automatic numbers go on from there. */
export async function restoreRows<Schema>(db: Kysely<Schema>, state: string, image: string): Promise<void> {
  await replaceRows(db, state, async ({ name, number }) => {
    await sql`insert into ${sql.id(state, name)} select * from ${sql.id(image, name)}`.execute(db)
    if (number) await continueFrom(db, state, { name, number }, await numbersOf(db, image, { name, number }))
  })
}

interface TableCopy {
  readonly name: string
  /** A JSON array as PostgreSQL writes and reads it: bytes in hexadecimal, numbers as they are. */
  readonly rows: string
  readonly numbers?: Numbers | undefined
}

export async function copyRows<Schema>(db: Kysely<Schema>, state: string): Promise<Uint8Array> {
  const copies: TableCopy[] = []
  for (const { name, number } of await tablesOf(db, state)) {
    const { rows } = await sql<{ rows: string }>`
      select coalesce(json_agg(t), '[]')::text as rows from ${sql.id(state, name)} as t`.execute(db)
    const numbers = number ? await numbersOf(db, state, { name, number }) : undefined
    copies.push({ name, rows: rows[0]?.rows ?? '[]', numbers })
  }
  return Buffer.from(JSON.stringify(copies))
}

export async function loadRows<Schema>(db: Kysely<Schema>, state: string, bytes: Uint8Array): Promise<void> {
  const copies = JSON.parse(Buffer.from(bytes).toString()) as readonly TableCopy[]
  await replaceRows(db, state, async ({ name, number }) => {
    const { rows = '[]', numbers } = copies.find((copy) => copy.name === name) ?? {}
    const table = sql.id(state, name)
    await sql`insert into ${table} select * from json_populate_recordset(null::${table}, ${rows}::json)`.execute(db)
    if (number && numbers) await continueFrom(db, state, { name, number }, numbers)
  })
}

async function replaceRows<Schema>(
  db: Kysely<Schema>,
  state: string,
  fill: (table: Table) => Promise<void>,
): Promise<void> {
  const tables = await tablesOf(db, state)
  if (tables.length === 0) return
  const all = sql.join(tables.map(({ name }) => sql.id(state, name)))
  await sql`truncate ${all} restart identity`.execute(db)
  await sql`set constraints all deferred`.execute(db)
  for (const table of tables) await fill(table)
  await sql`set constraints all immediate`.execute(db)
}

interface Table {
  readonly name: string
  /** Its automatic column. */
  readonly number: string | null
}

interface NumberedTable {
  readonly name: string
  readonly number: string
}

/** Where automatic numbers go on. */
interface Numbers {
  readonly last: number
  readonly used: number
}

async function numbersOf<Schema>(db: Kysely<Schema>, schema: string, table: NumberedTable): Promise<Numbers> {
  const { rows } = await sql<{ sequence: string }>`select ${sequenceOf(schema, table)} as sequence`.execute(db)
  const from = sql.raw(rows[0]?.sequence ?? '')
  const read = await sql<Numbers>`select last_value as last, is_called as used from ${from}`.execute(db)
  return read.rows[0] ?? { last: 1, used: 0 }
}

async function continueFrom<Schema>(
  db: Kysely<Schema>,
  state: string,
  table: NumberedTable,
  { last, used }: Numbers,
): Promise<void> {
  await sql`select setval(${sequenceOf(state, table)}, ${last}::bigint, ${used === 1})`.execute(db)
}

function sequenceOf(schema: string, { name, number }: NumberedTable) {
  return sql<string>`pg_get_serial_sequence(${`"${schema}"."${name}"`}, ${number})`
}

async function tablesOf<Schema>(db: Kysely<Schema>, schema: string) {
  const { rows } = await sql<Table>`
    select c.relname::text as name, a.attname::text as number
    from pg_class c
    left join pg_attribute a on a.attrelid = c.oid and a.attidentity <> ''
    where c.relnamespace = to_regnamespace(${schema}) and c.relkind = 'r' and c.relname <> ${migrationTable}
    order by c.relname`.execute(db)
  return rows
}
