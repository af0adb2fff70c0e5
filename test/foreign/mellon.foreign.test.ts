import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { testSigner } from '#shared/saml/_signers.ts'
import { type Apache, type ApacheSite, openSite, startApache } from '../actors/apache.ts'
import { openHttpVisitor } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, bob } from '../actors/people.ts'
import { type World, worldOf } from '../actors/world.ts'
import { addTrust, federationMetadata, passSignIn, variablesOf } from './_relying-party.ts'

const open = new AsyncDisposableStack()
let world: World
let apache: Apache
let lab: Lab

beforeAll(async () => {
  world = worldOf(open.use(await startStack()))
  lab = labOf(world)
  const site = open.use(await openSite())
  const key = await testSigner('CN=localhost')
  await using administrator = await openHttpVisitor(world, 'internet')
  site.write('adfs.xml', (await administrator.open(federationMetadata)).html)
  site.write('key.pem', key.privateKeyPem)
  site.write('certificate.pem', key.certificatePem)
  apache = open.use(await startApache(site, ['auth_mellon'], directives(site)))
  await addTrust(lab, 'mod_auth_mellon', (await administrator.open(`${apache.origin}/mellon/metadata`)).html)
})

afterAll(() => open.disposeAsync())

/** `/one/` wants a sign-in, by a password in its words. */
function directives({ folder }: ApacheSite): string {
  return `<Location />
  MellonEnable info
  MellonEndpointPath /mellon
  MellonIdPMetadataFile ${folder}/adfs.xml
  MellonSPPrivateKeyFile ${folder}/key.pem
  MellonSPCertFile ${folder}/certificate.pem
  MellonSecureCookie Off
  MellonSetEnvNoPrefix SURNAME http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname
  MellonUser http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn
</Location>
<Location /one>
  MellonEnable auth
  MellonAuthnContextClassRef urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport
  AuthType Mellon
  Require valid-user
</Location>`
}

test('signs its request, decrypts the assertion, and knows the person', async () => {
  await using who = await openHttpVisitor(world, 'internet')
  const page = await passSignIn(who, await who.open(`${apache.origin}/one/`), alice)
  expect(page.url).toBe(`${apache.origin}/one/`)
  const variables = variablesOf(page)
  expect(variables).toMatchObject({ REMOTE_USER: alice.upn, SURNAME: 'Adams' })
  expect(variables.MELLON_NAME_ID).toMatch(/^\S+$/)
  expect(variables.MELLON_NAME_ID).not.toContain('alice')
})

test('its sign-out ends the session at AD FS', async () => {
  await using who = await openHttpVisitor(world, 'internet')
  await passSignIn(who, await who.open(`${apache.origin}/one/`), bob)
  const back = await who.open(`${apache.origin}/mellon/logout?ReturnTo=${encodeURIComponent(`${apache.origin}/two/`)}`)
  expect(back.url).toBe(`${apache.origin}/two/`)
  expect((await who.open(`${apache.origin}/one/`)).html).toContain('id="passwordInput"')
})

test('a sign-out at AD FS ends its session', async () => {
  await using who = await openHttpVisitor(world, 'internet')
  await passSignIn(who, await who.open(`${apache.origin}/one/`), bob)
  const page = await who.open('https://adfs.contoso.com/adfs/ls/?wa=wsignout1.0')
  expect(page.url).toContain('https://adfs.contoso.com/')
  expect(page.html).toContain('You have successfully signed out.')
  expect((await who.open(`${apache.origin}/one/`)).html).toContain('id="passwordInput"')
})
