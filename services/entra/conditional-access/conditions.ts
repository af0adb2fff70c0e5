import { applicationsCondition } from './applications-condition.ts'
import { type Condition, type Conditions, metIf, names, within } from './condition.ts'
import { devicesCondition } from './devices-condition.ts'
import type { LocationSignal, Signals } from './signals.ts'
import { usersCondition } from './users-condition.ts'

/** Every condition of a policy; all must hold ("Conditional Access: Conditions"). */
export const allConditions: readonly Condition[] = [
  usersCondition,
  applicationsCondition,
  { name: 'servicePrincipals', judge: judgeWorkloadIdentities },
  { name: 'servicePrincipalRisk', judge: judgeWorkloadRisk },
  { name: 'clientType', judge: judgeClientType },
  { name: 'devicePlatform', judge: judgePlatform },
  { name: 'location', judge: judgeLocation },
  devicesCondition,
  { name: 'userRisk', judge: ({ userRiskLevels }, { userRisk }) => judgeRisk(userRiskLevels, userRisk) },
  { name: 'signInRisk', judge: ({ signInRiskLevels }, { signInRisk }) => judgeRisk(signInRiskLevels, signInRisk) },
  { name: 'insiderRisk', judge: judgeInsiderRisk },
  { name: 'authenticationFlows', judge: judgeFlow },
]

type Verdict = ReturnType<Condition['judge']>

/** People sign in here; a policy for workload identities is for none of them. */
function judgeWorkloadIdentities({ clientApplications }: Conditions): Verdict {
  const isSet = clientApplications !== null && clientApplications.includeServicePrincipals.length > 0
  return isSet || clientApplications?.servicePrincipalFilter ? 'notMet' : 'any'
}

function judgeWorkloadRisk({ servicePrincipalRiskLevels }: Conditions): Verdict {
  return servicePrincipalRiskLevels.length > 0 ? 'notMet' : 'any'
}

function judgeClientType({ clientAppTypes }: Conditions, { clientAppType }: Signals): Verdict {
  if (clientAppTypes.length === 0 || clientAppTypes.includes('all')) return 'any'
  // [Graph] conditionalAccessClientApp: easSupported is the former name of a part of exchangeActiveSync.
  const isActiveSync = clientAppType === 'exchangeActiveSync' && clientAppTypes.includes('easSupported')
  return metIf(clientAppTypes.includes(clientAppType) || isActiveSync)
}

function judgePlatform({ platforms }: Conditions, { platform }: Signals): Verdict {
  if (!platforms || platforms.includePlatforms.length + platforms.excludePlatforms.length === 0) return 'any'
  const lists = (list: readonly string[]) => list.includes('all') || (platform !== undefined && list.includes(platform))
  return within(lists(platforms.includePlatforms), lists(platforms.excludePlatforms))
}

function judgeLocation({ locations }: Conditions, { location }: Signals): Verdict {
  if (!locations || locations.includeLocations.length + locations.excludeLocations.length === 0) return 'any'
  return within(liesIn(locations.includeLocations, location), liesIn(locations.excludeLocations, location))
}

function liesIn(list: readonly string[], location: LocationSignal): boolean {
  if (names(list, 'All')) return true
  if (location.isTrusted && names(list, 'AllTrusted')) return true
  return location.namedLocationIds.some((id) => names(list, id))
}

function judgeRisk(levels: readonly string[], level = 'none'): Verdict {
  return levels.length === 0 ? 'any' : metIf(levels.includes(level))
}

function judgeInsiderRisk({ insiderRiskLevels }: Conditions, { insiderRisk }: Signals): Verdict {
  return insiderRiskLevels === null ? 'any' : metIf(names(listOf(insiderRiskLevels), insiderRisk))
}

function judgeFlow({ authenticationFlows }: Conditions, { authenticationFlow }: Signals): Verdict {
  const methods = listOf(authenticationFlows?.transferMethods ?? '')
  if (methods.length === 0 || names(methods, 'none')) return 'any'
  return metIf(names(methods, authenticationFlow))
}

function listOf(flags: string): readonly string[] {
  return flags
    .split(',')
    .map((flag) => flag.trim())
    .filter((flag) => flag !== '')
}
