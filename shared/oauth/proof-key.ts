import { hash, timingSafeEqual } from 'node:crypto'

/** RFC 7636 §4.3: what the authorization request leaves behind. */
export interface ProofKey {
  readonly challenge: string
  readonly method: 'S256' | 'plain'
}

/** RFC 7636 §4.1 and §4.2: 43 to 128 unreserved characters. */
export function isProofKeyText(text: string): boolean {
  return /^[A-Za-z0-9._~-]{43,128}$/.test(text)
}

export function verifierMatches({ challenge, method }: ProofKey, verifier: string): boolean {
  const derived = method === 'S256' ? hash('sha256', verifier, 'base64url') : verifier
  const [left, right] = [Buffer.from(derived), Buffer.from(challenge)]
  return left.length === right.length && timingSafeEqual(left, right)
}
