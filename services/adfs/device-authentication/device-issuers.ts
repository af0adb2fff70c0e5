import { X509Certificate } from 'node:crypto'
import type { Clock } from '#shared/clock.ts'
import type { CallOrigin, DirectoryClient } from '../directory/directory-client.ts'

/** Whose device certificates count: what device write-back left in Active Directory (the store AdfsTrustedDevices). */
export interface DeviceIssuers {
  all(origin: CallOrigin): Promise<readonly X509Certificate[]>
  isIssuerOf(certificate: X509Certificate, origin: CallOrigin): Promise<boolean>
  /** After a reset. */
  forget(): void
}

const lifetime = 5 * 60_000

/** `changed` is told the issuers whenever they are others than before. */
export function deviceIssuers(
  directory: Pick<DirectoryClient, 'deviceIssuers'>,
  clock: Clock,
  changed: (issuers: readonly X509Certificate[]) => void,
): DeviceIssuers {
  let kept: { readonly issuers: readonly X509Certificate[]; readonly until: number } | undefined
  const all = async (origin: CallOrigin) => {
    const now = clock.now().getTime()
    if (kept && kept.issuers.length > 0 && now < kept.until) return kept.issuers
    const issuers = (await directory.deviceIssuers(origin)).map((der) => new X509Certificate(der))
    const names = ({ issuers: known }: { readonly issuers: readonly X509Certificate[] }) =>
      known.map(({ fingerprint256 }) => fingerprint256).join()
    if (names(kept ?? { issuers: [] }) !== names({ issuers })) changed(issuers)
    kept = { issuers, until: now + lifetime }
    return issuers
  }
  return {
    all,
    isIssuerOf: async (certificate, origin) =>
      (await all(origin)).some(
        (issuer) => certificate.issuer === issuer.subject && certificate.verify(issuer.publicKey),
      ),
    forget: () => {
      kept = undefined
    },
  }
}
