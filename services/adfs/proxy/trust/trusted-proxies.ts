import type { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import type { Clock } from '#shared/clock.ts'
import { followOthers } from '#shared/store/follow-others.ts'
import type { Notices } from '#shared/store/store.ts'
import type { ProxyCertificateRow, ProxyTables } from '../proxy-tables.ts'

/** Why a connection is no proxy's. */
export interface ProxyRefusal {
  readonly kind: 'noCertificate' | 'unknown' | 'revoked' | 'expired'
  readonly reason: string
}

/** The trusted certificates of proxies, as `AdfsTrustedDevices` keeps them: whoever holds the key is the proxy. */
export interface TrustedProxies {
  judge(request: FastifyRequest): Promise<ProxyRefusal | undefined>
  /** A certificate that was revoked counts again once an administrator establishes trust in it. */
  trust(certificate: X509Certificate, establishedBy: string): Promise<void>
  /** Revoke-AdfsProxyTrust: every certificate, and how many that were. */
  revokeAll(): Promise<number>
  list(): Promise<readonly ProxyCertificateRow[]>
  forget(): void
}

export function trustedProxies(
  { db, notices }: { readonly db: Kysely<ProxyTables>; readonly notices: Notices },
  clock: Clock,
): TrustedProxies {
  let known: Promise<Map<string, ProxyCertificateRow>> | undefined
  const read = async () => {
    const rows = await db.selectFrom('proxy_certificate').selectAll().execute()
    return new Map(rows.map((row) => [row.thumbprint, row]))
  }
  const forget = () => {
    known = undefined
  }
  const others = followOthers({ notices }, 'proxy-certificates', forget)
  const changed = async () => {
    forget()
    await others.changed()
  }
  return {
    forget,
    async judge(request) {
      const certificate = presentedCertificate(request)
      if (!certificate) return { kind: 'noCertificate', reason: 'the connection shows no certificate of a proxy trust' }
      known ??= read()
      return judge(certificate, (await known).get(thumbprintOf(certificate)), clock.now())
    },
    async trust(certificate, establishedBy) {
      const row = {
        certificate: certificate.raw.toString('base64'),
        established_by: establishedBy,
        established_at: clock.now().getTime(),
        revoked_at: null,
      }
      await db
        .insertInto('proxy_certificate')
        .values({ thumbprint: thumbprintOf(certificate), ...row })
        .onConflict((conflict) => conflict.column('thumbprint').doUpdateSet(row))
        .execute()
      await changed()
    },
    async revokeAll() {
      const { numUpdatedRows } = await db
        .updateTable('proxy_certificate')
        .set({ revoked_at: clock.now().getTime() })
        .where('revoked_at', 'is', null)
        .executeTakeFirst()
      await changed()
      return Number(numUpdatedRows)
    },
    list: () => db.selectFrom('proxy_certificate').selectAll().orderBy('established_at').execute(),
  }
}

function judge(
  certificate: X509Certificate,
  row: ProxyCertificateRow | undefined,
  now: Date,
): ProxyRefusal | undefined {
  const subject = certificate.subject.replaceAll('\n', ', ')
  if (!row) return { kind: 'unknown', reason: `no trust was established for the certificate of ${subject}` }
  if (row.revoked_at !== null)
    return { kind: 'revoked', reason: `the trust in the certificate of ${subject} is revoked` }
  if (!isValid(certificate, now)) return { kind: 'expired', reason: `the certificate of ${subject} is not valid now` }
  return undefined
}

export function isValid(certificate: X509Certificate, now: Date): boolean {
  return certificate.validFromDate <= now && now < certificate.validToDate
}

export function thumbprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '')
}

const shown = new WeakMap<object, { readonly certificate: X509Certificate | undefined }>()

/** What the handshake proved the peer to hold the key of; read once a connection. */
export function presentedCertificate(request: FastifyRequest): X509Certificate | undefined {
  const socket = request.raw.socket as TLSSocket
  const kept = shown.get(socket)
  if (kept) return kept.certificate
  const certificate = socket.getPeerX509Certificate?.()
  shown.set(socket, { certificate })
  return certificate
}
