import type { Element } from '@xmldom/xmldom'
import { fingerprint, type TokenFacts } from '../journal.ts'
import { attributeOf, descendantElements } from '../xml/elements.ts'
import { parseXml } from '../xml/parse-xml.ts'
import type { SeenToken } from './seen-tokens.ts'

/** What a token says, for people to read; nothing here judges it. */
export function factsOf({ way, carrier, fingerprint: mark, content }: SeenToken): TokenFacts {
  const common = { way, carrier, fingerprint: mark }
  try {
    return { ...common, ...(content.kind === 'jwt' ? jwtFacts(content.text) : samlFacts(content.text)) }
  } catch (error) {
    return { ...common, kind: 'unreadable', claims: {}, signature: { problem: String(error) } }
  }
}

/** Values by which somebody could go on with a conversation that is not his. */
const secretClaims = new Set(['nonce', 'sid', 'at_hash', 'c_hash', 's_hash', 'uti', 'rh', 'jti', 'aio'])

function jwtFacts(text: string): Pick<TokenFacts, 'kind' | 'claims' | 'signature'> {
  const [header = '', payload = ''] = text.split('.').map((part) => Buffer.from(part, 'base64url').toString('utf8'))
  const { alg, kid, x5t } = JSON.parse(header) as Record<string, unknown>
  const claims = Object.entries(JSON.parse(payload) as Record<string, unknown>).map(
    ([name, value]) => [name, secretClaims.has(name) ? `#${fingerprint(String(value))}` : value] as const,
  )
  return { kind: 'JWT', claims: Object.fromEntries(claims), signature: { algorithm: alg, key: kid ?? x5t } }
}

function samlFacts(text: string): Pick<TokenFacts, 'kind' | 'claims' | 'signature'> {
  const elements = descendantElements(parseXml(text))
  const all = (name: string) => elements.filter((element) => element.localName === name)
  const texts = (name: string) => all(name).map((element) => element.textContent ?? '')
  const assertion = all('Assertion')[0]
  const method = all('SignatureMethod')[0]
  const certificate = texts('X509Certificate')[0]
  return {
    kind: assertion ? 'SAML assertion' : 'encrypted SAML assertion',
    claims: {
      issuer: of(assertion, 'Issuer') ?? texts('Issuer')[0],
      validFrom: of(all('Conditions')[0], 'NotBefore'),
      validUntil: of(all('Conditions')[0], 'NotOnOrAfter'),
      audience: texts('Audience')[0],
      subject: texts('NameIdentifier')[0] ?? texts('NameID')[0],
      ...Object.fromEntries(all('Attribute').map((element) => [nameOf(element), valuesOf(element)])),
    },
    signature: {
      algorithm: method && attributeOf(method, 'Algorithm')?.replace(/^.*#/, ''),
      ...(certificate !== undefined && { certificate: fingerprint(certificate.replaceAll(/\s/g, '')) }),
      ...(all('Signature').length === 0 && { problem: 'not signed, or the signature is inside the encryption' }),
    },
  }
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
  const values = descendantElements(element)
    .filter(({ localName }) => localName === 'AttributeValue')
    .map(({ textContent }) => textContent ?? '')
  return values.length === 1 ? (values[0] ?? '') : values
}
