import 'reflect-metadata'
import { spawnSync } from 'node:child_process'
import { KeyObject, webcrypto, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { X509CertificateGenerator } from '@peculiar/x509'
import { ExclusiveCanonicalization, SignedXml } from 'xml-crypto'
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

/** xmlsec1's verdict; its absence is an error, never a pass. */
export function xmlsecAccepts(
  xml: string,
  certificatePem: string,
  nodes: readonly SignedNode[],
  xpath?: string,
): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'xmlsec-'))
  try {
    writeFileSync(join(folder, 'message.xml'), xml)
    writeFileSync(join(folder, 'certificate.pem'), certificatePem)
    const ids = nodes.flatMap(({ idAttribute, node }) => [`--id-attr:${idAttribute}`, node])
    const which = xpath ? ['--node-xpath', xpath] : []
    const result = spawnSync(
      'xmlsec1',
      ['--verify', ...ids, ...which, '--pubkey-cert-pem', join(folder, 'certificate.pem'), join(folder, 'message.xml')],
      { encoding: 'utf8' },
    )
    if (result.error)
      throw new Error('xmlsec1 is needed to judge signatures and could not be run', { cause: result.error })
    return result.status === 0 && /^OK$/m.test(result.stdout + result.stderr)
  } finally {
    rmSync(folder, { recursive: true })
  }
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
