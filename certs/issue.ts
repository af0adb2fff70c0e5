import 'reflect-metadata'
import { createPrivateKey, KeyObject, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { nameConstraints } from './name-constraints.ts'
import type { Validity } from './validity.ts'

// Loading the X.509 library costs more than everything else here; only a missing certificate imports this module.

export interface IssuedPair {
  readonly keyPem: string
  readonly certificatePem: string
}

const idNameConstraints = '2.5.29.30'
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
} as const

export async function issueAuthority(options: {
  readonly commonName: string
  readonly domains: readonly string[]
  readonly validity: Validity
}): Promise<IssuedPair> {
  const keys = await newKeys(ecdsa)
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: subject(options.commonName),
    keys,
    signingAlgorithm: ecdsa,
    ...options.validity,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      new Extension(idNameConstraints, true, nameConstraints(options.domains)),
    ],
  })
  return issued(keys, certificate)
}

export async function issueLeaf(options: {
  readonly authority: IssuedPair
  readonly commonName: string
  readonly hosts: readonly string[]
  readonly validity: Validity
}): Promise<IssuedPair> {
  const keys = await newKeys(ecdsa)
  const issuer = new X509Certificate(options.authority.certificatePem)
  const certificate = await X509CertificateGenerator.create({
    subject: subject(options.commonName),
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: signingKey(options.authority.keyPem),
    signingAlgorithm: ecdsa,
    ...options.validity,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      new SubjectAlternativeNameExtension(options.hosts.map(alternativeName)),
    ],
  })
  return issued(keys, certificate)
}

export async function issueTokenSigning(options: {
  readonly subject: string
  readonly validity: Validity
}): Promise<IssuedPair> {
  const keys = await newKeys(rsa)
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: options.subject,
    keys,
    signingAlgorithm: rsa,
    ...options.validity,
    extensions: [new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true)],
  })
  return issued(keys, certificate)
}

/** A certificate that vouches for itself, with which a machine proves in TLS that it is the one that was registered. */
export async function issueClientCertificate(options: {
  readonly commonName: string
  readonly validity: Validity
}): Promise<IssuedPair> {
  const keys = await newKeys(rsa)
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [options.commonName] }],
    keys,
    signingAlgorithm: rsa,
    ...options.validity,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
    ],
  })
  return issued(keys, certificate)
}

function subject(commonName: string): JsonName {
  return [{ O: ['Fauxchange'] }, { CN: [commonName] }]
}

function alternativeName(host: string): { type: 'dns' | 'ip'; value: string } {
  return { type: isIP(host) ? 'ip' : 'dns', value: host }
}

function newKeys(algorithm: typeof ecdsa | typeof rsa): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>
}

function signingKey(keyPem: string): webcrypto.CryptoKey {
  return createPrivateKey(keyPem).toCryptoKey(ecdsa, false, ['sign'])
}

function issued(keys: webcrypto.CryptoKeyPair, certificate: X509Certificate): IssuedPair {
  const keyPem = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString()
  return { keyPem, certificatePem: `${certificate.toString('pem')}\n` }
}
