import { X509Certificate } from 'node:crypto'
import type { z } from 'zod'
import type { StoredCertificate } from '../../applications/application-objects.ts'
import { certificateCredential } from '../../applications/new-objects.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import type { keyCredentialSchema } from './application-body.ts'

/** Graph takes DER or PEM, in base64. */
export function storedCertificate(
  { random }: Pick<GraphServices, 'random'>,
  given: z.output<typeof keyCredentialSchema>,
): StoredCertificate {
  const certificate = readCertificate(given.key)
  return certificateCredential(certificate, { keyId: given.keyId ?? random.uuid(), displayName: given.displayName })
}

function readCertificate(base64: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'))
  } catch {
    const problem = 'Key credential is invalid: the key is no X.509 certificate.'
    throw new GraphError('requestRefused', { values: { problem } })
  }
}
