import type { Claim } from '../claim-rules/claim.ts'
import { type AttributeStores, ClaimRuleFailure, evaluateClaimRules } from '../claim-rules/evaluate.ts'
import type { RuleSet } from '../claim-rules/syntax.ts'
import { claimTypes, nameIdentifierFormat } from '../claims/claim-types.ts'
import { inputClaims } from '../claims/input-claims.ts'
import { AdfsError } from '../errors.ts'
import type { Grant } from '../sign-in/sign-in-request.ts'
import type { Trust } from '../trusts.ts'

/** The claims of the token: what the trust's issuance rules leave, each once. */
export async function issueClaims(trust: Trust, grant: Grant): Promise<readonly Claim[]> {
  const incoming = inputClaims({ ...grant, relyingPartyTrustId: trust.settings.objectIdentifier })
  const issued = await runRules(trust.issuanceRules, incoming, grant.stores, trust.settings.name)
  const once = new Map(issued.map((claim) => [`${claim.type}\n${claim.value}`, claim]))
  return [...once.values()].map((claim) => withFormat(claim, trust.settings.nameIdFormat))
}

/** @throws AdfsError when a rule cannot be carried out: a token without its claims would be another token. */
export async function runRules(
  rules: RuleSet,
  incoming: readonly Claim[],
  stores: AttributeStores,
  relyingParty: string,
): Promise<readonly Claim[]> {
  try {
    return await evaluateClaimRules(rules, incoming, stores)
  } catch (error) {
    if (!(error instanceof ClaimRuleFailure)) throw error
    throw new AdfsError('processingFailed', { reason: error.message, relyingParty, cause: error })
  }
}

function withFormat(claim: Claim, format: string | undefined): Claim {
  const lacks = claim.type === claimTypes.nameIdentifier && claim.properties[nameIdentifierFormat] === undefined
  if (!lacks || format === undefined) return claim
  return { ...claim, properties: { ...claim.properties, [nameIdentifierFormat]: format } }
}
