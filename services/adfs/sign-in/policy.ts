import type { Clock } from '#shared/clock.ts'
import { authorizationDecision } from '../access-control/authorization-rules.ts'
import type { AccessFacts } from '../access-control/conditions.ts'
import { type AccessDecision, evaluateAccessControlPolicy } from '../access-control/evaluate.ts'
import type { Claim } from '../claim-rules/claim.ts'
import { authenticationMethods } from '../claims/authentication-methods.ts'
import { claimTypes } from '../claims/claim-types.ts'
import { pipelineClaims, storesFor } from '../claims/pipeline-claims.ts'
import { type DirectoryUser, windowsAccountName } from '../directory/directory-user.ts'
import { runRules } from '../tokens/run-rules.ts'
import type { Trust, Trusts } from '../trusts.ts'
import { type PolicyStep, policyStep } from './next-step.ts'
import type { Grant, SignInRequest } from './sign-in-request.ts'

/** What of a request the policy step reads; requests without a page have the same. */
export type PolicyRequest = Pick<
  SignInRequest,
  'trust' | 'policyTrusts' | 'method' | 'azureMethod' | 'secondFactorMaximumAge'
>

export interface DecidedPolicy extends PolicyStep {
  /** The additional authentication providers that the rules name; any while there are none. */
  readonly providers: readonly string[]
}

interface PolicyParts {
  readonly trusts: Pick<
    Trusts,
    'additionalAuthenticationRules' | 'accessControlPolicies' | 'activeDirectoryAcceptanceRules'
  >
  readonly clock: Clock
}

/** Gathers what the policy step decides on: one decision per trust, and all additional authentication rules. */
export async function decidePolicy(signIn: PolicyRequest, grant: Grant, parts: PolicyParts): Promise<DecidedPolicy> {
  const { trust, method, azureMethod, secondFactorMaximumAge } = signIn
  const claims = await pipelineClaims(grant, trust)
  const facts = accessFacts(grant, trust, claims)
  const decisions = await Promise.all(
    signIn.policyTrusts.map((each) =>
      decisionOf(each, { claims, facts, grant, policies: parts.trusts.accessControlPolicies }),
    ),
  )
  const { insideCorporateNetwork } = grant.facts
  const { asking, providers } = await additionalRulesThatAsk(signIn, claims, grant, parts)
  const step = policyStep(grant.session, {
    decisions,
    additionalRules: asking,
    method,
    azureMethod,
    insideCorporateNetwork,
    secondFactorMaximumAge,
    now: parts.clock.now(),
  })
  return { ...step, providers }
}

interface RulesThatAsk {
  readonly asking: readonly string[]
  readonly providers: readonly string[]
}

async function additionalRulesThatAsk(
  { trust, policyTrusts }: PolicyRequest,
  claims: readonly Claim[],
  grant: Grant,
  { trusts }: PolicyParts,
): Promise<RulesThatAsk> {
  const ruleSets = [
    { name: 'global additional authentication rules', rules: trusts.additionalAuthenticationRules },
    ...policyTrusts.map(({ settings, additionalAuthenticationRules: rules }) => ({
      name: `additional authentication rules of "${settings.name}"`,
      rules,
    })),
  ]
  const asking: string[] = []
  const providers = new Set<string>()
  for (const { name, rules } of ruleSets) {
    const issued = await runRules(rules, claims, storesFor(grant, trust), trust.settings.name)
    const asks = ({ type, value }: Claim) => type === claimTypes.authenticationMethod && value === multiple
    if (issued.some(asks)) asking.push(name)
    // "Configure additional authentication methods for AD FS", Windows Server 2019.
    for (const { type, value } of issued) if (type === claimTypes.authenticationMethodsProviders) providers.add(value)
  }
  return { asking, providers: [...providers] }
}

interface Deciding {
  readonly claims: readonly Claim[]
  readonly facts: AccessFacts
  readonly grant: Grant
  readonly policies: Trusts['accessControlPolicies']
}

/** Issuance authorization rules, where a trust has them, stand in the place of its policy. */
async function decisionOf(trust: Trust, { claims, facts, grant, policies }: Deciding): Promise<AccessDecision> {
  const { settings, authorizationRules } = trust
  if (!authorizationRules) return evaluateAccessControlPolicy(settings.accessControlPolicy, facts, policies)
  return authorizationDecision(
    await runRules(authorizationRules, claims, storesFor(grant, trust), settings.name),
    settings.name,
  )
}

const multiple = authenticationMethods.multipleAuthentication

function accessFacts({ user, facts, device: proved }: Grant, trust: Trust, claims: readonly Claim[]): AccessFacts {
  return {
    insideCorporateNetwork: facts.insideCorporateNetwork,
    groupNames: groupNames(user),
    userNames: [user.userPrincipalName, windowsAccountName(user), user.sid],
    clientAddress: facts.originIp,
    claims,
    // "Authenticated" is a device of this very person: the rule behind it reads isregistereduser.
    deviceAuthenticated: proved?.registeredUser === true,
    deviceManaged: proved?.registeredUser === true && proved.device.isManaged,
    deviceCompliant: proved?.registeredUser === true && proved.device.isCompliant,
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
