import { expect, test } from 'vitest'
import { destinationOf, type NameTable, readTarget } from './destination.ts'

const mail = { host: '127.0.0.1', port: 1001, deployment: 'wap' }
const plainMail = { host: '127.0.0.1', port: 1002, deployment: 'wap' }
const names: NameTable = {
  zone: 'internet',
  resolve: (name) => (name === 'mail.contoso.com' ? mail : undefined),
  hostNames: () => ['mail.contoso.com'],
}
const withPlain: NameTable = { ...names, resolvePlain: (name) => (name === 'mail.contoso.com' ? plainMail : undefined) }

test.each([
  { target: 'mail.contoso.com:443', table: names, want: { kind: 'deployment', upstream: mail } },
  { target: 'MAIL.Contoso.com.:443', table: names, want: { kind: 'deployment', upstream: mail } },
  { target: 'mail.contoso.com:80', table: names, want: { kind: 'redirect', hostName: 'mail.contoso.com' } },
  { target: 'mail.contoso.com:80', table: withPlain, want: { kind: 'deployment', upstream: plainMail } },
])('$target leads to $want.kind', ({ target, table, want }) => {
  expect(destinationOf(readTarget(target), table)).toEqual(want)
})

test.each([
  { target: 'www.example.com:443', because: 'nameNotInStack' },
  { target: 'mail.contoso.com.evil.test:443', because: 'nameNotInStack' },
  { target: '127.0.0.1:1001', because: 'nameNotInStack' },
  { target: '[::1]:443', because: 'nameNotInStack' },
  { target: 'mail.contoso.com:25', because: 'portNotOffered' },
  { target: 'mail.contoso.com:65536', because: 'portNotOffered' },
  { target: 'mail.contoso.com', because: 'malformedTarget' },
  { target: 'https://mail.contoso.com:443', because: 'malformedTarget' },
  { target: ':443', because: 'malformedTarget' },
  { target: '', because: 'malformedTarget' },
])('refuses $target: $because', ({ target, because }) => {
  expect(() => destinationOf(readTarget(target), names)).toThrow(expect.objectContaining({ code: because }))
})

test('says which names there are', () => {
  expect(() => destinationOf(readTarget('www.example.com:443'), names)).toThrow(/zone internet.*mail\.contoso\.com/s)
})
