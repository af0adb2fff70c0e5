import { verify, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'

/** The token of an answer, its signature verified with the certificate that it brings along ([MS-PKAP] §2.2.2). */
export interface DeviceToken {
  readonly certificate: X509Certificate
  readonly audience: string
  readonly nonce: string
  /** Epoch seconds. */
  readonly issuedAt: number
}

const headerSchema = z.object({ alg: z.literal('RS256'), x5c: z.array(z.string()).min(1) })
const payloadSchema = z.object({ aud: z.string(), nonce: z.string(), iat: z.coerce.number() })
const verifyOnThreadPool = promisify(verify)

/** Undefined when it is malformed, or not signed by the key of its certificate; who issued that is another question. */
export async function readDeviceToken(token: string): Promise<DeviceToken | undefined> {
  const [header = '', payload = '', signature = '', ...more] = token.split('.')
  if (more.length > 0) return undefined
  const head = headerSchema.safeParse(jsonOf(header))
  const claims = payloadSchema.safeParse(jsonOf(payload))
  const certificate = head.success ? certificateOf(head.data.x5c[0] ?? '') : undefined
  if (!claims.success || certificate?.publicKey.asymmetricKeyType !== 'rsa') return undefined
  const input = Buffer.from(`${header}.${payload}`)
  const valid = await verifyOnThreadPool('sha256', input, certificate.publicKey, Buffer.from(signature, 'base64url'))
  if (!valid) return undefined
  const { aud, nonce, iat } = claims.data
  return { certificate, audience: aud, nonce, issuedAt: iat }
}

function jsonOf(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString())
  } catch {
    return undefined
  }
}

function certificateOf(base64: string): X509Certificate | undefined {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'))
  } catch {
    return undefined
  }
}
