import { createHash, pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(pbkdf2)
const iterations = 1000

/**
 * The verifier that password hash synchronization sends: the NT hash as upper-case hexadecimal in UTF-16LE,
 * through PBKDF2-HMAC-SHA256 with a 10-byte salt ("How password hash synchronization works", Microsoft Learn).
 * Entra ID ends sign-ins when the verifier changes, so an export that repeats a password must repeat its salt too.
 */
export async function synchronizedPasswordHash(ntHash: string, anchor: string): Promise<string> {
  const salt = createHash('sha256').update(`${anchor}\n${ntHash}`).digest().subarray(0, 10)
  const key = await derive(Buffer.from(ntHash, 'utf16le'), salt, iterations, 32, 'sha256')
  return `v1;PPH1_MD4,${salt.toString('hex')},${iterations},${key.toString('hex')};`
}

/** The verifier of each account, derived anew only when its password has changed. */
export function passwordHashes(): typeof synchronizedPasswordHash {
  const known = new Map<string, { readonly ntHash: string; readonly verifier: Promise<string> }>()
  return (ntHash, anchor) => {
    const last = known.get(anchor)
    if (last?.ntHash === ntHash) return last.verifier
    const verifier = synchronizedPasswordHash(ntHash, anchor)
    known.set(anchor, { ntHash, verifier })
    return verifier
  }
}
