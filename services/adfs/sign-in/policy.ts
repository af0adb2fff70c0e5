import type { Clock } from '#shared/clock.ts'
import { type AccessFacts, evaluateAccessControlPolicy } from '../access-control/evaluate.ts'
import { authenticationMethods } from '../claims/authentication-methods.ts'
import { claimTypes } from '../claims/claim-types.ts'
import { inputClaims } from '../claims/input-claims.ts'
import type { DirectoryUser } from '../directory/directory-user.ts'
import { runRules } from '../tokens/issue-claims.ts'
import type { Trust, Trusts } from '../trusts.ts'
import { type PolicyStep, policyStep } from './next-step.ts'
import type { Grant, SignInRequest } from './sign-in-request.ts'

/** What of a request the policy step reads; requests without a page have the same. */
export type PolicyRequest = Pick<SignInRequest, 'trust' | 'policyTrusts' | 'method' | 'secondFactorMaximumAge'>

interface PolicyParts {
  readonly trusts: Pick<
    Trusts,
    'additionalAuthenticationRules' | 'accessControlPolicies' | 'activeDirectoryAcceptanceRules'
  >
  readonly clock: Clock
}

/** Gathers what the policy step decides on: one policy per trust, and all additional authentication rules. */
export async function decidePolicy(signIn: PolicyRequest, grant: Grant, parts: PolicyParts): Promise<PolicyStep> {
  const { facts, session, stores } = grant
  const decisions = signIn.policyTrusts.map(({ settings }) =>
    evaluateAccessControlPolicy(settings.accessControlPolicy, accessFacts(grant, signIn.trust)),
  )
  const claims = inputClaims({ ...grant, relyingPartyTrustId: signIn.trust.settings.objectIdentifier })
  const ruleSets = [
    { name: 'global additional authentication rules', rules: parts.trusts.additionalAuthenticationRules },
    ...signIn.policyTrusts.map(({ settings, additionalAuthenticationRules: rules }) => ({
      name: `additional authentication rules of "${settings.name}"`,
      rules,
    })),
  ]
  const additionalRules: string[] = []
  for (const { name, rules } of ruleSets) {
    const issued = await runRules(rules, claims, stores, signIn.trust.settings.name)
    if (issued.some(({ type, value }) => type === claimTypes.authenticationMethod && value === multiple)) {
      additionalRules.push(name)
    }
  }
  const { insideCorporateNetwork } = facts
  const { method, secondFactorMaximumAge } = signIn
  const now = parts.clock.now()
  return policyStep(session, {
    decisions,
    additionalRules,
    method,
    insideCorporateNetwork,
    secondFactorMaximumAge,
    now,
  })
}

const multiple = authenticationMethods.multipleAuthentication

function accessFacts({ user, facts }: Grant, trust: Trust): AccessFacts {
  return {
    insideCorporateNetwork: facts.insideCorporateNetwork,
    groupNames: groupNames(user),
    // Device authentication does not exist here, so nothing that a request says makes its device known.
    deviceAuthenticated: false,
    deviceRegistration: trust.settings.identifiers.some((identifier) => identifier.startsWith('urn:ms-drs:')),
  }
}

function groupNames({ groups, netbiosName }: DirectoryUser): readonly string[] {
  const names = groups.flatMap(({ name, samAccountName, sid }) => [
    name,
    samAccountName,
    `${netbiosName}\\${name}`,
    `${netbiosName}\\${samAccountName}`,
    sid,
  ])
  return [...new Set(names)]
}
