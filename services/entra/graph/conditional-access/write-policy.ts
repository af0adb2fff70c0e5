import type { StoredPolicy } from '../../conditional-access/conditional-access-objects.ts'
import type { GraphServices } from '../graph-services.ts'
import { policyFrom } from './policy-body.ts'
import { checkPolicy } from './policy-checks.ts'

type Body = Readonly<Record<string, unknown>>

/** Both Microsoft Graph and the administrator's page write policies this way. Throws GraphError. */
export async function createdPolicy(services: GraphServices, body: Body): Promise<StoredPolicy> {
  const { conditionalAccess, random, clock } = services
  const policy = policyFrom(random.uuid(), body)
  await checkPolicy(services, policy)
  const templateId = typeof body.templateId === 'string' ? body.templateId : null
  const createdDateTime = clock.now().toISOString()
  return conditionalAccess.policies.insert({ ...policy, templateId, createdDateTime, modifiedDateTime: null })
}

export async function changedPolicy(services: GraphServices, current: StoredPolicy, body: Body): Promise<void> {
  const { conditionalAccess, clock } = services
  await checkPolicy(services, policyFrom(current.id, body, current))
  await conditionalAccess.policies.update(current.id, (stored) => ({
    ...stored,
    ...policyFrom(stored.id, body, stored),
    modifiedDateTime: clock.now().toISOString(),
  }))
}
