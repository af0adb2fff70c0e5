import { expect, test } from 'vitest'
import { browserCommand, clientSettings } from './client-settings.ts'

const facts = {
  lab: 'http://127.0.0.1:9000',
  proxy: 'http://127.0.0.1:9000',
  tls: '127.0.0.1:9443',
  target: 'https://mail.contoso.com/owa/',
}

test('every line names the gateway’s own port', () => {
  const lines = clientSettings(facts).flatMap(({ lines }) => lines)
  expect(lines.length).toBeGreaterThan(6)
  for (const line of lines.filter((each) => !each.startsWith('keytool'))) expect(line).toMatch(/9000|9443/)
})

test('without a TLS port there is no line for it', () => {
  const lines = clientSettings({ ...facts, tls: undefined }).flatMap(({ lines }) => lines)
  expect(lines.join('\n')).not.toContain('--connect-to')
})

test.each([
  { zone: 'internet', proxy: 'http://127.0.0.1:8080', command: 'npm run browser' },
  { zone: 'corp', proxy: 'http://127.0.0.1:8081', command: 'npm run browser -- --zone corp' },
  { zone: 'internet', proxy: 'http://127.0.0.1:9', command: 'npm run browser -- --gateway http://127.0.0.1:9' },
  { zone: 'corp', proxy: 'http://127.0.0.1:9', command: 'npm run browser -- --zone corp --gateway http://127.0.0.1:9' },
] as const)('$command', ({ zone, proxy, command }) => {
  expect(browserCommand(zone, proxy)).toBe(command)
})
