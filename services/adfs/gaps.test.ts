import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { gapAt } from './gaps.ts'

const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8')
const paths = [
  '/adfs/services/trust/13/kerberosmixed',
  '/adfs/ls/auth/basic/',
  '/adfs/proxy/EstablishTrust',
  '/adfs/backendproxytls',
  '/EnrollmentServer/contract',
]

test.each(paths)('%s is a gap whose row the README has', (path) => {
  expectRow(gapAt(path)?.message)
})

test('so are the gaps inside the conversation', () => {
  expectRow('"Other authentication providers"')
})

test.each(['/adfs/ls/', '/adfs/oauth', '/adfs/lsx', '/', '/adfs/portal/css/style.css'])('%s is none', (path) => {
  expect(gapAt(path)).toBeUndefined()
})

function expectRow(message = ''): void {
  const [, row = 'no row'] = /"([^"]+)"/.exec(message) ?? []
  expect(readme).toContain(`| ${row} |`)
}
