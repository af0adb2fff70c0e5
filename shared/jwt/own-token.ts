import { type KeyObject, sign, verify } from 'node:crypto'
import { promisify } from 'node:util'

export type Claims = Readonly<Record<string, unknown>>

export interface PublishedKey {
  /** RFC 7515 §4.1.7; the products use it as `kid` too. */
  readonly x5t: string
  readonly certificatePem: string
}

const signOnThreadPool = promisify(sign)
const verifyOnThreadPool = promisify(verify)

/** A header ready to stand before the payload; it is the same for every token of a key. */
export function encodedHeader(header: Claims): string {
  return Buffer.from(JSON.stringify(header)).toString('base64url')
}

/** Signs with RS256; `header` comes from `encodedHeader`. */
export async function signJwt(header: string, claims: Claims, privateKey: KeyObject): Promise<string> {
  const input = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
  const signature = await signOnThreadPool('sha256', Buffer.from(input), privateKey)
  return `${input}.${signature.toString('base64url')}`
}

/** The claims of a token that one of these keys signed (RS256 alone); says nothing of its times and audience. */
export async function readOwnJwt(token: string, keys: readonly PublishedKey[]): Promise<Claims | undefined> {
  const parts = readParts(token)
  const key = keys.find(({ x5t }) => x5t === parts?.kid)
  if (!parts || !key) return undefined
  const valid = await verifyOnThreadPool('sha256', Buffer.from(parts.input), key.certificatePem, parts.signature)
  return valid ? parts.claims : undefined
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
