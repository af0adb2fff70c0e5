import type { Claim } from '../claim-rules/claim.ts'
import { claimTypes } from '../claims/claim-types.ts'
import type { AccessDecision } from './evaluate.ts'

/** What issuance authorization rules issued: at least one permit and no deny ("When to use an authorization claim rule"). */
export function authorizationDecision(issued: readonly Claim[], trustName: string): AccessDecision {
  const rules = `issuance authorization rules of "${trustName}"`
  if (issued.some(({ type }) => type === claimTypes.deny)) return { outcome: 'deny', reason: `${rules}: a deny claim` }
  if (issued.some(({ type }) => type === claimTypes.permit))
    return { outcome: 'permit', reason: `${rules}: a permit claim` }
  return { outcome: 'deny', reason: `${rules}: no permit claim` }
}
