import type { ConditionDetail } from '../../conditional-access/condition.ts'
import type { Evaluated, GrantControl } from '../../conditional-access/decision.ts'
import { explainPolicies, type PolicyExplanation } from '../../conditional-access/explain.ts'
import type { LoggedSignIn, SignIn } from '../../sign-in-log/sign-in.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'

/** [Graph] signIn without its policies. */
export function signInRecord(logged: LoggedSignIn, version: 'v1.0' | 'beta'): GraphRecord {
  const { judged, authenticationDetails, authenticationRequirement, userAgent, deviceDetail, ...shared } = logged
  const location = judged?.signals.location
  const record: GraphRecord = {
    ...shared,
    deviceDetail: deviceDetail ?? noDevice,
    location: { city: null, state: null, countryOrRegion: location?.country ?? null, geoCoordinates: null },
    riskDetail: 'none',
    riskEventTypes: [],
    riskEventTypes_v2: [],
    riskLevelAggregated: judged?.signals.userRisk ?? 'none',
    riskLevelDuringSignIn: judged?.signals.signInRisk ?? 'none',
    riskState: 'none',
    status: { additionalDetails: null, ...logged.status },
  }
  if (version === 'v1.0') return record
  return {
    ...record,
    authenticationDetails,
    authenticationProtocol: judged?.signals.authenticationFlow === 'deviceCodeFlow' ? 'deviceCode' : 'none',
    authenticationRequirement,
    userAgent,
    authenticationMethodsUsed: authenticationDetails.map(({ authenticationMethod }) => authenticationMethod),
    networkLocationDetails: location ? networkDetails(location) : [],
    originalRequestId: logged.id,
    originalTransferMethod: judged?.signals.authenticationFlow ?? 'none',
    signInEventTypes: [logged.isInteractive ? 'interactiveUser' : 'nonInteractiveUser'],
    signInIdentifier: logged.userPrincipalName,
    signInIdentifierType: 'userPrincipalName',
    userType: 'member',
  }
}

const noDevice = {
  deviceId: '',
  displayName: '',
  operatingSystem: '',
  browser: '',
  isCompliant: false,
  isManaged: false,
  trustType: '',
}

function networkDetails({ isTrusted, namedLocationIds }: { isTrusted: boolean; namedLocationIds: readonly string[] }) {
  const networkType = isTrusted ? 'trustedNamedLocation' : 'namedNetwork'
  return namedLocationIds.length > 0 ? [{ networkType, networkNames: namedLocationIds }] : []
}

/** [Graph] appliedConditionalAccessPolicy; beta says which rules of it matched. */
export function appliedPolicies(
  { appliedConditionalAccessPolicies: applied }: Pick<SignIn, 'appliedConditionalAccessPolicies'>,
  evaluated: Evaluated | undefined,
  version: 'v1.0' | 'beta',
): readonly GraphRecord[] {
  const explanations = new Map<string, PolicyExplanation>()
  if (evaluated && version === 'beta') {
    for (const each of explainPolicies(evaluated.policySet, evaluated.signals)) explanations.set(each.id, each)
  }
  return applied.map((policy) => {
    const record: GraphRecord = {
      id: policy.id,
      displayName: policy.displayName,
      enforcedGrantControls: policy.enforcedGrantControls.map((control) => grantNames[control]),
      enforcedSessionControls: policy.enforcedSessionControls.map((control) => sessionNames[control] ?? control),
      result: policy.result,
    }
    if (version === 'v1.0') return record
    const { conditions = [] } = explanations.get(policy.id) ?? {}
    return {
      ...record,
      conditionsSatisfied: policy.conditionsSatisfied.join(',') || 'none',
      conditionsNotSatisfied: policy.conditionsNotSatisfied.join(',') || 'none',
      includeRulesSatisfied: conditions.flatMap(({ condition, includes }) => matched(condition, includes)),
      excludeRulesSatisfied: conditions.flatMap(({ condition, excludes }) => matched(condition, excludes)),
      sessionControlsNotSatisfied: [],
    }
  })
}

function matched(conditionalAccessCondition: string, rules: ConditionDetail['includes']): readonly GraphRecord[] {
  return rules.flatMap(({ rule, matched: isMatched }) =>
    isMatched ? [{ conditionalAccessCondition, ruleSatisfied: rule }] : [],
  )
}

/** As the sign-in log of the product words them. */
const grantNames: Readonly<Record<GrantControl, string>> = {
  block: 'Block',
  mfa: 'Mfa',
  authenticationStrength: 'AuthenticationStrength',
  compliantDevice: 'RequireCompliantDevice',
  domainJoinedDevice: 'RequireDomainJoinedDevice',
  approvedApplication: 'RequireApprovedApp',
  compliantApplication: 'RequireCompliantApp',
  passwordChange: 'PasswordChange',
  termsOfUse: 'TermsOfUse',
  customAuthenticationFactor: 'CustomAuthenticationFactor',
}

const sessionNames: Readonly<Record<string, string>> = {
  signInFrequency: 'SignInFrequency',
  persistentBrowser: 'PersistentBrowserSessionMode',
  applicationEnforcedRestrictions: 'AppEnforcedRestrictions',
  cloudAppSecurity: 'CloudAppSecurity',
  continuousAccessEvaluation: 'ContinuousAccessEvaluation',
}
