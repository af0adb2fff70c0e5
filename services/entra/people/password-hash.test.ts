import { pbkdf2Sync } from 'node:crypto'
import { expect, test } from 'vitest'
import { matchPassword, passwordHash } from './password-hash.ts'

const salt = Buffer.from('0123456789abcdef0123', 'hex')

test('derives from the upper-case NT hash in UTF-16LE ("Implement password hash synchronization")', async () => {
  // The NT hash of "password" is a published constant; the derivation is spelled out here a second time.
  const secret = Buffer.from('8846F7EAEE8FB117AD06BDD830B7586C', 'utf16le')
  const key = pbkdf2Sync(secret, salt, 1000, 32, 'sha256').toString('hex')
  expect(await passwordHash('password', salt)).toBe(`v1;PPH1_MD4,0123456789abcdef0123,1000,${key};`)
})

test.each(['Alice-Pass1', 'päßwörd', '密码🔑', ''])('matches %j and nothing near it', async (password) => {
  const stored = await passwordHash(password, salt)
  expect((await matchPassword(password, stored)).matches).toBe(true)
  expect((await matchPassword(`${password} `, stored)).matches).toBe(false)
  expect((await matchPassword(`${password.toUpperCase()}1`, stored)).matches).toBe(false)
})

test('tells a repeated wrong password by what it derives to', async () => {
  const stored = await passwordHash('right', salt)
  const [first, again, other] = await Promise.all(
    ['wrong', 'wrong', 'worse'].map((each) => matchPassword(each, stored)),
  )
  expect(again?.derived).toBe(first?.derived)
  expect(other?.derived).not.toBe(first?.derived)
})

test.each(['', 'v1;PPH1_MD4,00,1000,00;', 'v2;PPH1_MD4,0123456789abcdef0123,1000,00;'])(
  'refuses to check against %j',
  async (stored) => {
    await expect(matchPassword('any', stored)).rejects.toThrow('unknown format')
  },
)
