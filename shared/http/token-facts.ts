import type { Element } from '@xmldom/xmldom'
import { fingerprint, type TokenFacts } from '../journal.ts'
import { attributeOf, descendantElements } from '../xml/elements.ts'
import { parseXml } from '../xml/parse-xml.ts'
import type { SeenContent, SeenToken } from './seen-token.ts'

type Said = Pick<TokenFacts, 'kind' | 'claims' | 'signature'>

/** What a token says, for people to read; nothing here judges it. */
export function factsOf({ way, carrier, fingerprint: mark, content }: SeenToken): TokenFacts {
  const common = { way, carrier, fingerprint: mark }
  try {
    return { ...common, ...saidBy(content) }
  } catch (error) {
    return { ...common, kind: 'unreadable', claims: {}, signature: { problem: String(error) } }
  }
}

function saidBy(content: SeenContent): Said {
  if (content.kind === 'jwt') return jwtFacts(content.text, content.name)
  if (content.kind === 'xml') return xmlFacts(content.text, content.queryAlgorithm)
  if (content.kind === 'opaque')
    return { kind: content.name, claims: {}, signature: { state: content.state ?? 'opaque' } }
  return { kind: content.name, claims: content.claims, signature: content.signature }
}

/** Values by which somebody could go on with a conversation that is not his. */
const secretClaims = new Set(
  'nonce sid at_hash c_hash s_hash uti rh jti aio refresh_token request_nonce code password'.split(' '),
)

function jwtFacts(text: string, name?: string): Said {
  const [header = '', payload = ''] = text.split('.').map((part) => Buffer.from(part, 'base64url').toString('utf8'))
  const { alg, kid, x5t, x5c } = JSON.parse(header) as Record<string, unknown>
  const said = JSON.parse(payload) as Record<string, unknown>
  const claims = Object.entries(said).map(
    ([claim, value]) => [claim, secretClaims.has(claim) ? `#${fingerprint(String(value))}` : value] as const,
  )
  const certificate = Array.isArray(x5c) ? fingerprint(String(x5c[0])) : undefined
  const signature = {
    algorithm: alg,
    key: kid ?? x5t,
    ...(certificate !== undefined && { certificate }),
    ...(alg === 'none' && { state: 'none' }),
  }
  // Machines of the stack sign without an issuer: their certificate is it.
  const isMachine = certificate !== undefined && said.iss === undefined && said.sub !== undefined
  return { kind: name ?? (isMachine ? 'machine token' : 'JWT'), claims: Object.fromEntries(claims), signature }
}

function xmlFacts(text: string, queryAlgorithm: string | undefined): Said {
  const elements = descendantElements(parseXml(text))
  const names = new Set(elements.map(({ localName }) => localName ?? ''))
  const kind = names.has('Assertion') ? 'SAML assertion' : messageKind(names)
  const claims = names.has('Assertion') ? assertionClaims(elements) : messageClaims(elements)
  return { kind, claims, signature: xmlSignature(elements, kind, queryAlgorithm) }
}

const messages = ['AuthnRequest', 'LogoutRequest', 'LogoutResponse', 'ArtifactResolve', 'ArtifactResponse', 'Response']

function messageKind(names: ReadonlySet<string>): string {
  if (names.has('EncryptedAssertion') || names.has('EncryptedData')) return 'encrypted SAML assertion'
  const saml = messages.find((each) => names.has(each))
  if (saml !== undefined) return `SAML ${saml}`
  const trust = ['RequestSecurityTokenResponse', 'RequestSecurityToken'].find((each) => names.has(each))
  return trust === undefined ? 'unreadable' : `WS-Trust ${trust}`
}

function assertionClaims(elements: readonly Element[]): Record<string, unknown> {
  const all = named(elements)
  const [assertion] = all('Assertion')
  return {
    version: of(assertion, 'MajorVersion') === undefined ? 'SAML 2.0' : 'SAML 1.1',
    issuer: of(assertion, 'Issuer') ?? textsOf(all('Issuer'))[0],
    validFrom: of(all('Conditions')[0], 'NotBefore'),
    validUntil: of(all('Conditions')[0], 'NotOnOrAfter'),
    audience: textsOf(all('Audience'))[0],
    subject: textsOf([...all('NameIdentifier'), ...all('NameID')])[0],
    ...Object.fromEntries(all('Attribute').map((element) => [nameOf(element), valuesOf(element)])),
  }
}

/** What a message says before there is an assertion, or around one that is encrypted. */
function messageClaims(elements: readonly Element[]): Record<string, unknown> {
  const all = named(elements)
  const message = elements.find(({ localName }) => messages.includes(localName ?? ''))
  const first = (name: string) => textsOf(all(name))[0]
  return {
    issuer: first('Issuer'),
    destination: of(message, 'Destination'),
    issued: of(message, 'IssueInstant'),
    inResponseTo: of(message, 'InResponseTo'),
    consumer: of(message, 'AssertionConsumerServiceURL'),
    subject: first('NameID'),
    status: of(all('StatusCode')[0], 'Value'),
    requestType: first('RequestType'),
    tokenType: first('TokenType'),
    appliesTo: textsOf(all('AppliesTo'))[0]?.trim(),
    userName: first('Username'),
  }
}

function xmlSignature(elements: readonly Element[], kind: string, queryAlgorithm: string | undefined) {
  const all = named(elements)
  const isEncrypted = kind === 'encrypted SAML assertion'
  const algorithm = queryAlgorithm ?? of(all('SignatureMethod')[0], 'Algorithm')
  const certificate = all('Signature').length > 0 ? textsOf(all('X509Certificate'))[0] : undefined
  const problem = isEncrypted ? 'the signature is inside the encryption' : 'not signed'
  return {
    algorithm: algorithm?.replace(/^.*#/, ''),
    ...(certificate !== undefined && { certificate: fingerprint(certificate.replaceAll(/\s/g, '')) }),
    ...(queryAlgorithm !== undefined && { over: 'query' }),
    ...(isEncrypted && { state: 'encrypted' }),
    ...(algorithm === undefined && { state: isEncrypted ? 'encrypted' : 'none', problem }),
  }
}

function named(elements: readonly Element[]) {
  return (name: string) => elements.filter(({ localName }) => localName === name)
}

function textsOf(elements: readonly Element[]): readonly string[] {
  return elements.map(({ textContent }) => textContent ?? '')
}

function of(element: Element | undefined, attribute: string): string | undefined {
  return element && attributeOf(element, attribute)
}

/** SAML 1.1 cuts a claim type into namespace and name (saml-core-1.1 §2.4.4.1). */
function nameOf(element: Element): string {
  const namespace = attributeOf(element, 'AttributeNamespace')
  const name = attributeOf(element, 'AttributeName') ?? attributeOf(element, 'Name') ?? ''
  return namespace === undefined ? name : `${namespace}/${name}`
}

function valuesOf(element: Element): string | readonly string[] {
  const values = textsOf(descendantElements(element).filter(({ localName }) => localName === 'AttributeValue'))
  return values.length === 1 ? (values[0] ?? '') : values
}
