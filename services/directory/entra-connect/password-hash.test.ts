import { pbkdf2Sync } from 'node:crypto'
import { expect, test } from 'vitest'
import { ntHash } from '#shared/nt-hash.ts'
import { passwordHashes, synchronizedPasswordHash } from './password-hash.ts'

test('the synchronized hash is the documented format over the NT hash', async () => {
  const hash = await synchronizedPasswordHash(ntHash('Pass1'), 'anchor')
  const [, salt = '', key] = /^v1;PPH1_MD4,([0-9a-f]{20}),1000,([0-9a-f]{64});$/.exec(hash) ?? []
  const expected = pbkdf2Sync(Buffer.from(ntHash('Pass1'), 'utf16le'), Buffer.from(salt, 'hex'), 1000, 32, 'sha256')
  expect(key).toBe(expected.toString('hex'))
})

test('one account is exported the same until its password changes; two accounts with one password differ', async () => {
  const remembered = passwordHashes()
  const hashOf = (password: string, anchor: string) => remembered(ntHash(password), anchor)
  const first = await hashOf('Pass1', 'a')
  expect(first).toBe(await synchronizedPasswordHash(ntHash('Pass1'), 'a'))
  expect(await hashOf('Pass1', 'a')).toBe(first)
  expect([await hashOf('Pass2', 'a'), await hashOf('Pass1', 'b')]).not.toContain(first)
  expect(await hashOf('Pass1', 'a')).toBe(first)
})
