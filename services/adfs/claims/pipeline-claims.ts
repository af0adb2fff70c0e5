import type { Claim } from '../claim-rules/claim.ts'
import type { AttributeStores } from '../claim-rules/evaluate.ts'
import type { Grant } from '../sign-in/sign-in-request.ts'
import { runRules } from '../tokens/run-rules.ts'
import type { Trust } from '../trusts.ts'
import { deviceClaims, requestClaims, subjectClaims } from './input-claims.ts'
import { opaqueIdStore } from './opaque-id-store.ts'
import { passwordExpiryStore } from './password-expiry-store.ts'

/** The claims that every rule set of a relying party starts with: what acceptance lets through, and the request's own. */
export async function pipelineClaims(grant: Grant, trust: Trust): Promise<readonly Claim[]> {
  const subject = [...subjectClaims(grant), ...deviceClaims(grant.device)]
  const { acceptanceRules } = grant
  const accepted = acceptanceRules
    ? await runRules(acceptanceRules, subject, storesFor(grant, trust), trust.settings.name)
    : subject
  const { facts } = grant
  return [...accepted, ...requestClaims({ facts, relyingPartyTrustId: trust.settings.objectIdentifier })]
}

/** Active Directory and the stores that AD FS has built in. */
export function storesFor({ stores, now, passwordChangeUrl }: Grant, { settings }: Trust): AttributeStores {
  return {
    ...stores,
    _OpaqueIdStore: opaqueIdStore(settings.identifiers[0] ?? settings.name),
    _PasswordExpiryStore: passwordExpiryStore(now, passwordChangeUrl),
  }
}
