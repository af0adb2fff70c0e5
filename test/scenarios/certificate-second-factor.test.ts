import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { curl } from '../actors/curl.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, bob } from '../actors/people.ts'
import { worldOf } from '../actors/world.ts'

const wtrealm = encodeURIComponent('https://mail.contoso.com/owa/')
const owa = `https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0&wtrealm=${wtrealm}`
const open = new AsyncDisposableStack()
const folder = mkdtempSync(join(tmpdir(), 'second-factor-'))
open.defer(() => rmSync(folder, { recursive: true }))
let stack: Stack
let lab: Lab

beforeAll(async () => {
  const scenario = await loadDefaultScenario()
  const globalAdditionalAuthentication = {
    providers: ['AzureMfaAuthentication', 'CertificateAuthentication'] as const,
    rules: '',
  }
  stack = open.use(
    await startStack({ scenario: { ...scenario, adfs: { ...scenario.adfs, globalAdditionalAuthentication } } }),
  )
  lab = labOf(worldOf(stack))
})

afterAll(() => open.disposeAsync())

async function certificateOf(userPrincipalName: string): Promise<string> {
  const { json } = await lab.call('POST', '/api/certificates', { userPrincipalName })
  const { keyPem, certificatePem } = json as { keyPem: string; certificatePem: string }
  const file = join(folder, `${userPrincipalName}.pem`)
  writeFileSync(file, `${keyPem}${certificatePem}`)
  return file
}

/** curl that keeps cookies and follows redirects, as one person's browser outside. */
function visitor(name: string) {
  const jar = join(folder, `${name}.cookies`)
  return (...args: readonly string[]) => curl(stack, 'internet', ['-L', '-c', jar, '-b', jar, ...args])
}

function password({ upn, password: secret }: { upn: string; password: string }): readonly string[] {
  const fields = ['AuthMethod=FormsAuthentication', `UserName=${upn}`, `Password=${secret}`]
  return fields.flatMap((field) => ['--data-urlencode', field])
}

test('WEB-ONPREM-4 and -5 with a certificate as the second factor, chosen on the page', async () => {
  const visit = visitor('alice')
  const choice = await visit(...password(alice), owa)
  expect(choice.text).toContain('id="CertificateAuthentication"')
  const file = await certificateOf(alice.upn)
  const { statuses, text } = await visit('--cert', file, '-d', 'AuthMethod=CertificateAuthentication', owa)
  expect(statuses).toEqual([302, 302, 302, 200])
  expect(text).toContain('name="hiddenform" action="https://mail.contoso.com:443/owa/"')
  const events = await lab.journal({ deployment: 'adfs' })
  expect(events.find(({ decisions }) => decisions.includes('additionalAuthenticationPassed'))).toMatchObject({
    user: alice.upn,
    reasons: expect.arrayContaining(['CertificateAuthentication']),
  })
  expect((await visit(owa)).text, 'the session remembers').toContain('hiddenform')
})

test('somebody else’s certificate is no second factor', async () => {
  const visit = visitor('mallory')
  await visit(...password(alice), owa)
  const file = await certificateOf(bob.upn)
  const { text } = await visit('--cert', file, '-d', 'AuthMethod=CertificateAuthentication', owa)
  expect(text).toContain('MSIS7122')
  expect(text).not.toContain('hiddenform')
  const reasons = (await lab.journal({ deployment: 'adfs' })).flatMap((event) => event.reasons)
  expect(reasons).toContain(`the certificate of ${bob.upn} is no second factor of ${alice.upn}`)
})

test('a certificate that was the first factor is not the second one as well', async () => {
  const visit = visitor('bob')
  const file = await certificateOf(bob.upn)
  const { text } = await visit('--cert', file, `${owa}&wauth=${encodeURIComponent('urn:ietf:rfc:2246')}`)
  expect(text).toContain('value="AzureMfaAuthentication"')
  expect(text).not.toContain('id="CertificateAuthentication"')
})
