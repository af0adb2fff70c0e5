import type { FastifyInstance } from 'fastify'
import type { TrustedProxies } from './trusted-proxies.ts'

/** What administrators of AD FS see of the proxies (Get-, Revoke-AdfsProxyTrust). */
export function addProxyManagement(app: FastifyInstance, proxies: TrustedProxies): void {
  app.get('/proxy-trusts', async () => ({
    trusts: (await proxies.list()).map((row) => ({
      thumbprint: row.thumbprint,
      establishedBy: row.established_by,
      establishedAt: new Date(row.established_at).toISOString(),
      revokedAt: row.revoked_at === null ? null : new Date(row.revoked_at).toISOString(),
    })),
  }))
  app.delete('/proxy-trusts', async () => ({ revoked: await proxies.revokeAll() }))
}
