import type { Clock } from '#shared/clock.ts'
import type { AccountStore, AccountWithGroups } from '../accounts/accounts.ts'
import type { LogonStatus } from '../errors.ts'
import { decideLogon } from '../logon/decide-logon.ts'
import type { CertificateStore } from './certificate-store.ts'
import { type ClientCertificate, readClientCertificate } from './client-certificate.ts'
import { type CertificateStatus, decideCertificate } from './decide-certificate.ts'

export interface CertificateLogonParts {
  readonly accounts: AccountStore
  readonly certificates: CertificateStore
  readonly clock: Clock
  readonly authorityPem: () => Promise<string>
}

export type CertificateLogonResult =
  | { readonly status: 'STATUS_SUCCESS'; readonly found: AccountWithGroups; readonly subject: string }
  | {
      readonly status: Exclude<CertificateStatus, 'STATUS_SUCCESS'> | LogonStatus
      readonly subject: string
      readonly userPrincipalName?: string
    }

/** Who a certificate is, as a domain controller maps it: by hand first, then by the UPN in its alternative name. */
export async function logOnByCertificate(der: Buffer, parts: CertificateLogonParts): Promise<CertificateLogonResult> {
  const certificate = await readClientCertificate(der, await parts.authorityPem())
  const subject = certificate?.subject ?? 'no certificate'
  const now = parts.clock.now()
  const revoked = certificate !== undefined && (await parts.certificates.isRevoked(certificate.serialNumber))
  const status = decideCertificate(certificate, { now, revoked })
  if (status !== 'STATUS_SUCCESS' || !certificate) {
    return { status: status === 'STATUS_SUCCESS' ? 'STATUS_ISSUING_CA_UNTRUSTED' : status, subject }
  }
  const found = await accountOf(certificate, parts)
  if (!found) return { status: 'STATUS_NO_SUCH_USER', subject }
  // Nobody guesses a certificate: the attempt changes no counter.
  const decision = decideLogon({ ...found.account, password_expired: 0 }, true, now)
  if (decision.status === 'STATUS_SUCCESS') return { status: decision.status, found, subject }
  return { status: decision.status, subject, userPrincipalName: found.account.user_principal_name }
}

async function accountOf(
  { identities, userPrincipalName }: ClientCertificate,
  { accounts, certificates }: CertificateLogonParts,
): Promise<AccountWithGroups | undefined> {
  const mapped = await certificates.mappedTo(identities)
  if (mapped !== undefined) return accounts.find('object_guid', mapped)
  return userPrincipalName === undefined ? undefined : accounts.find('user_principal_name', userPrincipalName)
}
