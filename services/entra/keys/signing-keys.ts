import type { Authority, PublicSigningJwk, SigningKey } from '#certs/authority.ts'
import { issuerOf } from '../urls.ts'

/** The keys that Entra ID signs tokens with: one in use, and the next one announced, as clients must expect a roll-over. */
export interface TokenSigningKeys {
  readonly current: SigningKey
  readonly published: readonly SigningKey[]
}

const subject = 'CN=accounts.accesscontrol.windows.net'

export async function openSigningKeys(authority: Authority): Promise<TokenSigningKeys> {
  const [current, next] = await Promise.all(
    [1, 2].map((generation) => authority.signingKeyFor({ name: 'entra', subject, generation })),
  )
  if (!current || !next) throw new Error('the authority gave no token-signing keys')
  return { current, published: [current, next] }
}

interface PublishedKey extends PublicSigningJwk {
  readonly cloud_instance_name?: string
  readonly issuer?: string
}

/** v1 keys have the members of RFC 7517 only; v2 keys also say which issuer they sign for, with the literal `{tenantid}`. */
export function keySet(keys: TokenSigningKeys, version: 1 | 2): { readonly keys: readonly PublishedKey[] } {
  const published = keys.published.map((key) => key.publicJwk)
  if (version === 1) return { keys: published }
  const issuer = issuerOf(2, '{tenantid}')
  return { keys: published.map((jwk) => ({ ...jwk, cloud_instance_name: 'microsoftonline.com', issuer })) }
}
