import { applicationsCondition } from './applications-condition.ts'
import { type Condition, flagsOf, hasAny, type Judge, listDetail, lowered, metIf } from './condition.ts'
import { devicesCondition } from './devices-condition.ts'
import { locationsCondition, platformsCondition } from './network-and-platform-conditions.ts'
import { usersCondition } from './users-condition.ts'

/** Every condition of a policy; all must hold ("Conditional Access: Conditions"). */
export const allConditions: readonly Condition[] = [
  usersCondition,
  applicationsCondition,
  workloadCondition('servicePrincipals'),
  workloadCondition('servicePrincipalRisk'),
  {
    name: 'clientType',
    compile: ({ clientAppTypes }) => compileClientTypes(clientAppTypes),
    explain: ({ clientAppTypes }, { clientAppType }) => listDetail('clientType', clientAppTypes, clientAppType),
  },
  platformsCondition,
  locationsCondition,
  devicesCondition,
  {
    name: 'userRisk',
    compile: ({ userRiskLevels }) => wordJudge(userRiskLevels, ({ userRisk = 'none' }) => userRisk),
    explain: ({ userRiskLevels }, { userRisk = 'none' }) => listDetail('riskLevel', userRiskLevels, userRisk),
  },
  {
    name: 'signInRisk',
    compile: ({ signInRiskLevels }) => wordJudge(signInRiskLevels, ({ signInRisk = 'none' }) => signInRisk),
    explain: ({ signInRiskLevels }, { signInRisk = 'none' }) => listDetail('riskLevel', signInRiskLevels, signInRisk),
  },
  {
    name: 'insiderRisk',
    compile: ({ insiderRiskLevels }) =>
      insiderRiskLevels === null
        ? undefined
        : (wordJudge(flagsOf(insiderRiskLevels), ({ insiderRisk = 'none' }) => insiderRisk) ?? (() => 'notMet')),
    explain: ({ insiderRiskLevels }, { insiderRisk = 'none' }) =>
      listDetail('riskLevel', flagsOf(insiderRiskLevels ?? ''), insiderRisk),
  },
  {
    name: 'authenticationFlows',
    compile: ({ authenticationFlows }) => compileFlows(flagsOf(authenticationFlows?.transferMethods ?? '')),
    explain: ({ authenticationFlows }, { authenticationFlow = 'none' }) =>
      listDetail('transferMethod', flagsOf(authenticationFlows?.transferMethods ?? ''), authenticationFlow),
  },
]

/** People sign in here; a policy for workload identities is for none of them. */
function workloadCondition(name: 'servicePrincipals' | 'servicePrincipalRisk'): Condition {
  return {
    name,
    compile: ({ clientApplications, servicePrincipalRiskLevels }) => {
      const isNamed = (clientApplications?.includeServicePrincipals ?? []).length > 0
      const isSet =
        name === 'servicePrincipals'
          ? isNamed || Boolean(clientApplications?.servicePrincipalFilter)
          : servicePrincipalRiskLevels.length > 0
      return isSet ? () => 'notMet' : undefined
    },
    explain: ({ clientApplications }) => ({
      includes: (clientApplications?.includeServicePrincipals ?? []).map((value) => ({
        rule: 'appId',
        value,
        matched: false,
      })),
      excludes: [],
      saw: 'a person',
    }),
  }
}

function compileClientTypes(clientAppTypes: readonly string[]): Judge | undefined {
  const types = new Set(clientAppTypes)
  if (types.size === 0 || types.has('all')) return undefined
  // [Graph] conditionalAccessClientApp: easSupported is the former name of a part of exchangeActiveSync.
  const isActiveSync = types.has('easSupported') || types.has('exchangeActiveSync')
  return ({ clientAppType }) =>
    metIf(types.has(clientAppType) || (isActiveSync && clientAppType === 'exchangeActiveSync'))
}

function wordJudge(accepted: readonly string[], read: (signals: Parameters<Judge>[0]) => string): Judge | undefined {
  if (accepted.length === 0) return undefined
  const words = lowered(accepted)
  return (signals) => metIf(hasAny(words, [read(signals).toLowerCase()]))
}

function compileFlows(methods: readonly string[]): Judge | undefined {
  if (lowered(methods).has('none')) return undefined
  return wordJudge(methods, ({ authenticationFlow = '' }) => authenticationFlow)
}
