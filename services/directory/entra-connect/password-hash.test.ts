import { pbkdf2Sync } from 'node:crypto'
import { expect, test } from 'vitest'
import { ntHash } from '#shared/nt-hash.ts'
import { systemRandom } from '#shared/random.ts'
import { synchronizedPasswordHash } from './password-hash.ts'

test('the synchronized hash is the documented format over the NT hash', async () => {
  const salt = Buffer.from('00112233445566778899', 'hex')
  const hash = await synchronizedPasswordHash(ntHash('Pass1'), { ...systemRandom, bytes: () => salt })
  const key = pbkdf2Sync(Buffer.from(ntHash('Pass1'), 'utf16le'), salt, 1000, 32, 'sha256').toString('hex')
  expect(hash).toBe(`v1;PPH1_MD4,00112233445566778899,1000,${key};`)
})

test('two exports of one password differ', async () => {
  const [first, second] = await Promise.all([1, 2].map(() => synchronizedPasswordHash(ntHash('Pass1'), systemRandom)))
  expect(first).not.toBe(second)
})
