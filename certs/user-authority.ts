import { randomBytes } from 'node:crypto'
import type { IssuedPair } from './issue.ts'

export interface UserCertificateRequest {
  readonly commonName: string
  /** Goes into the subject alternative name; a certificate without one needs an explicit mapping. */
  readonly userPrincipalName?: string | undefined
  readonly email?: string | undefined
  readonly notBefore: Date
  readonly notAfter: Date
}

/** The company's certification authority for people, apart from the one that vouches for servers. */
export interface UserAuthority {
  readonly certificatePem: string
  issue(request: UserCertificateRequest): Promise<IssuedPair>
}

/** The pair of the authority itself; browsers offer a certificate where its name is asked for. */
export async function makeUserAuthority(validity: {
  readonly notBefore: Date
  readonly notAfter: Date
}): Promise<IssuedPair> {
  const { issueUserAuthority } = await import('./issue-user.ts')
  return issueUserAuthority({ commonName: `Fauxchange User CA ${randomBytes(4).toString('hex')}`, validity })
}

export function userAuthorityOf(pair: IssuedPair): UserAuthority {
  return {
    certificatePem: pair.certificatePem,
    issue: async (request) => {
      const { issueUserCertificate } = await import('./issue-user.ts')
      return issueUserCertificate(pair, request)
    },
  }
}
