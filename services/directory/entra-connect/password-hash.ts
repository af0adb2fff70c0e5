import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import type { Random } from '#shared/random.ts'

const derive = promisify(pbkdf2)
const iterations = 1000

/**
 * The verifier that password hash synchronization sends: the NT hash as upper-case hexadecimal in UTF-16LE,
 * through PBKDF2-HMAC-SHA256 with a 10-byte salt ("How password hash synchronization works", Microsoft Learn).
 */
export async function synchronizedPasswordHash(ntHash: string, random: Random): Promise<string> {
  const salt = random.bytes(10)
  const key = await derive(Buffer.from(ntHash, 'utf16le'), salt, iterations, 32, 'sha256')
  return `v1;PPH1_MD4,${salt.toString('hex')},${iterations},${key.toString('hex')};`
}
