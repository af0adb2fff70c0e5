import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { testSigner } from '#shared/saml/_signers.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { openSite } from '../actors/apache.ts'
import { formsOf, type HttpVisitor, openHttpVisitor, type Visit } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, peggy } from '../actors/people.ts'
import { type SimpleSaml, startSimpleSaml } from '../actors/simplesamlphp.ts'
import { type World, worldOf } from '../actors/world.ts'
import { addTrust, federationMetadata, passSignIn } from './_relying-party.ts'

const open = new AsyncDisposableStack()
const erin = { name: 'erin', password: 'Erin-Pass', attributes: { upn: 'erin@partner.example', uid: 'erin' } }
const upnClaim = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn'
let world: World
let lab: Lab
let php: SimpleSaml
let metadata: string

beforeAll(async () => {
  const scenario = await loadDefaultScenario()
  world = worldOf(open.use(await startStack({ scenario })))
  lab = labOf(world)
  const site = open.use(await openSite())
  await using administrator = await openHttpVisitor(world, 'internet')
  const atAdfs = (await administrator.open(federationMetadata)).html
  const immutableId = scenario.users.find((each) => each.userPrincipalName === peggy.upn)?.immutableId ?? ''
  const persons = { name: 'peggy', password: 'her secret there', attributes: { IDPEmail: peggy.upn, uid: immutableId } }
  php = open.use(
    await startSimpleSaml(site, {
      key: await testSigner('CN=localhost'),
      identityProvider: atAdfs,
      accounts: [persons, erin],
      nameAttribute: 'uid',
      serviceProviders: {
        'urn:federation:MicrosoftOnline': {
          AssertionConsumerService: 'https://login.microsoftonline.com/login.srf',
          SingleLogoutService: 'https://login.microsoftonline.com/login.srf',
          'validate.logout': true,
          certData: await signingCertificate(administrator),
          NameIDFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
          simplesaml: { nameidattribute: 'uid' },
        },
        adfs: { xml: atAdfs },
      },
    }),
  )
  const provider = await administrator.open(`${php.origin}/module.php/saml/sp/metadata.php/provider`)
  await addTrust(lab, 'SimpleSAMLphp', provider.html)
  metadata = (await administrator.open(`${php.origin}/saml2/idp/metadata.php`)).html
})

afterAll(() => open.disposeAsync())

/** The one that signs at Entra ID comes first. */
async function signingCertificate(administrator: HttpVisitor): Promise<string> {
  const { html } = await administrator.open('https://login.microsoftonline.com/common/discovery/keys')
  const { keys } = JSON.parse(html) as { keys: readonly { x5c: readonly string[] }[] }
  return keys[0]?.x5c[0] ?? ''
}

test('as a service provider of AD FS: signs its request, decrypts the assertion, signs its user out', async () => {
  await using who = await openHttpVisitor(world, 'internet')
  const page = await passSignIn(who, await who.open(`${php.origin}/one`), alice)
  expect(page.status, page.html + php.log().slice(-3000)).toBe(200)
  expect(JSON.parse(page.html)).toMatchObject({ attributes: { [upnClaim]: [alice.upn] } })
  expect((await who.open(`${php.origin}/two`)).html).toBe('You have left.')
  expect((await who.open(`${php.origin}/one`)).html).toContain('id="passwordInput"')
})

/** The page of its identity provider that asks for name and password. */
function signInThere(who: HttpVisitor, page: Visit, { name, password }: { name: string; password: string }) {
  expect(Object.keys(formsOf(page)[0]?.fields ?? {}), page.html).toEqual(
    expect.arrayContaining(['username', 'AuthState']),
  )
  return who.submit(page, { username: name, password })
}

test('as the identity provider of a domain federated by SAML 2.0: Entra ID takes its answer', async () => {
  const [, certificate = ''] = /<ds:X509Certificate>([^<]+)</.exec(metadata) ?? []
  const there = `${php.origin}/saml2/idp`
  const federation = {
    preferredAuthenticationProtocol: 'saml',
    issuerUri: `${there}/metadata.php`,
    passiveSignInUri: `${there}/SSOService.php`,
    signOutUri: `${there}/SingleLogoutService.php`,
    signingCertificate: certificate.replaceAll(/\s/g, ''),
  }
  const converted = await lab.call('PATCH', '/api/domains/fabrikam.com', { authentication: 'federated', federation })
  expect(converted.status, JSON.stringify(converted.json)).toBe(200)
  await using who = await openHttpVisitor(world, 'internet')
  const request = new URLSearchParams({
    client_id: 'a0000000-0000-4000-8000-000000000001',
    response_type: 'code',
    redirect_uri: php.origin,
    scope: 'openid',
    login_hint: peggy.upn,
  })
  const away = await who.open(`https://login.microsoftonline.com/contoso.com/oauth2/v2.0/authorize?${request}`)
  const asked = await who.submit(away)
  const answer = await signInThere(who, asked, { name: 'peggy', password: 'her secret there' })
  await passSignIn(who, answer, peggy, { acceptConsent: 'true' })
  expect(who.visits.map(({ url }) => url)).toContainEqual(expect.stringContaining(`${php.origin}/?code=`))

  const end = await who.open('https://login.microsoftonline.com/common/oauth2/v2.0/logout')
  expect(end.url).toMatch(/^https:\/\/login\.microsoftonline\.com\/login\.srf\?SAMLResponse=/)
  const [event] = (await lab.journal({ deployment: 'entra' })).filter(({ decisions }) =>
    decisions.includes('providerSignedOut'),
  )
  expect(event?.detail.status).toBe('urn:oasis:names:tc:SAML:2.0:status:Success')
  const again = await who.submit(
    await who.open(`https://login.microsoftonline.com/contoso.com/oauth2/v2.0/authorize?${request}`),
  )
  expect(formsOf(again)[0]?.fields).toHaveProperty('username')
})

test('as a claims provider of AD FS, by its metadata: chosen by the suffix, believed by the rules', async () => {
  const rules = `c:[Type == "upn"] => issue(Type = "${upnClaim}", Value = c.Value);`
  const trust = { name: 'SimpleSAMLphp', metadata, acceptanceTransformRules: rules }
  const made = await lab.call('POST', '/api/adfs/claims-providers', trust)
  expect(made.status, JSON.stringify(made.json)).toBe(201)
  await using who = await openHttpVisitor(world, 'internet')
  const choice = await who.open(
    `https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0&wtrealm=urn%3asample%3awsfed&whr=${encodeURIComponent(`${php.origin}/saml2/idp/metadata.php`)}`,
  )
  const answer = await signInThere(who, choice, erin)
  const token = await who.submit(answer)
  expect(token.html, token.url).toContain('erin@partner.example')
})
