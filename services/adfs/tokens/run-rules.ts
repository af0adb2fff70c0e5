import type { Claim } from '../claim-rules/claim.ts'
import { type AttributeStores, ClaimRuleFailure, evaluateClaimRules } from '../claim-rules/evaluate.ts'
import type { RuleSet } from '../claim-rules/syntax.ts'
import { AdfsError } from '../errors.ts'

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
