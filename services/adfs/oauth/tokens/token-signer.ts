import type { SigningKey } from '#certs/authority.ts'
import { type Claims, encodedHeader, readOwnJwt, signJwt } from '#shared/jwt/own-token.ts'

/** The token-signing certificates of the farm. */
export interface SigningCertificates {
  /** Signs. */
  primary(): SigningKey
  /** The primary one first; metadata, the key set and checks of own tokens know all. */
  published(): readonly SigningKey[]
}

export interface TokenSigner {
  sign(claims: Claims): Promise<string>
  /** The claims of a token that this farm signed; says nothing of its times and audience. */
  read(token: string): Promise<Claims | undefined>
}

export function tokenSigner(certificates: SigningCertificates): TokenSigner {
  const headers = new Map<string, string>()
  return {
    sign(claims) {
      const { x5t, privateKey } = certificates.primary()
      const header = headers.get(x5t) ?? encodedHeader({ typ: 'JWT', alg: 'RS256', x5t, kid: x5t })
      headers.set(x5t, header)
      return signJwt(header, claims, privateKey)
    },
    read: (token) => readOwnJwt(token, certificates.published()),
  }
}
