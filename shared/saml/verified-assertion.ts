import { SamlRefusal } from './saml-refusal.ts'
import type { SignatureTrust } from './trusted-certificates.ts'

/** What a relying party expects of an assertion before it believes it. */
export interface AssertionExpectations extends SignatureTrust {
  readonly audiences: readonly string[]
  readonly issuers: readonly string[]
  readonly now: Date
  readonly clockSkewSeconds: number
}

/** Read from signed bytes only. Whoever accepts it remembers `assertionId` until `notOnOrAfter`, against replay. */
export interface VerifiedAssertion {
  readonly assertionId: string
  readonly issuer: string
  readonly audience: string
  readonly notBefore: Date
  readonly notOnOrAfter: Date
  readonly nameId?: string
  readonly nameIdFormat?: string
  /** By claim type URI, in document order. */
  readonly attributes: ReadonlyMap<string, readonly string[]>
  readonly authenticationMethod: string
  readonly authenticationInstant: Date
  /** Of SAML 2.0, for single logout. */
  readonly sessionIndex?: string
  readonly certificateThumbprint: string
}

export interface Validity {
  readonly notBefore: Date
  readonly notOnOrAfter: Date
}

export function checkIssuer(issuer: string, { issuers }: AssertionExpectations): void {
  if (!issuers.includes(issuer)) {
    throw new SamlRefusal('wrongIssuer', `issued by "${issuer}", expected ${quoted(issuers)}`)
  }
}

export function checkValidity(
  { notBefore, notOnOrAfter }: Validity,
  { now, clockSkewSeconds }: AssertionExpectations,
): void {
  const skew = clockSkewSeconds * 1000
  if (now.getTime() + skew < notBefore.getTime()) {
    throw new SamlRefusal('notYetValid', `valid from ${notBefore.toISOString()}, it is ${now.toISOString()}`)
  }
  if (now.getTime() - skew >= notOnOrAfter.getTime()) {
    throw new SamlRefusal('expired', `valid until ${notOnOrAfter.toISOString()}, it is ${now.toISOString()}`)
  }
}

/** Every restriction must name one of ours (SAML 2.0 Core §2.5.1.4); gives back the one the first names. */
export function matchAudience(
  restrictions: readonly (readonly string[])[],
  { audiences }: AssertionExpectations,
): string {
  const matches = restrictions.map((named) => named.find((audience) => audiences.includes(audience)))
  const [audience] = matches
  if (audience === undefined || matches.includes(undefined)) {
    const named = restrictions.map(quoted).join(' and ') || 'nobody'
    throw new SamlRefusal('wrongAudience', `issued for ${named}, expected ${quoted(audiences)}`)
  }
  return audience
}

export interface NamedSubject {
  readonly nameId: string | undefined
  readonly nameIdFormat: string | undefined
}

export function withSubject({
  nameId,
  nameIdFormat,
}: NamedSubject): Pick<VerifiedAssertion, 'nameId' | 'nameIdFormat'> {
  return { ...(nameId !== undefined && { nameId }), ...(nameIdFormat !== undefined && { nameIdFormat }) }
}

/** Values by claim type: an attribute that occurs twice keeps the values of both. */
export function mergeAttributes(
  read: readonly (readonly [string, readonly string[]])[],
): ReadonlyMap<string, string[]> {
  const merged = new Map<string, string[]>()
  for (const [type, values] of read) merged.set(type, [...(merged.get(type) ?? []), ...values])
  return merged
}

function quoted(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(' or ') || 'nothing'
}
