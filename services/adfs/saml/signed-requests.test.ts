import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signWithLibrary, type TestSigner, testSigner } from '#shared/saml/_signers.ts'
import { wrappingAttacks } from '#shared/saml/_wrapping.ts'
import type { Page } from '../_browser.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import {
  type MessageParts,
  passive,
  redirectUrl,
  rsaSha1,
  samlMessage,
  samlWorld,
  signedPost,
  signedRedirect,
} from './_service-provider.ts'

const strict = 'urn:sample:strict'
const unprepared = 'urn:sample:unprepared'
const old = 'urn:sample:sha1'
let stage: AdfsStage
let key: TestSigner
let stranger: TestSigner
let sent = 0

beforeAll(async () => {
  key = await testSigner('CN=sp.example.com')
  stranger = await testSigner('CN=sp.example.com')
  const requestSigningCertificates = [key.certificatePem]
  const more = [
    { name: 'Strict', identifiers: [strict], objectIdentifier: guid(1), signedSamlRequestsRequired: true },
    { name: 'Unprepared', identifiers: [unprepared], objectIdentifier: guid(2), requestSigningCertificates: [] },
    { name: 'Old', identifiers: [old], objectIdentifier: guid(3), signatureAlgorithm: rsaSha1 },
  ] as const
  stage = await startAdfs(
    samlWorld({ requestSigningCertificates }, ...more.map((each) => ({ requestSigningCertificates, ...each }))),
  )
})

afterAll(() => stage[Symbol.asyncDispose]())

function guid(last: number): string {
  return `e1000000-0000-4000-8000-00000000000${last}`
}

function authnRequest(parts: Partial<MessageParts> = {}): string {
  sent += 1
  return samlMessage({ id: `_s${sent}`, issueInstant: stage.clock.now(), ...parts })
}

const open = (url: string) => stage.browser().open(url)
const post = (SAMLRequest: string) => stage.browser().post('/adfs/ls/', { SAMLRequest })
const outcome = ({ html }: Page) => /MSIS\d+/.exec(html)?.[0] ?? (html.includes('userNameInput') ? 'asked' : html)

describe('a signature of the trust’s certificate', () => {
  test.each([{ issuer: 'urn:sample:saml' }, { issuer: strict }])(
    'is taken from $issuer by redirect and by POST',
    async ({ issuer }) => {
      expect(outcome(await open(signedRedirect(authnRequest({ issuer }), key)))).toBe('asked')
      expect(outcome(await post(signedPost(authnRequest({ issuer }), key)))).toBe('asked')
    },
  )

  test('is verified again after the user has signed in', async () => {
    const browser = stage.browser()
    const page = await browser.open(signedRedirect(authnRequest({ issuer: strict }), key))
    const answer = await browser.submit(page, { UserName: 'alice@contoso.com', Password: 'Alice-Pass1' })
    expect((await browser.follow(answer)).html).toContain('SAMLResponse')
  })

  test('is taken with the algorithm of the trust alone (MSIS7093)', async () => {
    expect(outcome(await open(signedRedirect(authnRequest({ issuer: old }), key, { algorithm: rsaSha1 })))).toBe(
      'asked',
    )
    const wrong = await open(signedRedirect(authnRequest(), key, { algorithm: rsaSha1 }))
    expect(outcome(wrong)).toBe('MSIS7093')
    expect(wrong.html).toContain(rsaSha1)
    expect(outcome(await open(signedRedirect(authnRequest({ issuer: old }), key)))).toBe('MSIS7093')
    expect(outcome(await post(signedPost(authnRequest({ issuer: old }), key)))).toBe('MSIS7093')
  })
})

describe('no signature', () => {
  test.each([
    { issuer: 'urn:sample:saml', want: 'asked' },
    { issuer: unprepared, want: 'asked' },
    { issuer: strict, want: 'MSIS7085' },
  ])('from $issuer: $want', async ({ issuer, want }) => {
    expect(outcome(await open(redirectUrl(authnRequest({ issuer }))))).toBe(want)
    expect(outcome(await post(Buffer.from(authnRequest({ issuer })).toString('base64')))).toBe(want)
  })

  test('is refused for every trust when the farm requires signatures', async () => {
    await using farm = await startAdfs((scenario) => ({
      ...scenario,
      adfs: { ...scenario.adfs, signedSamlRequestsRequired: true },
    }))
    expect(outcome(await farm.browser().open(redirectUrl(authnRequest())))).toBe('MSIS7085')
  })
})

describe('a wrong signature is refused, although none is needed', () => {
  const signed = () => signedRedirect(authnRequest(), key)
  test.each([
    { name: 'another key', url: () => signedRedirect(authnRequest(), stranger), want: 'MSIS0038' },
    {
      name: 'another relay state',
      url: () => signed().replace('RelayState=state', 'RelayState=other'),
      want: 'MSIS0038',
    },
    { name: 'an empty signature', url: () => signed().replace(/Signature=.*/, 'Signature='), want: 'MSIS0038' },
    {
      name: 'no certificate to verify with',
      url: () => signedRedirect(authnRequest({ issuer: unprepared }), key),
      want: 'MSIS0037',
    },
    { name: 'no algorithm', url: () => signed().replace(/&SigAlg=[^&]*/, ''), want: 'MSIS7093' },
    {
      name: 'a signed request for another place',
      url: () => signedRedirect(authnRequest({ attributes: 'Destination="https://evil.example/adfs/ls/"' }), key),
      want: 'MSIS0018',
    },
    {
      name: 'an issuer with a qualifier',
      url: () => signedRedirect(authnRequest().replace('<saml:Issuer', '<saml:Issuer NameQualifier="x"'), key),
      want: 'MSIS7074',
    },
  ])('$name: $want', async ({ url, want }) => {
    expect(outcome(await open(url()))).toBe(want)
  })

  test('and the journal says why', async () => {
    await open(signedRedirect(authnRequest(), stranger))
    const last = (await stage.journal()).at(-1)
    expect(last?.reasons.join()).toContain('the signature of the query does not verify')
  })

  test('a certificate inside the message proves nothing', async () => {
    expect(outcome(await post(signedPost(authnRequest(), stranger)))).toBe('MSIS0038')
    const lying = signWithLibrary(authnRequest(), {
      key: stranger,
      idAttribute: 'ID',
      certificatePem: key.certificatePem,
    })
    expect(outcome(await post(Buffer.from(lying).toString('base64')))).toBe('MSIS0038')
  })

  test.each([
    {
      name: 'inclusive canonicalization',
      transforms: [
        'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
        'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
      ],
    },
    { name: 'no enveloped transform', transforms: ['http://www.w3.org/2001/10/xml-exc-c14n#'] },
  ])('$name', async ({ transforms }) => {
    const signed = signWithLibrary(authnRequest(), { key, idAttribute: 'ID', transforms })
    expect(outcome(await post(Buffer.from(signed).toString('base64')))).toBe('MSIS0038')
  })
})

describe('signature wrapping', () => {
  const consumer = 'http://localhost:5001/saml/acs'
  const material = (signed: string, issuer: string) =>
    wrappingAttacks({
      signed,
      idAttribute: 'ID',
      forge: (xml) => xml.replace(consumer, 'http://localhost:3000/login/callback'),
      inEnvelope: (...tokens) =>
        tokens.length === 1
          ? (tokens[0] ?? '')
          : samlMessage({
              id: '_outer',
              issueInstant: stage.clock.now(),
              issuer,
              children: `<samlp:Extensions>${tokens.join('')}</samlp:Extensions>`,
            }),
    })
  const names = wrappingAttacks({ signed: '', idAttribute: 'ID', forge: (same) => same, inEnvelope: () => '' }).map(
    ([name], index) => [name, index] as const,
  )

  test.each(names)('%s', async (_name, index) => {
    const attributes = `Destination="${passive}" AssertionConsumerServiceURL="${consumer}"`
    const signed = signWithLibrary(authnRequest({ issuer: strict, attributes }), { key, idAttribute: 'ID' })
    const attack = material(signed, strict)[index]?.[1] ?? ''
    expect(attack).not.toBe(signed)
    const page = await post(Buffer.from(attack).toString('base64'))
    expect(['MSIS0018', 'MSIS0038', 'MSIS7085', 'MSIS7093']).toContain(outcome(page))
  })
})

describe('what is no message is refused before anything is believed', () => {
  const entity = '<!DOCTYPE x [<!ENTITY a "b">]>'
  const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${[...'bcdefg'].map((name, index) => `<!ENTITY ${name} "${`&${'abcdef'[index]};`.repeat(10)}">`).join('')}]>`
  test.each([
    ['an entity', () => entity + authnRequest()],
    ['a bomb of entities', () => bomb + authnRequest({ children: '<x>&g;</x>' })],
    ['an external document type', () => `<!DOCTYPE x SYSTEM "https://evil.example/x.dtd">${authnRequest()}`],
    ['a processing instruction', () => `<?xml-stylesheet href="https://evil.example/x"?>${authnRequest()}`],
    ['an id twice', () => authnRequest({ id: '_twice', children: '<x ID="_twice"/>' })],
    ['nesting without end', () => authnRequest({ children: '<x>'.repeat(500) + '</x>'.repeat(500) })],
    ['another root', () => '<html/>'],
    ['nothing', () => ''],
  ])('%s', async (_name, write) => {
    const page = await post(Buffer.from(write()).toString('base64'))
    expect(outcome(page)).toBe('MSIS0018')
    expect((await stage.journal()).at(-1)?.reasons.join()).not.toBe('')
  })

  test('a comment cuts no issuer short', async () => {
    const page = await post(Buffer.from(authnRequest({ issuer: 'urn:sample:saml<!---->.evil' })).toString('base64'))
    expect(outcome(page)).toBe('MSIS7007')
  })
})
