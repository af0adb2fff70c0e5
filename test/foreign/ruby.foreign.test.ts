import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { testSigner } from '#shared/saml/_signers.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { answersOf, startRuby } from '../actors/foreign-program.ts'
import { formsOf, type HttpVisitor, openHttpVisitor } from '../actors/http-visitor.ts'
import { labOf } from '../actors/lab.ts'
import { alice, bob, peggy } from '../actors/people.ts'
import { type World, worldOf } from '../actors/world.ts'
import { listenForRedirect, type RedirectListener } from '../bench/wire.ts'
import { addTrust, federationMetadata, passSignIn } from './_relying-party.ts'

const tenant = '6babcaad-604b-40ac-a9d7-9fd97c0b779f'
const atEntra = {
  issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
  id: 'a0000000-0000-4000-8000-000000000002',
  secret: 'sample-web-app-secret',
}
const atAdfs = {
  issuer: 'https://adfs.contoso.com/adfs',
  id: 'e1000000-0000-4000-8000-000000000002',
  secret: 'Adfs-Sample-Secret-1',
}
const open = new AsyncDisposableStack()
const folder = mkdtempSync(join(tmpdir(), 'ruby-'))
let stack: Stack
let world: World
let landing: RedirectListener

beforeAll(async () => {
  open.defer(() => rmSync(folder, { recursive: true }))
  landing = open.use(await listenForRedirect())
  stack = open.use(await startStack({ scenario: await scenarioFor(`http://localhost:${landing.port}/`) }))
  world = worldOf(stack)
})

afterAll(() => open.disposeAsync())

/** Both know the redirect URI. */
async function scenarioFor(redirect: string) {
  const scenario = await loadDefaultScenario()
  const { entra, adfs } = scenario
  const applications = entra.applications.map((each) =>
    each.appId === atEntra.id ? { ...each, redirectUris: { ...each.redirectUris, web: [redirect] } } : each,
  )
  const applicationGroups = adfs.applicationGroups.map((group) => ({
    ...group,
    serverApplications: group.serverApplications.map((each) => ({ ...each, redirectUris: [redirect] })),
  }))
  return { ...scenario, entra: { ...entra, applications }, adfs: { ...adfs, applicationGroups } }
}

async function ruby(program: string, command: string, settings: object) {
  const place = { gateway: stack.proxy('internet'), ca: stack.authority.caFile }
  await using running = startRuby(place, program, [command, JSON.stringify(settings)])
  return (await answersOf(running))[0] ?? {}
}

const lastAddress = (who: HttpVisitor) => new URL(who.visits.at(-1)?.url ?? '')

describe('openid_connect', () => {
  test.each(['https://adfs.contoso.com', 'https://adfs.contoso.com/adfs'])(
    'finds AD FS by WebFinger: %s',
    async (resource) => {
      expect(await ruby('relying_party.rb', 'find', { resource })).toEqual({ issuer: atAdfs.issuer })
    },
  )

  test.each([
    { name: 'Entra ID', server: atEntra, person: peggy, claim: 'preferred_username', authentication: 'basic' },
    { name: 'AD FS', server: atAdfs, person: bob, claim: 'upn', authentication: 'body' },
  ])('$name: discovery, code with proof key, secret by $authentication, id_token, UserInfo', async (each) => {
    const { server, person, claim, authentication } = each
    const settings = { ...server, authentication, redirect: `http://localhost:${landing.port}/`, nonce: 'of this test' }
    await using who = await openHttpVisitor(world, 'internet')
    const { url } = await ruby('relying_party.rb', 'ask', settings)
    await passSignIn(who, await who.open(String(url)), person, { acceptConsent: 'true' })
    const { searchParams } = lastAddress(who)
    expect(searchParams.get('state'), lastAddress(who).href).toBe('here')
    const answer = await ruby('relying_party.rb', 'redeem', { ...settings, code: searchParams.get('code') })
    const claims = answer.claims as Readonly<Record<string, unknown>>
    expect(claims[claim]).toBe(person.upn)
    expect(answer.about).toMatchObject({ sub: claims.sub })
  })
})

test('ruby-saml reads the metadata of AD FS, signs its request, decrypts the assertion, and signs its user out', async () => {
  const key = await testSigner('CN=localhost')
  writeFileSync(join(folder, 'key.pem'), key.privateKeyPem)
  writeFileSync(join(folder, 'certificate.pem'), key.certificatePem)
  await using who = await openHttpVisitor(world, 'internet')
  writeFileSync(join(folder, 'adfs.xml'), (await who.open(federationMetadata)).html)
  const provider = (command: string, more: object = {}) => ruby('service_provider.rb', command, { folder, ...more })
  await addTrust(labOf(world), 'ruby-saml', String((await provider('metadata')).metadata))
  const request = await provider('request')
  const form = await who.open(String(request.url))
  const page = await who.submit(form, { UserName: alice.upn, Password: alice.password })
  const { SAMLResponse: response, RelayState } = formsOf(page)[0]?.fields ?? {}
  expect(RelayState).toBe('here')
  const accepted = await provider('accept', { response, id: request.id })
  expect(accepted).toMatchObject({
    valid: true,
    attributes: { 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': [alice.upn] },
  })
  // Nobody listens where the answer leads.
  await expect(who.open(String(accepted.leave))).rejects.toThrow(/ECONNREFUSED/)
  const { searchParams } = new URL(String(who.visits.at(-1)?.headers.location))
  const left = await provider('left', { response: searchParams.get('SAMLResponse'), id: accepted.id })
  expect(left).toEqual({ valid: true, errors: [] })
  expect((await who.open(String(request.url))).html).toContain('id="passwordInput"')
})
