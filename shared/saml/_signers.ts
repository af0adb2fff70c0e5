import 'reflect-metadata'
import { KeyObject, webcrypto, X509Certificate } from 'node:crypto'
import { X509CertificateGenerator } from '@peculiar/x509'
import { ExclusiveCanonicalization, SignedXml } from 'xml-crypto'
import { descendantsNamed, isElement } from '#shared/xml/elements.ts'
import { parseXml, rootOf } from '#shared/xml/parse-xml.ts'
import type { SigningKey } from './signing-key.ts'

export interface TestSigner extends SigningKey {
  readonly certificatePem: string
  readonly privateKeyPem: string
  readonly thumbprint: string
}

export async function testSigner(name = 'CN=ADFS Signing - adfs.contoso.com'): Promise<TestSigner> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  }
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2036-01-01T00:00:00Z'),
  })
  const privateKey = KeyObject.from(keys.privateKey)
  const certificateDer = Buffer.from(certificate.rawData)
  const read = new X509Certificate(certificateDer)
  return {
    privateKey,
    certificateDer,
    certificatePem: read.toString(),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    thumbprint: read.fingerprint.replaceAll(':', ''),
  }
}

export interface SignedNode {
  readonly idAttribute: string
  /** `namespace:localName`, as xmlsec1 names the node that carries the id. */
  readonly node: string
}

export const saml11Node: SignedNode = {
  idAttribute: 'AssertionID',
  node: 'urn:oasis:names:tc:SAML:1.0:assertion:Assertion',
}
export const saml20AssertionNode: SignedNode = {
  idAttribute: 'ID',
  node: 'urn:oasis:names:tc:SAML:2.0:assertion:Assertion',
}
export const saml20ResponseNode: SignedNode = {
  idAttribute: 'ID',
  node: 'urn:oasis:names:tc:SAML:2.0:protocol:Response',
}
export const metadataNode: SignedNode = {
  idAttribute: 'ID',
  node: 'urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor',
}

/** xml-crypto's own verdict on the signature that the node carries, and on what it covers. */
export function libraryAccepts(xml: string, certificatePem: string, { idAttribute, node }: SignedNode): boolean {
  const name = node.slice(node.lastIndexOf(':') + 1)
  const signature = descendantsNamed(parseXml(xml), 'http://www.w3.org/2000/09/xmldsig#', 'Signature').find(
    ({ parentNode }) => parentNode && isElement(parentNode) && parentNode.localName === name,
  )
  if (!signature) throw new Error(`${name} carries no signature`)
  const verifier = new SignedXml({
    publicCert: certificatePem,
    ...(idAttribute !== 'ID' && { idAttribute }),
    getCertFromKeyInfo: () => null,
  })
  verifier.loadSignature(signature as never)
  try {
    return verifier.checkSignature(spelledOut(xml)) && covers(verifier.getSignedReferences(), name)
  } catch (error) {
    if (/^invalid signature/i.test(String(error instanceof Error ? error.message : error))) return false
    throw error
  }
}

/** xml-crypto's own parser takes these for line ends, as XML 1.1 does; as references they stay what XML 1.0 says. */
function spelledOut(xml: string): string {
  return xml.replace(/[\u0085\u2028]/g, (character) => `&#${character.charCodeAt(0)};`)
}

function covers(references: readonly string[], name: string): boolean {
  return references.length === 1 && references.every((text) => rootOf(parseXml(text)).localName === name)
}

export interface LibrarySigning {
  readonly key: TestSigner
  readonly idAttribute: string
  readonly signatureAlgorithm?: string
  readonly digestAlgorithm?: string
  readonly transforms?: readonly string[]
  readonly references?: readonly string[]
  readonly withoutKeyInfo?: boolean
  readonly certificatePem?: string
  readonly prefixList?: readonly string[]
}

/** Another issuer than ours: signs any XML with xml-crypto and appends the signature to the root. */
export function signWithLibrary(xml: string, options: LibrarySigning): string {
  const signer = new SignedXml({
    privateKey: options.key.privateKeyPem,
    ...(!options.withoutKeyInfo && { publicCert: options.certificatePem ?? options.key.certificatePem }),
    ...(options.idAttribute !== 'ID' && { idAttribute: options.idAttribute }),
    signatureAlgorithm: options.signatureAlgorithm ?? 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  })
  for (const xpath of options.references ?? ['/*']) {
    signer.addReference({
      xpath,
      digestAlgorithm: options.digestAlgorithm ?? 'http://www.w3.org/2001/04/xmlenc#sha256',
      transforms: options.transforms ?? [
        'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
        'http://www.w3.org/2001/10/xml-exc-c14n#',
      ],
      inclusiveNamespacesPrefixList: [...(options.prefixList ?? [])],
    })
  }
  signer.computeSignature(xml, { prefix: 'ds', location: { reference: '/*', action: 'append' } })
  return signer.getSignedXml()
}

/** The library's exclusive canonical form of a whole document. */
export function canonicalByLibrary(xml: string): string {
  return String(new ExclusiveCanonicalization().process(rootOf(parseXml(xml)) as never, {}))
}
