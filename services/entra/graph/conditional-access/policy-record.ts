import { type AuthenticationStrength, builtInStrengths } from '../../conditional-access/authentication-strengths.ts'
import type { StoredPolicy } from '../../conditional-access/conditional-access-objects.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'

type Services = Pick<GraphServices, 'conditionalAccess'>

/** [Graph] conditionalAccessPolicy. */
export function policyRecord(services: Services, policy: StoredPolicy): GraphRecord {
  const { id, templateId, displayName, createdDateTime, modifiedDateTime, state } = policy
  return {
    id,
    templateId,
    displayName,
    createdDateTime,
    modifiedDateTime,
    state,
    deletedDateTime: null,
    partialEnablementStrategy: null,
    conditions: { ...policy.conditions, times: null, deviceStates: null },
    grantControls: policy.grantControls && {
      ...policy.grantControls,
      authenticationStrength: strengthOf(services, policy.grantControls.authenticationStrength?.id) ?? null,
    },
    sessionControls: policy.sessionControls,
  }
}

function strengthOf(services: Services, id: string | undefined): GraphRecord | undefined {
  const strength = id === undefined ? undefined : findStrength(services, id)
  return strength && strengthRecord(strength)
}

export function allStrengths({ conditionalAccess }: Services): readonly AuthenticationStrength[] {
  return [...builtInStrengths, ...conditionalAccess.strengths.all()]
}

export function findStrength(services: Services, id: string): AuthenticationStrength | undefined {
  return allStrengths(services).find((strength) => strength.id === id.toLowerCase())
}

/** [Graph] authenticationStrengthPolicy. */
export function strengthRecord(strength: AuthenticationStrength): GraphRecord {
  return { ...strength, combinationConfigurations: [] }
}
