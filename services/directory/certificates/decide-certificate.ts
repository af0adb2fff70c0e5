import type { ClientCertificate } from './client-certificate.ts'

/** [MS-ERREF] §2.3 names of why a certificate signs nobody in. */
export type CertificateStatus =
  | 'STATUS_SUCCESS'
  | 'STATUS_ISSUING_CA_UNTRUSTED'
  | 'STATUS_PKINIT_CLIENT_FAILURE'
  | 'STATUS_SMARTCARD_CERT_EXPIRED'
  | 'STATUS_SMARTCARD_CERT_REVOKED'

/** Whether a certificate may sign anybody in at all, before its account is looked for. */
export function decideCertificate(
  certificate: ClientCertificate | undefined,
  { now, revoked }: { readonly now: Date; readonly revoked: boolean },
): CertificateStatus {
  if (!certificate?.issuedHere) return 'STATUS_ISSUING_CA_UNTRUSTED'
  if (!certificate.forClientAuthentication) return 'STATUS_PKINIT_CLIENT_FAILURE'
  if (now < certificate.validFrom || certificate.validTo <= now) return 'STATUS_SMARTCARD_CERT_EXPIRED'
  return revoked ? 'STATUS_SMARTCARD_CERT_REVOKED' : 'STATUS_SUCCESS'
}
