import { hash } from 'node:crypto'
import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import { type ApplicationFilter, compileApplicationFilter } from './application-filter.ts'
import { type AuthenticationStrength, builtInStrengths } from './authentication-strengths.ts'
import type { Judge } from './condition.ts'
import { allConditions } from './conditions.ts'
import type { ConditionName } from './decision.ts'
import { type FindCandidates, policyIndex } from './policy-index.ts'
import { sessionObstacle } from './session-controls.ts'

/** A policy with its lists, filters and strength looked up once, so that a sign-in only compares. */
export interface CompiledPolicy {
  readonly policy: ConditionalAccessPolicy
  /** Of the conditions that the policy sets. */
  readonly judges: readonly { readonly name: ConditionName; readonly judge: Judge }[]
  readonly strength: AuthenticationStrength | undefined
  /** For workload identities. */
  readonly servicePrincipalFilter: ApplicationFilter | undefined
  readonly sessionObstacle: ReturnType<typeof sessionObstacle>
}

/** The policies of one moment. */
export interface PolicySet {
  /** Of its content: two moments with the same policies have the same. */
  readonly id: string
  readonly policies: readonly CompiledPolicy[]
  /** Those that may apply; signals come in lower case. */
  readonly candidates: FindCandidates
  /** Everything that `policySet` needs to make it again. */
  readonly source: PolicySource
}

export interface PolicySource {
  readonly policies: readonly ConditionalAccessPolicy[]
  /** The tenant's own, beside the built-in ones. */
  readonly strengths: readonly AuthenticationStrength[]
}

export function policySet(source: PolicySource): PolicySet {
  const strengths = new Map([...builtInStrengths, ...source.strengths].map((strength) => [strength.id, strength]))
  const policies = source.policies.map((policy) => compiled(policy, strengths))
  let id: string | undefined
  return {
    source,
    policies,
    candidates: policyIndex(policies.filter(({ policy }) => policy.state !== 'disabled')),
    get id() {
      id ??= hash('sha256', JSON.stringify(source), 'base64url')
      return id
    },
  }
}

function compiled(
  policy: ConditionalAccessPolicy,
  strengths: ReadonlyMap<string, AuthenticationStrength>,
): CompiledPolicy {
  return {
    policy,
    judges: allConditions.flatMap(({ name, compile }) => {
      const judge = compile(policy.conditions)
      return judge ? [{ name, judge }] : []
    }),
    strength: strengths.get(policy.grantControls?.authenticationStrength?.id.toLowerCase() ?? ''),
    servicePrincipalFilter: compileApplicationFilter(
      policy.conditions.clientApplications?.servicePrincipalFilter ?? null,
    ),
    sessionObstacle: sessionObstacle(policy.sessionControls),
  }
}
