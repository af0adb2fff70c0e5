import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fabrikam, fabrikamTrust, withProviders, wsfedAnswer } from '#services/adfs/claims-providers/_partner.ts'
import { type Stack, startStack } from '#services/stack.ts'
import { type TestSigner, testSigner } from '#shared/saml/_signers.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { curl } from '../actors/curl.ts'
import { labOf } from '../actors/lab.ts'
import { worldOf } from '../actors/world.ts'

const app = 'https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0&wtrealm=urn%3asample%3awsfed'
const open = new AsyncDisposableStack()
const folder = mkdtempSync(join(tmpdir(), 'claims-provider-'))
open.defer(() => rmSync(folder, { recursive: true }))
const jar = join(folder, 'cookies')
let stack: Stack
let signer: TestSigner

beforeAll(async () => {
  signer = await testSigner('CN=Fabrikam')
  stack = open.use(await startStack({ scenario: withProviders(fabrikamTrust(signer))(await loadDefaultScenario()) }))
})

afterAll(() => open.disposeAsync())

function visit(...args: readonly string[]) {
  return curl(stack, 'internet', ['-c', jar, '-b', jar, ...args])
}

test('through the proxy: the page for choosing, the partner (wsfed), its token, the relying party', async () => {
  expect((await visit(app)).text).toContain('id="hrdArea"')
  const chosen = await visit(
    '-L',
    '--max-redirs',
    '1',
    '--data-urlencode',
    `HomeRealmSelection=${fabrikam}`,
    app,
  ).catch((error: { stdout: string }) => ({ text: error.stdout }))
  const [, location = ''] = /^location: (https:\/\/sts\.fabrikam\.example\S+)/im.exec(chosen.text) ?? []
  const { wresult = '', wctx = '' } = await wsfedAnswer(location, signer)
  const file = join(folder, 'answer')
  writeFileSync(file, new URLSearchParams({ wa: 'wsignin1.0', wresult, wctx }).toString())
  const { statuses, text } = await visit('-L', '--data-binary', `@${file}`, 'https://adfs.contoso.com/adfs/ls/')
  expect(statuses).toEqual([302, 200])
  expect(text).toContain('name="hiddenform"')
  const events = await labOf(worldOf(stack)).journal({ deployment: 'adfs' })
  expect(events.find(({ decisions }) => decisions.includes('tokenIssued'))?.user).toBe('erin@fabrikam.example')
})
