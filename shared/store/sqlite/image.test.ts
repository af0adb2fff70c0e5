import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { copiedImage, copyImage, imageOf, openImage } from './image.ts'

const largest = 9_007_199_254_740_993n

/** With rows that are not committed yet. */
function sample(): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  database.exec(`
    create table "a table" (id integer primary key autoincrement, name text not null, body blob, amount real, big integer);
    create unique index by_name on "a table" (name);
    create table parts (owner integer not null references "a table" (id) on delete cascade, text);
    create table log (said text);
    create trigger tells after insert on parts begin insert into log values (new.text); end;
    insert into "a table" (name) values ('gone'); delete from "a table";
    begin`)
  const insert = database.prepare('insert into "a table" (name, body, amount, big) values (?, ?, ?, ?)')
  insert.run('Jürgen', new Uint8Array([0, 255]), 1.5, largest)
  insert.run("o'hara", null, null, null)
  database.exec("insert into parts values (2, 'second'), (3, 'third')")
  return database
}

const questions = [
  'select name, type, sql from sqlite_schema order by name',
  'select * from "a table"',
  'select rowid, * from parts',
  'select said from log',
  'select * from sqlite_sequence',
]

function stateOf(database: DatabaseSync): unknown {
  return questions.map((question) => {
    const statement = database.prepare(question)
    statement.setReadBigInts(true)
    return statement.all()
  })
}

/** With what newer versions of Node do in SQLite itself, and what is done for older ones. */
const writers = { serialized: imageOf, copied: copiedImage }
const readers = {
  deserialized: openImage,
  copied: (bytes: Uint8Array) => {
    const database = new DatabaseSync(':memory:')
    copyImage(bytes, database)
    return database
  },
}

test.each([
  { write: 'serialized', read: 'copied' },
  { write: 'copied', read: 'deserialized' },
  { write: 'copied', read: 'copied' },
] as const)('$write and $read again, a database is what it was', ({ write, read }) => {
  using source = sample()
  using target = readers[read](writers[write](source))
  expect(stateOf(target)).toEqual(stateOf(source))
  expect(source.isTransaction).toBe(true)
  target.exec(`insert into "a table" (name) values ('next')`)
  expect(target.prepare(`select id from "a table" where name = 'next'`).get()).toEqual({ id: 4 })
  expect(() => target.exec(`insert into parts values (99, 'nobody')`)).toThrow(/FOREIGN KEY/)
})
