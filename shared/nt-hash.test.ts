import { expect, test } from 'vitest'
import { ntHash } from './nt-hash.ts'

test.each([
  { password: 'password', hash: '8846F7EAEE8FB117AD06BDD830B7586C' },
  { password: 'Password', hash: 'A4F49C406510BDCAB6824EE7C30FD852' },
  { password: '', hash: '31D6CFE0D16AE931B73C59D7E0C089C0' },
])('the NT hash of "$password" ([MS-NLMP] §4.2.2.1.2)', ({ password, hash }) => {
  expect(ntHash(password)).toBe(hash)
})
