import type { Claim } from '../claim-rules/claim.ts'
import { claimTypes, nameIdentifierFormat } from '../claims/claim-types.ts'
import { pipelineClaims, storesFor } from '../claims/pipeline-claims.ts'
import type { Grant } from '../sign-in/sign-in-request.ts'
import type { Trust } from '../trusts.ts'
import { runRules } from './run-rules.ts'

/** The claims of the token: what the trust's issuance rules leave, each once. */
export async function issueClaims(trust: Trust, grant: Grant): Promise<readonly Claim[]> {
  const incoming = await pipelineClaims(grant, trust)
  const issued = await runRules(trust.issuanceRules, incoming, storesFor(grant, trust), trust.settings.name)
  const once = new Map(issued.map((claim) => [`${claim.type}\n${claim.value}`, claim]))
  return [...once.values()].map((claim) => withFormat(claim, trust.settings.nameIdFormat))
}

function withFormat(claim: Claim, format: string | undefined): Claim {
  const lacks = claim.type === claimTypes.nameIdentifier && claim.properties[nameIdentifierFormat] === undefined
  if (!lacks || format === undefined) return claim
  return { ...claim, properties: { ...claim.properties, [nameIdentifierFormat]: format } }
}
