import type { Claim } from '../claim-rules/claim.ts'
import type { Session } from '../sessions/session.ts'

/** What somebody let a client have, as codes, device codes and refresh tokens remember it. */
export interface OAuthGrant {
  readonly clientId: string
  /** An identifier of the Web API, by which it is found again. */
  readonly resource: string
  readonly audience: string
  readonly scopes: readonly string[]
  readonly user: GrantedUser
  readonly authentication: GrantedAuthentication
  /** What the issuance rules gave when access was decided. */
  readonly claims: readonly IssuedClaim[]
}

export type IssuedClaim = Pick<Claim, 'type' | 'value' | 'valueType'>

export interface GrantedUser {
  readonly sid: string
  readonly userPrincipalName: string
  /** `CONTOSO\alice` */
  readonly account: string
  /** Of another claims provider, which is not asked again: no refresh token outlives what it said. */
  readonly partner?: true
}

/** How and when the person signed in; refresh tokens live as long as that single sign-on. */
export type GrantedAuthentication = Pick<
  Session,
  | 'primary'
  | 'methods'
  | 'multifactorInstant'
  | 'keepSignedIn'
  | 'keptByDevice'
  | 'device'
  | 'insideCorporateNetwork'
  | 'expiresAt'
>

export function grantedAuthentication(session: Session): GrantedAuthentication {
  const { primary, methods, multifactorInstant, keepSignedIn, insideCorporateNetwork, expiresAt } = session
  const { keptByDevice, device } = session
  return {
    primary,
    methods,
    ...(multifactorInstant !== undefined && { multifactorInstant }),
    keepSignedIn,
    ...(keptByDevice && { keptByDevice }),
    ...(device && { device }),
    insideCorporateNetwork,
    expiresAt,
  }
}
