import { expect, test } from 'vitest'
import { isOwnHost } from './own-host.ts'

test.each([
  { host: '127.0.0.1:8080', bind: '127.0.0.1', want: true },
  { host: 'LOCALHOST:49152', bind: '0.0.0.0', want: true },
  { host: 'localhost', bind: '127.0.0.1', want: true },
  { host: '[::1]:8080', bind: '0.0.0.0', want: true },
  { host: '192.0.2.4:8080', bind: '192.0.2.4', want: true },
  { host: '[2001:db8::4]:8080', bind: '2001:db8::4', want: true },
  { host: '192.0.2.4:8080', bind: '0.0.0.0', want: true },
  { host: '[2001:db8::4]:8080', bind: '::', want: true },
  { host: '192.0.2.5:8080', bind: '192.0.2.4', want: false },
  { host: '192.0.2.4:8080', bind: '127.0.0.1', want: false },
  { host: '192.0.2.4.evil.test:8080', bind: '0.0.0.0', want: false },
  { host: 'localhost:8080', bind: '192.0.2.4', want: true },
  { host: 'gateway-internet:8080', bind: '0.0.0.0', more: ['gateway-internet'], want: true },
  { host: 'gateway-internet:8080', bind: '0.0.0.0', want: false },
  { host: '0.0.0.0:8080', bind: '0.0.0.0', want: false },
  { host: 'rebound.evil.test:8080', bind: '127.0.0.1', want: false },
  { host: '127.0.0.1.evil.test', bind: '127.0.0.1', want: false },
  { host: 'localhost@evil.test', bind: '127.0.0.1', want: false },
  { host: 'localhost:8080:1', bind: '127.0.0.1', want: false },
  { host: '', bind: '127.0.0.1', want: false },
  { host: undefined, bind: '127.0.0.1', want: false },
])('$host on $bind: $want', ({ host, bind, more, want }) => {
  expect(isOwnHost(host, bind, more)).toBe(want)
})
