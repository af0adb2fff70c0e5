import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WSSecurityCert } from 'soap'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeUserAuthority, userAuthorityOf } from '#certs/user-authority.ts'
import { type Stack, startStack } from '#services/stack.ts'
import type { Zone } from '#shared/stack/deployment.ts'
import { curl } from '../actors/curl.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { bob } from '../actors/people.ts'
import { worldOf } from '../actors/world.ts'

const open = new AsyncDisposableStack()
const folder = mkdtempSync(join(tmpdir(), 'certificates-'))
open.defer(() => rmSync(folder, { recursive: true }))
let stack: Stack
let lab: Lab
let own: Issued
let files = 0

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
})

beforeEach(async () => {
  own = await issue()
})

afterAll(() => open.disposeAsync())
afterEach(() => lab.reset())

interface Issued {
  readonly serialNumber: string
  readonly keyPem: string
  readonly certificatePem: string
}

async function issue(request: Readonly<Record<string, unknown>> = {}): Promise<Issued> {
  return (await lab.call('POST', '/api/certificates', { userPrincipalName: bob.upn, ...request })).json as Issued
}

const dialects = {
  '2005': {
    namespace: 'http://schemas.xmlsoap.org/ws/2005/02/trust',
    key: 'http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey',
  },
  '13': {
    namespace: 'http://docs.oasis-open.org/ws-sx/ws-trust/200512',
    key: 'http://docs.oasis-open.org/ws-sx/ws-trust/200512/Bearer',
  },
} as const
type Version = keyof typeof dialects

const security = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
const utility = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'

function envelope(version: Version, to: string, header = '', appliesTo = 'https://mail.contoso.com/owa/'): string {
  const { namespace, key } = dialects[version]
  return `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header><a:Action s:mustUnderstand="1">${namespace}/RST/Issue</a:Action><a:MessageID>urn:uuid:1</a:MessageID><a:To s:mustUnderstand="1">${to}</a:To>${header}</s:Header><s:Body><t:RequestSecurityToken xmlns:t="${namespace}"><wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><a:EndpointReference><a:Address>${appliesTo}</a:Address></a:EndpointReference></wsp:AppliesTo><t:KeyType>${key}</t:KeyType><t:RequestType>${namespace}/Issue</t:RequestType></t:RequestSecurityToken></s:Body></s:Envelope>`
}

interface Signing {
  readonly by?: Pick<Issued, 'keyPem' | 'certificatePem'>
  readonly covers?: readonly string[]
  readonly without?: readonly string[]
  readonly to?: string
  readonly appliesTo?: string
  readonly algorithm?: string
}

/** A message that node-soap has signed. */
function signed(version: Version, signing: Signing = {}): string {
  const { by = own, covers = ['a:To'], without = [], to = urlOf(version), appliesTo, algorithm } = signing
  const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
  const signer = new WSSecurityCert(by.keyPem, by.certificatePem, '', {
    signatureTransformations: [exclusive],
    additionalReferences: [...covers],
    excludeReferencesFromSigning: [...without],
    signerOptions: { idMode: 'wssecurity' },
    ...(algorithm !== undefined && {
      signatureAlgorithm: algorithm,
      digestAlgorithm: 'http://www.w3.org/2000/09/xmldsig#sha1',
    }),
  })
  return signer.postProcess(envelope(version, to, '', appliesTo), 's')
}

function urlOf(version: Version): string {
  return `https://adfs.contoso.com/adfs/services/trust/${version}/certificatemixed`
}

function post(zone: Zone, url: string, message: string, more: readonly string[] = []) {
  files += 1
  const file = join(folder, `${files}.xml`)
  writeFileSync(file, message)
  const type = ['-H', 'content-type: application/soap+xml; charset=utf-8', '-H', 'expect:']
  return curl(stack, zone, [...type, ...more, '--data-binary', `@${file}`, url])
}

async function lastReason(): Promise<string> {
  return (await lab.journal({ deployment: 'adfs' })).flatMap(({ reasons }) => reasons).at(-1) ?? ''
}

test.each([
  { version: '2005', zone: 'corp', response: ':RequestSecurityTokenResponse ' },
  { version: '13', zone: 'corp', response: ':RequestSecurityTokenResponseCollection ' },
] as const)('certificatemixed $version: a token for whom the signing certificate belongs to', async (each) => {
  const { statuses, text } = await post(each.zone, urlOf(each.version), signed(each.version))
  expect(statuses).toEqual([200])
  expect(text).toContain(each.response)
  expect(text).toContain('>bob@contoso.com<')
  expect(text).toContain('AuthenticationMethod="urn:oasis:names:tc:SAML:1.0:am:X509-PKI"')
})

test('with SHA-1, as Basic256 of the metadata has it, it holds as well', async () => {
  const algorithm = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'
  expect((await post('corp', urlOf('2005'), signed('2005', { algorithm }))).statuses).toEqual([200])
})

test('through the proxy the policy of the extranet holds: without MFA there is no token', async () => {
  const { statuses, text } = await post('internet', urlOf('13'), signed('13'))
  expect(statuses).toEqual([500])
  expect(text).toContain('MSIS3127')
  const everybody = signed('13', { appliesTo: 'urn:federation:MicrosoftOnline' })
  expect((await post('internet', urlOf('13'), everybody)).statuses).toEqual([200])
})

test.each<{ case: string; signing?: Signing; reason: RegExp; change?: (message: string) => string }>([
  { case: 'a To that is not signed', signing: { covers: [] }, reason: /covers not both/ },
  { case: 'a Timestamp that is not signed', signing: { without: ['Timestamp'] }, reason: /covers not both/ },
  {
    case: 'a Timestamp that was changed',
    reason: /does not verify/,
    change: (message) => message.replace(/<Expires>\d{4}/, '<Expires>2099'),
  },
  { case: 'a To that was changed', reason: /does not verify/, change: (m) => m.replace('trust/13/', 'trust/2005/') },
  { case: 'another end point', signing: { to: urlOf('2005') }, reason: /signed for/ },
  { case: 'no signature', reason: /not one Signature/, change: (m) => m.replace(/<Signature .*<\/Signature>/s, '') },
  {
    case: 'a second Timestamp with the same id',
    reason: /occurs more than once/,
    change: (m) => m.replace(/<Timestamp .*?<\/Timestamp>/s, '$&$&'),
  },
  {
    case: 'a reference to something else',
    reason: /does not refer/,
    change: (m) => m.replace(/<wsse:Reference URI="[^"]*"/, '<wsse:Reference URI="#other"'),
  },
  {
    case: 'HMAC in the place of RSA',
    reason: /is not accepted/,
    change: (m) => m.replace(/(SignatureMethod Algorithm=)"[^"]*"/, '$1"http://www.w3.org/2000/09/xmldsig#hmac-sha1"'),
  },
])('$case is refused', async ({ signing, reason, change = (same) => same }) => {
  const { statuses, text } = await post('corp', urlOf('13'), change(signed('13', signing)))
  expect(statuses).toEqual([500])
  expect(text).toContain('InvalidSecurity')
  expect(await lastReason()).toMatch(reason)
})

test('a message counts once, and another signature of the same certificate again', async () => {
  const message = signed('13')
  expect((await post('corp', urlOf('13'), message)).statuses).toEqual([200])
  const again = await post('internet', urlOf('13'), message)
  expect(again.statuses).toEqual([500])
  expect(again.text).toContain('InvalidSecurity')
  expect(await lastReason()).toContain('used before')
  // The signer writes whole seconds of the machine's clock, so that only what is covered makes this one another.
  expect((await post('corp', urlOf('13'), signed('13', { covers: ['a:To', 'a:Action'] }))).statuses).toEqual([200])
})

test('a signature wrapped away from what is read proves only what it covers', async () => {
  // The signed Timestamp moves out of the header, and a fresh one takes its place.
  await lab.clock({ advance: 'PT20M' })
  const message = signed('13')
  const [timestamp = ''] = /<Timestamp .*?<\/Timestamp>/s.exec(message) ?? []
  const later = new Date(Date.now() + 1_200_000).toISOString()
  const end = new Date(Date.now() + 1_500_000).toISOString()
  const fresh = `<u:Timestamp xmlns:u="${utility}"><u:Created>${later}</u:Created><u:Expires>${end}</u:Expires></u:Timestamp>`
  const wrapped = message
    .replace(timestamp, fresh)
    .replace('</s:Header>', `<x:Wrapper xmlns:x="urn:x">${timestamp}</x:Wrapper></s:Header>`)
  const { text } = await post('corp', urlOf('13'), wrapped)
  expect(text).toContain('InvalidSecurity')
})

test('a certificate that nobody here vouches for is ID3242', async () => {
  const validity = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2040-01-01T00:00:00Z') }
  const foreign = userAuthorityOf(await makeUserAuthority(validity))
  const by = await foreign.issue({ commonName: 'bob', userPrincipalName: bob.upn, ...validity })
  expect((await post('corp', urlOf('13'), signed('13', { by }))).text).toContain('ID3242')
  expect(await lastReason()).toContain('STATUS_ISSUING_CA_UNTRUSTED')
})

test('certificatetransport: the certificate is shown in TLS, at the certificate host alone', async () => {
  const url = 'https://certauth.adfs.contoso.com/adfs/services/trust/2005/certificatetransport'
  const now = new Date()
  const header = `<o:Security xmlns:o="${security}"><u:Timestamp xmlns:u="${utility}"><u:Created>${now.toISOString()}</u:Created><u:Expires>${new Date(now.getTime() + 300_000).toISOString()}</u:Expires></u:Timestamp></o:Security>`
  const message = envelope('2005', url, header)
  const file = join(folder, 'tls.pem')
  writeFileSync(file, `${own.keyPem}${own.certificatePem}`)
  const { statuses, text } = await post('corp', url, message, ['--cert', file])
  expect(statuses).toEqual([200])
  expect(text).toContain('AuthenticationMethod="urn:ietf:rfc:2246"')
  expect((await post('corp', url, message)).text, 'no certificate').toContain('ID3242')
  const main = url.replace('certauth.', '')
  expect((await post('corp', main, message, ['--cert', file])).statuses).toEqual([503])
  const mixed = urlOf('2005').replace('adfs.contoso.com', 'certauth.adfs.contoso.com')
  expect((await post('corp', mixed, signed('2005'), ['--cert', file])).statuses).toEqual([404])
})

test('the metadata lists them, inside and through the proxy', async () => {
  for (const zone of ['corp', 'internet'] as const) {
    const { text } = await curl(stack, zone, ['https://adfs.contoso.com/adfs/services/trust/mex'])
    const addresses = [...text.matchAll(/<wsa10:Address>([^<]*)</g)].map((match) => match[1])
    const trust = 'https://adfs.contoso.com/adfs/services/trust'
    expect(addresses).toEqual([
      `${trust}/2005/certificatemixed`,
      'https://certauth.adfs.contoso.com/adfs/services/trust/2005/certificatetransport',
      `${trust}/2005/usernamemixed`,
      `${trust}/13/certificatemixed`,
      `${trust}/13/usernamemixed`,
    ])
    expect(text).toContain('wsdl:binding name="CertificateWSTrustBinding_IWSTrustFeb2005Async1"')
  }
})
