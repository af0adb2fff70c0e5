import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { SAML } from '@node-saml/node-saml'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestSigner, testSigner } from '#shared/saml/_signers.ts'
import { parseXml } from '#shared/xml/parse-xml.ts'
import { inputsOf } from '../_browser.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import { alice, passive, samlWorld } from './_service-provider.ts'

type Saml2Call<A> = (server: unknown, options: object, done: (error: Error | null, answer: A) => void) => void

interface Saml2 {
  readonly ServiceProvider: new (options: object) => Readonly<Record<string, Saml2Call<never>>>
  readonly IdentityProvider: new (options: object) => object
}

interface Saml2User {
  readonly user: { readonly name_id: string; readonly session_index: string }
}

interface SamlifyProvider {
  createLoginRequest(server: SamlifyServer, binding: 'redirect'): { readonly context: string }
  parseLoginResponse(
    server: SamlifyServer,
    binding: 'post',
    request: { readonly body: object },
  ): Promise<{ readonly extract: { readonly nameID: string; readonly attributes: Readonly<Record<string, unknown>> } }>
}

interface SamlifyServer {
  readonly entityMeta: { getEntityID(): string }
}

interface Samlify {
  readonly Constants: { readonly namespace: { readonly binding: { readonly post: string } } }
  IdentityProvider(settings: object): SamlifyServer
  ServiceProvider(settings: object): SamlifyProvider
  setSchemaValidator(validator: { validate(xml: string): Promise<string> }): void
}

const identifier = 'http://adfs.contoso.com/adfs/services/trust'
const unspecified = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'
const consumer = 'https://sp.example.com/acs'
const logoutUrl = 'https://sp.example.com/slo'
const names = ['urn:f:saml2-js', 'urn:f:node-saml', 'urn:f:samlify'] as const
const plainName = `c:[Type == "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"]
 => issue(Type = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier", Value = c.Value);`
const encrypting = ['urn:f:saml2-js', 'urn:f:samlify']
// Its types want the DOM library, which this project does without.
const samlify = createRequire(import.meta.url)('samlify') as Samlify
let stage: AdfsStage
let key: TestSigner
let certificate: string
let metadata: string

beforeAll(async () => {
  // samlify takes no message before somebody has judged its XML.
  samlify.setSchemaValidator({ validate: async (xml) => String(parseXml(xml).nodeName) })
  key = await testSigner('CN=sp.example.com')
  stage = await startAdfs(
    samlWorld(
      {},
      ...names.map((name, index) => ({
        name,
        identifiers: [name],
        objectIdentifier: `e5000000-0000-4000-8000-00000000000${index}`,
        requestSigningCertificates: [key.certificatePem],
        signedSamlRequestsRequired: true,
        nameIdFormat: unspecified,
        samlResponseSignature: 'MessageAndAssertion' as const,
        // saml2-js signs out by the name alone, without its format.
        ...(name === 'urn:f:saml2-js' && { issuanceTransformRules: plainName }),
        ...(encrypting.includes(name) && { encryptionCertificate: key.certificatePem }),
        samlEndpoints: [
          { protocol: 'SAMLAssertionConsumer', binding: 'POST', uri: consumer, index: 0, isDefault: true } as const,
          { protocol: 'SAMLLogout', binding: 'Redirect', uri: logoutUrl, index: 0, isDefault: false } as const,
        ],
      })),
    ),
  )
  const name = { name: 'adfs-token-signing', subject: 'CN=ADFS Signing - adfs.contoso.com' }
  certificate = (await stage.authority.signingKeyFor(name)).certificatePem
  metadata = (await stage.browser().open('/FederationMetadata/2007-06/FederationMetadata.xml')).html
})

afterAll(() => stage[Symbol.asyncDispose]())

describe('saml2-js', () => {
  async function saml2() {
    const { default: library } = (await import('saml2-js')) as unknown as { default: Saml2 }
    const provider = new library.ServiceProvider({
      entity_id: 'urn:f:saml2-js',
      private_key: key.privateKeyPem,
      certificate: key.certificatePem,
      assert_endpoint: consumer,
      sign_get_request: true,
      nameid_format: unspecified,
      allow_unencrypted_assertion: false,
    })
    const server = new library.IdentityProvider({
      sso_login_url: passive,
      sso_logout_url: passive,
      certificates: [certificate],
    })
    const call = <A>(name: string, options: object) =>
      promisify(provider[name] as Saml2Call<A>).call(provider, server, options)
    return { call }
  }

  test('signs its request, decrypts the assertion, and signs its user out', async () => {
    const { call } = await saml2()
    const browser = stage.browser()
    const page = await browser.signIn(await call<string>('create_login_request_url', { relay_state: 'here' }), ...alice)
    const fields = inputsOf(page.html)
    expect(fields.RelayState).toBe('here')
    const { user } = await call<Saml2User>('post_assert', { request_body: fields, ignore_timing: true })
    expect(user.name_id).toBe('alice@contoso.com')
    const { name_id, session_index } = user
    const leave = await call<string>('create_logout_request_url', { name_id, session_index, sign_get_request: true })
    const answer = await browser.open(leave)
    const back = new URL(String(answer.headers.location))
    expect(`${back.origin}${back.pathname}`).toBe(logoutUrl)
    const query = Object.fromEntries(back.searchParams)
    expect(await call('redirect_assert', { request_body: query })).toMatchObject({ type: 'logout_response' })
    expect(browser.cookies.has('MSISAuth')).toBe(false)
  })
})

describe('node-saml', () => {
  const provider = () =>
    new SAML({
      callbackUrl: consumer,
      logoutCallbackUrl: logoutUrl,
      entryPoint: passive,
      issuer: 'urn:f:node-saml',
      audience: 'urn:f:node-saml',
      idpCert: certificate,
      idpIssuer: identifier,
      identifierFormat: unspecified,
      privateKey: key.privateKeyPem,
      signatureAlgorithm: 'sha256',
      wantAuthnResponseSigned: true,
      acceptedClockSkewMs: 0,
    })

  test('signs its request, accepts the signed response, and signs its user out', async () => {
    const saml = provider()
    const browser = stage.browser()
    const page = await browser.signIn(await saml.getAuthorizeUrlAsync('', 'localhost', {}), ...alice)
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: inputsOf(page.html).SAMLResponse ?? '' })
    if (!profile) throw new Error('no profile')
    const answer = await browser.open(await saml.getLogoutUrlAsync(profile, 'bye', {}))
    const back = new URL(String(answer.headers.location))
    expect(back.searchParams.get('RelayState')).toBe('bye')
    const query = back.search.slice(1)
    const { loggedOut } = await saml.validateRedirectAsync(Object.fromEntries(back.searchParams), query)
    expect(loggedOut).toBe(true)
  })

  test('is told by AD FS that its user has signed out, and answers', async () => {
    const saml = provider()
    const browser = stage.browser()
    await browser.signIn(await saml.getAuthorizeUrlAsync('', 'localhost', {}), ...alice)
    const told = await browser.open('/adfs/ls/?wa=wsignout1.0')
    const query = new URL(String(told.headers.location))
    const { profile } = await saml.validateRedirectAsync(Object.fromEntries(query.searchParams), query.search.slice(1))
    expect(profile?.nameID).toBe('alice@contoso.com')
    const respond = promisify(saml.getLogoutResponseUrl.bind(saml))
    const url = (await respond(profile as never, '', {}, true)) as string
    expect((await browser.open(url)).html).toContain('You have successfully signed out.')
  })
})

describe('samlify', () => {
  test('configures itself from the metadata, and accepts signed and encrypted', async () => {
    // The farm takes unsigned requests, this trust does not: its metadata cannot say so.
    const wanting = metadata.replace('<IDPSSODescriptor', '<IDPSSODescriptor WantAuthnRequestsSigned="true"')
    const server = samlify.IdentityProvider({
      metadata: wanting,
      isAssertionEncrypted: true,
      messageSigningOrder: 'encrypt-then-sign',
    })
    const provider = samlify.ServiceProvider({
      entityID: 'urn:f:samlify',
      authnRequestsSigned: true,
      wantAssertionsSigned: true,
      wantMessageSigned: true,
      privateKey: key.privateKeyPem,
      encPrivateKey: key.privateKeyPem,
      signingCert: key.certificatePem,
      encryptCert: key.certificatePem,
      requestSignatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      nameIDFormat: [unspecified],
      assertionConsumerService: [{ Binding: samlify.Constants.namespace.binding.post, Location: consumer }],
    })
    expect(server.entityMeta.getEntityID()).toBe(identifier)
    const { context } = provider.createLoginRequest(server, 'redirect')
    const page = await stage.browser().signIn(context, ...alice)
    const { extract } = await provider.parseLoginResponse(server, 'post', { body: inputsOf(page.html) })
    expect(extract.nameID).toBe('alice@contoso.com')
    expect(extract.attributes).toMatchObject({
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname': 'Adams',
    })
  })
})
