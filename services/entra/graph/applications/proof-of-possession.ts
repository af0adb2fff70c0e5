import { verify, X509Certificate } from 'node:crypto'
import type { StoredCertificate } from '../../applications/application-objects.ts'
import { directoryGraphId } from '../../applications/first-party.ts'
import { GraphError } from '../graph-error.ts'

export interface PossessionProof {
  readonly proof: string
  readonly certificates: readonly StoredCertificate[]
  /** Object id of the application or service principal. */
  readonly objectId: string
  /** Epoch seconds. */
  readonly now: number
}

/** "application: addKey": a token signed with a certificate that the application has already. Throws GraphError. */
export function checkProof({ proof, certificates, objectId, now }: PossessionProof): void {
  const [header = '', payload = '', signature = '', ...rest] = proof.split('.')
  const signed = Buffer.from(`${header}.${payload}`)
  const isGenuine =
    rest.length === 0 &&
    memberOf(header, 'alg') === 'RS256' &&
    certificates.some(({ key }) => {
      const { publicKey } = new X509Certificate(Buffer.from(key, 'base64'))
      const isRsa = publicKey.asymmetricKeyType === 'rsa'
      return isRsa && verify('sha256', signed, publicKey, Buffer.from(signature, 'base64url'))
    })
  if (!isGenuine) throw refused('the proof is not signed by a certificate that the object has')
  const audience = memberOf(payload, 'aud')
  if (audience !== directoryGraphId) throw refused(`aud of the proof is ${audience}, expected ${directoryGraphId}`)
  if (memberOf(payload, 'iss') !== objectId) throw refused(`iss of the proof is not ${objectId}`)
  const [from, until] = [Number(memberOf(payload, 'nbf')), Number(memberOf(payload, 'exp'))]
  if (!(from <= now && now < until)) throw refused(`the proof is good from ${from} to ${until}, and it is ${now}`)
}

function memberOf(part: string, name: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
  } catch {
    return undefined
  }
}

function refused(reason: string): GraphError {
  return new GraphError('requestRefused', { values: { problem: 'Access Token missing or malformed.' }, reason })
}
