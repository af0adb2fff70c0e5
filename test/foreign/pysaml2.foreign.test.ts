import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { testSigner } from '#shared/saml/_signers.ts'
import { answersOf, startPython } from '../actors/foreign-program.ts'
import { formsOf, openHttpVisitor } from '../actors/http-visitor.ts'
import { labOf } from '../actors/lab.ts'
import { alice } from '../actors/people.ts'
import { type World, worldOf } from '../actors/world.ts'
import { addTrust, federationMetadata } from './_relying-party.ts'

const open = new AsyncDisposableStack()
const folder = mkdtempSync(join(tmpdir(), 'pysaml2-'))
let stack: Stack
let world: World

beforeAll(async () => {
  open.defer(() => rmSync(folder, { recursive: true }))
  stack = open.use(await startStack())
  world = worldOf(stack)
  const key = await testSigner('CN=localhost')
  writeFileSync(join(folder, 'key.pem'), key.privateKeyPem)
  writeFileSync(join(folder, 'certificate.pem'), key.certificatePem)
  await using administrator = await openHttpVisitor(world, 'internet')
  writeFileSync(join(folder, 'adfs.xml'), (await administrator.open(federationMetadata)).html)
  await addTrust(labOf(world), 'pysaml2', String((await provider('metadata')).metadata))
})

afterAll(() => open.disposeAsync())

async function provider(command: string, settings: object = {}) {
  const place = { gateway: stack.proxy('internet'), ca: stack.authority.caFile }
  const args = [command, JSON.stringify({ folder, ...settings })]
  await using program = startPython(place, 'pysaml2_provider.py', args)
  return (await answersOf(program))[0] ?? {}
}

test('reads the metadata, signs its request, decrypts and verifies the assertion with xmlsec1', async () => {
  await using who = await openHttpVisitor(world, 'internet')
  const request = await provider('request')
  const form = await who.open(String(request.url))
  const answer = await who.submit(form, { UserName: alice.upn, Password: alice.password })
  const { SAMLResponse, RelayState } = formsOf(answer)[0]?.fields ?? {}
  expect(RelayState).toBe('here')
  const accepted = await provider('accept', { response: SAMLResponse, id: request.id })
  expect(accepted).toMatchObject({
    issuer: 'http://adfs.contoso.com/adfs/services/trust',
    // By the names that it has for the claims of AD FS.
    claims: { upn: [alice.upn], surname: ['Adams'] },
  })
  const forged = Buffer.from(changed(Buffer.from(String(SAMLResponse), 'base64').toString())).toString('base64')
  await expect(provider('accept', { response: forged, id: request.id })).rejects.toThrow(/ended with 1/)
})

/** One character of what is encrypted is another. */
function changed(response: string): string {
  const other = (_: string, before: string, character: string) => `${before}${character === 'A' ? 'B' : 'A'}`
  const text = response.replaceAll(/(CipherValue>[^<]{400})(.)/g, other)
  if (text === response) throw new Error('nothing is encrypted')
  return text
}
