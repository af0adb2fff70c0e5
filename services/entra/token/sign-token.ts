import { sign, verify } from 'node:crypto'
import { promisify } from 'node:util'
import type { SigningKey } from '#certs/authority.ts'
import type { TokenSigningKeys } from '../keys/signing-keys.ts'

export type Claims = Readonly<Record<string, unknown>>

/** v1 tokens and v1 id_tokens name their certificate twice ("Access tokens", header claims); never `at+jwt`. */
export type TokenHeader = 'withThumbprint' | 'plain'

export interface TokenSigner {
  sign(claims: Claims, header: TokenHeader): Promise<string>
  /** The claims of a token that one of the published keys signed; says nothing of its times and audience. */
  read(token: string): Promise<Claims | undefined>
}

const signOnThreadPool = promisify(sign)
const verifyOnThreadPool = promisify(verify)

export function tokenSigner(keys: TokenSigningKeys): TokenSigner {
  const headers = new Map<SigningKey, Readonly<Record<TokenHeader, string>>>()
  const headersOf = (key: SigningKey) => {
    const known = headers.get(key) ?? { withThumbprint: headerText(key, true), plain: headerText(key, false) }
    headers.set(key, known)
    return known
  }
  return {
    async sign(claims, header) {
      const key = keys.current()
      const input = `${headersOf(key)[header]}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
      const signature = await signOnThreadPool('sha256', Buffer.from(input), key.privateKey)
      return `${input}.${signature.toString('base64url')}`
    },
    async read(token) {
      const parts = readParts(token)
      const key = keys.published().find((each) => each.x5t === parts?.kid)
      if (!parts || !key) return undefined
      const valid = await verifyOnThreadPool('sha256', Buffer.from(parts.input), key.certificatePem, parts.signature)
      return valid ? parts.claims : undefined
    },
  }
}

function headerText(key: SigningKey, thumbprint: boolean): string {
  const header = { typ: 'JWT', alg: 'RS256', ...(thumbprint && { x5t: key.x5t }), kid: key.x5t }
  return Buffer.from(JSON.stringify(header)).toString('base64url')
}

function readParts(token: string) {
  const [header, payload, signature, more] = token.split('.')
  if (!header || !payload || !signature || more !== undefined) return undefined
  const head = jsonObject(header)
  const claims = jsonObject(payload)
  if (!claims || head?.alg !== 'RS256') return undefined
  return { kid: head.kid, claims, input: `${header}.${payload}`, signature: Buffer.from(signature, 'base64url') }
}

function jsonObject(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
