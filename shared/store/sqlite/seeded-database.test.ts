import { expect, test } from 'vitest'
import { libraryMigrations } from '../conformance/library.ts'
import type { Migration } from '../store.ts'
import { makeSeededDatabase } from './seeded-database.ts'

const lending: Migration = {
  name: 'lending',
  async up({ schema }) {
    await schema
      .createTable('loan')
      .addColumn('book', 'integer', (column) => column.references('book.number').notNull())
      .addForeignKeyConstraint('loan_shelf', ['book'], 'book', ['number'], (key) =>
        key.deferrable().initiallyDeferred(),
      )
      .execute()
  },
}

test('refuses deferred foreign keys, which a memory store would never check', async () => {
  const migrations = [...libraryMigrations, lending]
  const made = makeSeededDatabase({ engine: { kind: 'memory' }, migrations })
  await expect(made).rejects.toThrow('Table "loan" has a deferred foreign key')
})
