import { expect, test } from 'vitest'
import { readClientAddress } from './client-address.ts'

const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`

test('leaves the choice to the zone when there is no user name', () => {
  expect(readClientAddress(undefined)).toBeUndefined()
})

test.each([
  { header: basic('ip-198.51.100.7:'), want: '198.51.100.7' },
  { header: basic('ip-198.51.100.7:pass:word'), want: '198.51.100.7' },
  { header: basic('ip-198.51.100.7'), want: '198.51.100.7' },
  { header: basic('ip-2001:db8::7:'), want: '2001:db8::7' },
  { header: basic('ip-2001:DB8:0::7:password'), want: '2001:db8::7' },
  { header: basic('ip-::ffff:198.51.100.7:x'), want: '198.51.100.7' },
  { header: `basic  ${Buffer.from('ip-10.1.2.3:x').toString('base64')}`, want: '10.1.2.3' },
])('reads $header as $want', ({ header, want }) => {
  expect(readClientAddress(header)).toBe(want)
})

test.each([
  basic('ip-198.51.100.256:'),
  basic('ip-mail.contoso.com:'),
  basic('ip-fe80::1%eth0:'),
  basic('ip-:'),
  basic(':'),
  basic('adele:password'),
  'Basic !!!',
  'Bearer abc',
  '',
])('refuses %j with 407', (header) => {
  expect(() => readClientAddress(header)).toThrow(
    expect.objectContaining({ code: 'clientAddressUnreadable', status: 407 }),
  )
})

test('a person who is named stands where the lab says, else where the zone does', () => {
  const standsAt = (person: string) => (person === 'alice@contoso.com' ? '198.51.100.7' : undefined)
  expect(readClientAddress(basic('alice@contoso.com:x'), standsAt)).toBe('198.51.100.7')
  expect(readClientAddress(basic('bob@contoso.com:x'), standsAt)).toBeUndefined()
})
