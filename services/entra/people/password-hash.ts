import { pbkdf2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { ntHash } from '#shared/nt-hash.ts'

const derive = promisify(pbkdf2)
const iterations = 1000
const format = /^v1;PPH1_MD4,([0-9a-fA-F]{20}),(\d{1,6}),([0-9a-fA-F]{64});$/

/**
 * The verifier of a password as Entra Connect sends it: the NT hash in upper-case hexadecimal as UTF-16LE, through
 * PBKDF2-HMAC-SHA256 ("Implement password hash synchronization"). Cloud-only accounts are kept the same way.
 */
export async function passwordHash(password: string, salt: Buffer): Promise<string> {
  const key = await deriveKey(password, salt, iterations)
  return `v1;PPH1_MD4,${salt.toString('hex')},${iterations},${key.toString('hex')};`
}

/** Whether a string is a verifier that this directory can check. */
export function isPasswordHash(value: string): boolean {
  return format.test(value)
}

export interface PasswordMatch {
  readonly matches: boolean
  /** What the tried password derives to with this salt: tells a repeated wrong password from a new one. */
  readonly derived: string
}

/** @throws when `stored` is no verifier of the known format. */
export async function matchPassword(password: string, stored: string): Promise<PasswordMatch> {
  const [, salt, count, key] = format.exec(stored) ?? []
  if (salt === undefined || count === undefined || key === undefined) {
    throw new Error('the directory holds a password hash of an unknown format')
  }
  const derived = await deriveKey(password, Buffer.from(salt, 'hex'), Number(count))
  return { matches: timingSafeEqual(derived, Buffer.from(key, 'hex')), derived: derived.toString('hex') }
}

function deriveKey(password: string, salt: Buffer, count: number): Promise<Buffer> {
  return derive(Buffer.from(ntHash(password), 'utf16le'), salt, count, 32, 'sha256')
}
