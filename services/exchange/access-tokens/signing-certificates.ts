import { createHash, type KeyObject } from 'node:crypto'
import type { DeploymentContext } from '#shared/stack/deployment.ts'

export interface SigningCertificate {
  readonly key: KeyObject
  /** SHA-1 of the certificate in base64url: `x5t` of a token (RFC 7515 §4.1.7). */
  readonly thumbprint: string
}

/** @throws Error when the metadata cannot be had or read. */
export async function fetchSigningKeys(
  { http }: DeploymentContext,
  url: string,
): Promise<readonly SigningCertificate[]> {
  const { readSigningCertificates } = await import('#shared/saml/metadata.ts')
  const answer = await http.send(url)
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`)
  return readSigningCertificates(await answer.text()).map(({ raw, publicKey }) => ({
    key: publicKey,
    thumbprint: createHash('sha1').update(raw).digest('base64url'),
  }))
}
