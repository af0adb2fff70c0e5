import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import { compileApplicationRule } from '../../conditional-access/application-filter.ts'
import { compileDeviceFilter } from '../../conditional-access/device-filter/device-filter.ts'
import { DeviceFilterRuleError } from '../../conditional-access/device-filter/rule-error.ts'
import type { GraphServices } from '../graph-services.ts'
import { checkControls } from './control-checks.ts'
import { policyError } from './policy-error.ts'
import { checkReferences } from './reference-checks.ts'

/** What the Conditional Access service refuses of a policy that has the right shape. Throws GraphError. */
export async function checkPolicy(services: GraphServices, policy: ConditionalAccessPolicy): Promise<void> {
  checkTargets(policy)
  checkControls(policy)
  checkFilters(policy)
  await checkReferences(services, policy)
}

function checkTargets({ conditions }: ConditionalAccessPolicy): void {
  const { users, applications, clientApplications } = conditions
  const people = [users.includeUsers, users.includeGroups, users.includeRoles].flat()
  const hasPeople = people.length > 0 || users.includeGuestsOrExternalUsers !== null
  if (!hasPeople && clientApplications === null) throw policyError('usersMissing', 'the policy is for nobody')
  const targets = [
    applications.includeApplications.length > 0 || applications.applicationFilter !== null,
    applications.includeUserActions.length > 0,
    applications.includeAuthenticationContextClassReferences.length > 0,
  ].filter(Boolean)
  if (targets.length === 0) throw policyError('targetMissing', 'the policy names no application, action or context')
  if (targets.length > 1) throw policyError('severalTargets', 'applications, actions and contexts exclude each other')
  for (const list of [users.includeUsers, applications.includeApplications]) checkKeywords(list)
}

/** `All` and `None` stand alone. */
function checkKeywords(list: readonly string[]): void {
  const keyword = list.find((each) => ['all', 'none'].includes(each.toLowerCase()))
  if (keyword === undefined || list.length === 1) return
  throw policyError('schemaMismatch', `"${keyword}" stands beside other values: ${list.join(', ')}`)
}

function checkFilters({ conditions }: ConditionalAccessPolicy): void {
  const { devices, applications, clientApplications } = conditions
  const deviceFilter = devices?.deviceFilter
  if (deviceFilter) checkRule('deviceFilterInvalid', () => compileDeviceFilter(deviceFilter))
  for (const filter of [applications.applicationFilter, clientApplications?.servicePrincipalFilter]) {
    if (filter) checkRule('applicationFilterInvalid', () => compileApplicationRule(filter.rule))
  }
}

function checkRule(problem: 'deviceFilterInvalid' | 'applicationFilterInvalid', compile: () => unknown): void {
  try {
    compile()
  } catch (error) {
    if (error instanceof DeviceFilterRuleError) throw policyError(problem, error.message)
    throw error
  }
}
