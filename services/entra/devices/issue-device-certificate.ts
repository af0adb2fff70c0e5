import 'reflect-metadata'
import { createPublicKey, type webcrypto } from 'node:crypto'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { SigningKey } from '#certs/authority.ts'
import type { CertificateRequest } from './device-authority.ts'

interface TenantFacts {
  readonly id: string
  readonly countryCode: string
}

/** [MS-DVRE] §2.2.2: what a device certificate says, each below this arc. */
const arc = '1.2.840.113556.1.5.284'
const contents = {
  deviceId: `${arc}.2`,
  userId: `${arc}.3`,
  tenantId: `${arc}.5`,
  joinType: `${arc}.7`,
  region: `${arc}.8`,
}

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const
const years = 10
const smallestKey = 2048

/** Undefined for a request that is not well made. */
export async function issueDeviceCertificate(
  key: SigningKey,
  request: CertificateRequest & { readonly tenant: TenantFacts },
): Promise<Buffer | undefined> {
  const asked = await readRequest(request.der)
  if (!asked) return undefined
  const { now } = request
  const notAfter = new Date(now)
  notAfter.setUTCFullYear(now.getUTCFullYear() + years)
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${request.deviceId}`,
    issuer: new X509Certificate(key.certificatePem).subjectName,
    publicKey: asked.publicKey,
    signingKey: key.privateKey.toCryptoKey(algorithm, false, ['sign']) as webcrypto.CryptoKey,
    signingAlgorithm: algorithm,
    // For devices whose clock lags.
    notBefore: new Date(now.getTime() - 10 * 60_000),
    notAfter,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
      ...deviceContents(request),
    ],
  })
  return Buffer.from(certificate.rawData)
}

async function readRequest(der: Buffer): Promise<Pkcs10CertificateRequest | undefined> {
  try {
    const request = new Pkcs10CertificateRequest(new Uint8Array(der))
    return (await request.verify()) && isStrong(Buffer.from(request.publicKey.rawData)) ? request : undefined
  } catch {
    return undefined
  }
}

function isStrong(spki: Buffer): boolean {
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= smallestKey
}

function deviceContents(request: CertificateRequest & { readonly tenant: TenantFacts }): readonly Extension[] {
  const { deviceId, userObjectId, trustType, tenant } = request
  return [
    new Extension(contents.deviceId, false, octets(guidBytes(deviceId))),
    new Extension(contents.userId, false, octets(guidBytes(userObjectId))),
    new Extension(contents.tenantId, false, octets(guidBytes(tenant.id))),
    new Extension(contents.joinType, false, octets(Buffer.from(trustType === 'Workplace' ? '0' : '1'))),
    new Extension(contents.region, false, octets(Buffer.from(regionOf(tenant.countryCode)))),
  ]
}

/** An OCTET STRING whose length takes two bytes although one would do: readers of the product's own expect it. */
function octets(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x04, 0x81, content.length]), content])
}

/** As .NET lays a GUID out: the first three parts little-endian. */
function guidBytes(guid: string): Buffer {
  const bytes = Buffer.from(guid.replaceAll('-', ''), 'hex')
  for (const [from, to] of [
    [0, 4],
    [4, 6],
    [6, 8],
  ] as const)
    bytes.subarray(from, to).reverse()
  return bytes
}

function regionOf(countryCode: string): string {
  return ['US', 'CA', 'MX'].includes(countryCode.toUpperCase()) ? 'NA' : 'EU'
}
