import { X509Certificate } from 'node:crypto'
import { SamlRefusal } from './saml-refusal.ts'

export interface SignatureTrust {
  /** PEM, DER or read already. Only these verify anything; a certificate inside a message merely says which of them to take. */
  readonly trustedCertificates: readonly (string | Buffer | X509Certificate)[]
  readonly allowSha1?: boolean
}

/** The trusted certificates that may have signed: the one the message names, or all when it names none. */
export function candidateCertificates(
  { trustedCertificates }: SignatureTrust,
  named: Buffer | undefined,
): readonly X509Certificate[] {
  const trusted = trustedCertificates.map(rsaCertificate)
  const candidates = named ? trusted.filter(({ raw }) => raw.equals(named)) : trusted
  if (candidates.length > 0) return candidates
  const known = trusted.map(thumbprintOf).join(', ') || 'none'
  throw new SamlRefusal('untrustedCertificate', `signed with ${describe(named)}, trusted: ${known}`)
}

/** Upper-case hexadecimal SHA-1, as Windows shows it. */
export function thumbprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint.replaceAll(':', '')
}

function rsaCertificate(trusted: string | Buffer | X509Certificate): X509Certificate {
  const certificate = trusted instanceof X509Certificate ? trusted : new X509Certificate(trusted)
  const type = certificate.publicKey.asymmetricKeyType
  if (type !== 'rsa')
    throw new TypeError(`trusted certificate "${certificate.subject}" has a key of type ${type}, not RSA`)
  return certificate
}

function describe(named: Buffer | undefined): string {
  if (!named) return 'a certificate that the message does not name'
  try {
    return thumbprintOf(new X509Certificate(named))
  } catch {
    return 'something that is no certificate'
  }
}
