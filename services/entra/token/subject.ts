import { hash } from 'node:crypto'

/** Pairwise: one person has another `sub` at every application (OpenID Connect Core §8.1). */
export function pairwiseSubject(tenantId: string, objectId: string, appId: string): string {
  return hash('sha256', `${tenantId}\n${objectId}\n${appId}`, 'base64url')
}

/** `client_info`: by it MSAL names the account in its cache. */
export function clientInfo(tenantId: string, objectId: string): string {
  return Buffer.from(JSON.stringify({ uid: objectId, utid: tenantId })).toString('base64url')
}
