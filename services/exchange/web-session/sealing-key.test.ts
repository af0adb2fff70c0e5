import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemRandom } from '#shared/random.ts'
import { openStore } from '#shared/store/open.ts'
import { seal, unseal } from './seal.ts'
import { replaceSealingKey, type SealingKeyTables, sealingKey, sealingKeyMigration } from './sealing-key.ts'

let directory = ''

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'exchange-key-'))
})

afterEach(() => rmSync(directory, { recursive: true }))

function openKeyStore() {
  return openStore<SealingKeyTables>({
    engine: { kind: 'folder', directory, name: 'exchange' },
    migrations: [sealingKeyMigration],
    seed: (db) => replaceSealingKey(db, systemRandom),
  })
}

test('the key outlives a restart, so sessions do', async () => {
  const first = await openKeyStore()
  const before = await sealingKey(first.db).read()
  await first[Symbol.asyncDispose]()
  await using second = await openKeyStore()
  const sealed = seal(before, 'a', 'text', systemRandom)
  expect(unseal(await sealingKey(second.db).read(), 'a', sealed)).toBe('text')
})

test('a replaced key is another one, also after a restart', async () => {
  const first = await openKeyStore()
  const before = await sealingKey(first.db).read()
  await replaceSealingKey(first.db, systemRandom)
  const replaced = await sealingKey(first.db).read()
  await first[Symbol.asyncDispose]()
  await using second = await openKeyStore()
  const sealed = seal(replaced, 'a', 'text', systemRandom)
  expect(unseal(before, 'a', sealed)).toBeUndefined()
  expect(unseal(await sealingKey(second.db).read(), 'a', sealed)).toBe('text')
})
