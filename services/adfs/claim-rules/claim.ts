/** A claim as the claims engine knows it: who says what about the subject. */
export interface Claim {
  readonly type: string
  readonly value: string
  readonly valueType: string
  readonly issuer: string
  readonly originalIssuer: string
  readonly properties: Readonly<Record<string, string>>
}

export const stringValueType = 'http://www.w3.org/2001/XMLSchema#string'
export const localAuthority = 'LOCAL AUTHORITY'

export function claimOf(type: string, value: string, more: Partial<Omit<Claim, 'type' | 'value'>> = {}): Claim {
  const issuer = more.issuer ?? localAuthority
  return {
    type,
    value,
    valueType: more.valueType ?? stringValueType,
    issuer,
    originalIssuer: more.originalIssuer ?? issuer,
    properties: more.properties ?? {},
  }
}
