import type { VerifiedAssertion } from '#shared/saml/verified-assertion.ts'
import { type Claim, claimOf } from '../claim-rules/claim.ts'
import type { AttributeStores } from '../claim-rules/evaluate.ts'
import { claimTypes, nameIdentifierFormat } from '../claims/claim-types.ts'
import type { ClaimsProviderTrust } from '../configuration/claims-provider-trust.ts'
import { runRules } from '../tokens/run-rules.ts'

const dateTime = { valueType: 'http://www.w3.org/2001/XMLSchema#dateTime' }

/** What a partner says, as the claims engine takes it: its attributes, its name for the user, and how they signed in. */
export function incomingClaims(assertion: VerifiedAssertion): readonly Claim[] {
  const { issuer, attributes, nameId, nameIdFormat, authenticationMethod, authenticationInstant } = assertion
  const properties: Record<string, string> = nameIdFormat === undefined ? {} : { [nameIdentifierFormat]: nameIdFormat }
  return [
    ...(nameId === undefined ? [] : [claimOf(claimTypes.nameIdentifier, nameId, { issuer, properties })]),
    ...[...attributes].flatMap(([type, values]) => values.map((value) => claimOf(type, value, { issuer }))),
    claimOf(claimTypes.authenticationMethod, authenticationMethod, { issuer }),
    claimOf(claimTypes.authenticationInstant, authenticationInstant.toISOString(), { issuer, ...dateTime }),
  ]
}

/** The acceptance transform rules: without a rule that lets it through, no claim of a partner counts. */
export function acceptClaims(
  { settings, acceptanceRules }: ClaimsProviderTrust,
  incoming: readonly Claim[],
  stores: AttributeStores,
): Promise<readonly Claim[]> {
  return runRules(acceptanceRules, incoming, stores, settings.name)
}
