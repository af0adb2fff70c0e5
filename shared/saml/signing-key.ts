import type { KeyObject } from 'node:crypto'

/** What issuing needs of a token-signing certificate and its key. */
export interface SigningKey {
  readonly privateKey: KeyObject
  readonly certificateDer: Buffer
}

export type SignatureAlgorithm = 'rsa-sha256' | 'rsa-sha1'

interface SignatureAlgorithmFacts {
  readonly signature: string
  readonly digest: string
  readonly hash: 'sha256' | 'sha1'
}

// AD FS knows these two (relying party trust, property SignatureAlgorithm).
export const signatureAlgorithms: Readonly<Record<SignatureAlgorithm, SignatureAlgorithmFacts>> = {
  'rsa-sha256': {
    signature: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    digest: 'http://www.w3.org/2001/04/xmlenc#sha256',
    hash: 'sha256',
  },
  'rsa-sha1': {
    signature: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
    digest: 'http://www.w3.org/2000/09/xmldsig#sha1',
    hash: 'sha1',
  },
}
