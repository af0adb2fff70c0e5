import type { SigningKey } from '#certs/authority.ts'
import { type Claims, encodedHeader, readOwnJwt, signJwt } from '#shared/jwt/own-token.ts'
import type { TokenSigningKeys } from '../keys/signing-keys.ts'

/** v1 tokens and v1 id_tokens name their certificate twice ("Access tokens", header claims); never `at+jwt`. */
export type TokenHeader = 'withThumbprint' | 'plain'

export interface TokenSigner {
  sign(claims: Claims, header: TokenHeader): Promise<string>
  /** The claims of a token that one of the published keys signed; says nothing of its times and audience. */
  read(token: string): Promise<Claims | undefined>
}

export function tokenSigner(keys: TokenSigningKeys): TokenSigner {
  const headers = new Map<SigningKey, Readonly<Record<TokenHeader, string>>>()
  const headersOf = (key: SigningKey) => {
    const known = headers.get(key) ?? { withThumbprint: headerText(key, true), plain: headerText(key, false) }
    headers.set(key, known)
    return known
  }
  return {
    sign: (claims, header) => {
      const key = keys.current()
      return signJwt(headersOf(key)[header], claims, key.privateKey)
    },
    read: (token) => readOwnJwt(token, keys.published()),
  }
}

function headerText(key: SigningKey, thumbprint: boolean): string {
  return encodedHeader({ typ: 'JWT', alg: 'RS256', ...(thumbprint && { x5t: key.x5t }), kid: key.x5t })
}
