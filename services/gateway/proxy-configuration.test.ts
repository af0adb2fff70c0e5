import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { proxyConfiguration } from './proxy-configuration.ts'

const file = proxyConfiguration('127.0.0.1:8080', ['mail.contoso.com', 'login.microsoftonline.com'])

test.each([
  { host: 'mail.contoso.com', want: 'PROXY 127.0.0.1:8080' },
  { host: 'Login.MicrosoftOnline.com.', want: 'PROXY 127.0.0.1:8080' },
  { host: 'www.example.com', want: 'DIRECT' },
  { host: 'contoso.com', want: 'DIRECT' },
  { host: 'constructor', want: 'DIRECT' },
])('sends $host to $want', ({ host, want }) => {
  expect(runInNewContext(`${file}; FindProxyForURL('https://' + host + '/', host)`, { host })).toBe(want)
})
