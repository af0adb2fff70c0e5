import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressBytes, canonicalAddress, formatAddress, mappedBytes } from './network-address.ts'

test.each([
  { text: '203.0.113.10', bytes: 'cb00710a', canonical: '203.0.113.10' },
  { text: '::', bytes: '00'.repeat(16), canonical: '::' },
  { text: '::1', bytes: `${'00'.repeat(15)}01`, canonical: '::1' },
  { text: '2001:DB8:0:0::1', bytes: `20010db8${'00'.repeat(11)}01`, canonical: '2001:db8::1' },
  { text: '::ffff:192.0.2.7', bytes: `${'00'.repeat(10)}ffffc0000207`, canonical: '192.0.2.7' },
])('reads and writes $text', ({ text, bytes, canonical }) => {
  expect(addressBytes(text).toString('hex')).toBe(bytes)
  expect(canonicalAddress(text)).toBe(canonical)
})

test.each(['', 'localhost', '1.2.3', '1.2.3.256', 'fe80::1%eth0', '[::1]'])('refuses %j', (text) => {
  expect(() => addressBytes(text)).toThrow(TypeError)
})

test('writes every address so that it reads back as the same bytes', () => {
  const addresses = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  )
  fc.assert(
    fc.property(addresses, (raw) => {
      const bytes = Buffer.from(raw)
      expect(mappedBytes(addressBytes(formatAddress(bytes))).equals(mappedBytes(bytes))).toBe(true)
    }),
  )
})
