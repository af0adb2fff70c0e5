import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { testSigner } from '#shared/saml/_signers.ts'
import { eventually } from '#test/actors/eventually.ts'
import { type Apache, openSite, startApache } from '../actors/apache.ts'
import { openHttpVisitor } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, bob } from '../actors/people.ts'
import { startShibboleth } from '../actors/shibboleth.ts'
import { type World, worldOf } from '../actors/world.ts'
import { addTrust, federationMetadata, passSignIn, variablesOf } from './_relying-party.ts'

const open = new AsyncDisposableStack()
let world: World
let apache: Apache
let lab: Lab

beforeAll(async () => {
  const stack = open.use(await startStack())
  world = worldOf(stack)
  lab = labOf(world)
  const site = open.use(await openSite())
  const signing = { name: 'adfs-token-signing', subject: 'CN=ADFS Signing - adfs.contoso.com' }
  const daemon = open.use(
    await startShibboleth(site, {
      stack,
      metadataUrl: federationMetadata,
      entityId: 'http://adfs.contoso.com/adfs/services/trust',
      certificatePem: (await stack.authority.signingKeyFor(signing)).certificatePem,
      key: await testSigner('CN=localhost'),
    }),
  )
  const asks = (path: string, more = '') =>
    `<Location ${path}>\n  AuthType shibboleth\n  ShibRequestSetting requireSession 1\n  ${more}\n  Require shib-session\n</Location>`
  apache = open.use(
    await startApache(
      site,
      ['shib'],
      [daemon.directives, asks('/one'), asks('/two', 'ShibRequestSetting forceAuthn 1')].join('\n'),
    ),
  )
  await using administrator = await openHttpVisitor(world, 'internet')
  await addTrust(lab, 'Shibboleth', (await administrator.open(`${apache.origin}/Shibboleth.sso/Metadata`)).html)
})

afterAll(() => open.disposeAsync())

test('learns AD FS from its signed metadata, decrypts the assertion, and knows the person', async () => {
  await using who = await openHttpVisitor(world, 'internet')
  const page = await passSignIn(who, await who.open(`${apache.origin}/one/`), alice)
  expect(variablesOf(page)).toMatchObject({
    REMOTE_USER: alice.upn,
    surname: 'Adams',
    'Shib-AuthnContext-Class': 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  })
})

test('its sign-out ends the session at AD FS', async () => {
  await using who = await openHttpVisitor(world, 'internet')
  await passSignIn(who, await who.open(`${apache.origin}/one/`), bob)
  const back = await who.open(`${apache.origin}/Shibboleth.sso/Logout`)
  expect(back.html).toContain('Logout completed successfully.')
  expect((await who.open(`${apache.origin}/one/`)).html).toContain('id="passwordInput"')
})

test('a sign-out at AD FS ends its session', async () => {
  await using who = await openHttpVisitor(world, 'internet')
  await passSignIn(who, await who.open(`${apache.origin}/one/`), bob)
  const page = await who.open('https://adfs.contoso.com/adfs/ls/?wa=wsignout1.0')
  expect(page.html).toContain('You have successfully signed out.')
  expect((await who.open(`${apache.origin}/one/`)).html).toContain('id="passwordInput"')
})

test('ForceAuthn: asks somebody again who is signed in at AD FS', async () => {
  await using who = await openHttpVisitor(world, 'internet')
  await passSignIn(who, await who.open(`${apache.origin}/one/`), bob)
  who.forgetCookies(who.cookieNames().find((name) => name.startsWith('_shibsession')))
  const form = await who.open(`${apache.origin}/two/`)
  expect(form.html).toContain('id="passwordInput"')
  expect(variablesOf(await passSignIn(who, form, bob))).toMatchObject({ REMOTE_USER: bob.upn })
})

test('follows a new signing certificate that the metadata announced', async () => {
  await lab.call('POST', '/api/adfs/certificates/signing/rollover', {})
  const announced = await reads()
  // The first of these may have begun before there was a second certificate.
  await eventually(async () => expect(await reads()).toBeGreaterThan(announced + 1))
  await lab.call('POST', '/api/adfs/certificates/signing/promote')
  await using who = await openHttpVisitor(world, 'internet')
  const page = await passSignIn(who, await who.open(`${apache.origin}/one/`), alice)
  expect(variablesOf(page)).toMatchObject({ REMOTE_USER: alice.upn })
})

/** How often the metadata was read. */
async function reads(): Promise<number> {
  const { pathname } = new URL(federationMetadata)
  return (await lab.journal({ deployment: 'adfs' })).filter(({ path }) => path === pathname).length
}
