import 'reflect-metadata'
import { createPrivateKey, KeyObject, webcrypto } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { IssuedPair } from './issue.ts'
import type { UserCertificateRequest } from './user-authority.ts'
import type { Validity } from './validity.ts'

const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
} as const

/** Smart card logon, which Windows asks of certificates for people ([MS-PKCA] §3.1.5.2.1.3). */
const smartCardLogon = '1.3.6.1.4.1.311.20.2.2'

export async function issueUserAuthority(options: {
  readonly commonName: string
  readonly validity: Validity
}): Promise<IssuedPair> {
  const keys = await newKeys()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ O: ['Fauxchange'] }, { CN: [options.commonName] }],
    keys,
    signingAlgorithm: rsa,
    ...options.validity,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return issued(keys, certificate)
}

export async function issueUserCertificate(
  authority: IssuedPair,
  { commonName, userPrincipalName, email, notBefore, notAfter }: UserCertificateRequest,
): Promise<IssuedPair> {
  const keys = await newKeys()
  const issuer = new X509Certificate(authority.certificatePem)
  const names: readonly JsonGeneralName[] = [
    ...(userPrincipalName === undefined ? [] : [{ type: 'upn', value: userPrincipalName } as const]),
    ...(email === undefined ? [] : [{ type: 'email', value: email } as const]),
  ]
  const certificate = await X509CertificateGenerator.create({
    subject: [{ O: ['Fauxchange'] }, { CN: [commonName] }],
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await createPrivateKey(authority.keyPem).toCryptoKey(rsa, false, ['sign']),
    signingAlgorithm: rsa,
    notBefore,
    notAfter,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth, smartCardLogon]),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension([...names])]),
    ],
  })
  return issued(keys, certificate)
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(rsa, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>
}

function issued(keys: webcrypto.CryptoKeyPair, certificate: X509Certificate): IssuedPair {
  const keyPem = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString()
  return { keyPem, certificatePem: `${certificate.toString('pem')}\n` }
}
