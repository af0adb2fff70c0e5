import { z } from 'zod'
import { authorizationDecision } from '../access-control/authorization-rules.ts'
import type { AccessFacts } from '../access-control/conditions.ts'
import { evaluateAccessControlPolicy } from '../access-control/evaluate.ts'
import { type Claim, claimOf } from '../claim-rules/claim.ts'
import { ClaimRuleError } from '../claim-rules/claim-rule-error.ts'
import { type AttributeStores, ClaimRuleFailure, evaluateClaimRules, type RuleStep } from '../claim-rules/evaluate.ts'
import { parseClaimRules } from '../claim-rules/parse.ts'
import { claimTypes } from '../claims/claim-types.ts'
import { opaqueIdStore } from '../claims/opaque-id-store.ts'
import { passwordExpiryStore } from '../claims/password-expiry-store.ts'
import { activeDirectoryStore } from '../directory/active-directory-store.ts'
import type { DirectoryClient } from '../directory/directory-client.ts'
import type { Trust } from '../trusts.ts'
import { type AdministrationParts, findObject, relyingPartyKind } from './objects.ts'

export interface TryOutParts extends AdministrationParts {
  readonly directory: DirectoryClient
  readonly now: () => Date
}

const claimSchema = z.strictObject({
  type: z.string().min(1),
  value: z.string(),
  issuer: z.string().optional(),
})

const rulesSchema = z.strictObject({ rules: z.string(), claims: z.array(claimSchema).max(500).default([]) })

/** Rules on claims, rule by rule; a mistake in the text is an answer too, with its line and column. */
export async function tryRules(body: unknown, parts: TryOutParts): Promise<Record<string, unknown>> {
  const { rules: text, claims } = rulesSchema.parse(body)
  const steps: RuleStep[] = []
  const incoming = claims.map(({ type, value, issuer }) => claimOf(type, value, issuer === undefined ? {} : { issuer }))
  try {
    const rules = parseClaimRules(text)
    const issued = await evaluateClaimRules(rules, incoming, storesOf(parts), (step) => void steps.push(step))
    return { steps: steps.map(stepOf), issued: issued.map(plain) }
  } catch (error) {
    if (error instanceof ClaimRuleError) return { steps: [], issued: [], error: messageOf(error) }
    if (error instanceof ClaimRuleFailure)
      return { steps: steps.map(stepOf), issued: [], error: { message: error.message } }
    throw error
  }
}

function messageOf({ message, line, column }: ClaimRuleError) {
  return { message, line, column }
}

function storesOf({ directory, now }: TryOutParts): AttributeStores {
  const origin = { parent: '', correlationId: '' }
  return {
    'Active Directory': activeDirectoryStore((account) => directory.find('account', account, origin)),
    _OpaqueIdStore: opaqueIdStore('urn:try-out'),
    _PasswordExpiryStore: passwordExpiryStore(now(), 'https://sts/adfs/portal/updatepassword/'),
  }
}

function stepOf({ rule, matches, made }: RuleStep) {
  return { rule: rule.name ?? `line ${rule.position.line}`, target: rule.action.target, matches, made: made.map(plain) }
}

function plain({ type, value, issuer }: Claim) {
  return { type, value, issuer }
}

const policySchema = z.strictObject({
  relyingParty: z.string().min(1),
  user: z.string().optional(),
  network: z.enum(['intranet', 'extranet']).default('extranet'),
  address: z.string().optional(),
  device: z.enum(['none', 'authenticated', 'managed', 'compliant']).default('none'),
  claims: z.array(claimSchema).default([]),
})

/** Who, from where, with which device: what the policy of a trust says, and why. */
export async function tryPolicy(body: unknown, parts: TryOutParts): Promise<Record<string, unknown>> {
  const asked = policySchema.parse(body)
  const { objectIdentifier } = findObject(relyingPartyKind, asked.relyingParty, parts)
  const trust = parts.configuration.byObjectIdentifier(objectIdentifier) as Trust
  const { settings, authorizationRules } = trust
  const facts = await factsOf(asked, parts)
  if (authorizationRules) {
    const issued = await evaluateClaimRules(authorizationRules, facts.claims ?? [], storesOf(parts))
    return { ...authorizationDecision(issued, settings.name) }
  }
  const policies = parts.configuration.accessControlPolicies
  return { ...evaluateAccessControlPolicy(settings.accessControlPolicy, facts, policies) }
}

async function factsOf(asked: z.output<typeof policySchema>, { directory }: TryOutParts): Promise<AccessFacts> {
  const user =
    asked.user === undefined
      ? undefined
      : await directory.find('account', asked.user, { parent: '', correlationId: '' })
  const netbios = user?.netbiosName ?? ''
  const groups = (user?.groups ?? []).flatMap(({ name, sid }) => [name, `${netbios}\\${name}`, sid])
  const inside = asked.network === 'intranet'
  const own = [
    claimOf(claimTypes.insideCorporateNetwork, String(inside)),
    ...(user?.groups ?? []).map(({ sid }) => claimOf(claimTypes.groupSid, sid, { issuer: 'AD AUTHORITY' })),
  ]
  return {
    insideCorporateNetwork: inside,
    groupNames: groups,
    userNames: user ? [user.userPrincipalName, `${netbios}\\${user.samAccountName}`, user.sid] : [],
    ...(asked.address !== undefined && { clientAddress: asked.address }),
    deviceAuthenticated: asked.device !== 'none',
    deviceManaged: asked.device === 'managed' || asked.device === 'compliant',
    deviceCompliant: asked.device === 'compliant',
    deviceRegistration: false,
    claims: [...own, ...asked.claims.map(({ type, value }) => claimOf(type, value))],
  }
}
