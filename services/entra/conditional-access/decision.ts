import type { PolicySet } from './policy-set.ts'
import type { Signals } from './signals.ts'

export type GrantControl =
  | 'block'
  | 'mfa'
  | 'authenticationStrength'
  | 'compliantDevice'
  | 'domainJoinedDevice'
  | 'approvedApplication'
  | 'compliantApplication'
  | 'passwordChange'
  | 'termsOfUse'
  | 'customAuthenticationFactor'

/** What is missing, and the error that says so. */
export interface UnmetControl {
  readonly control: GrantControl
  /** 50076 or 50079 for a second factor, 53000 to 53009 for devices and apps, 53003 for a block, 530084 for token protection. */
  readonly aadsts: number
  /** The strength, the terms or the custom control by id. */
  readonly detail?: string | undefined
  readonly policyId: string
  readonly policyName: string
}

/** [Graph] appliedConditionalAccessPolicyResult. */
export type PolicyResult =
  | 'success'
  | 'failure'
  | 'notApplied'
  | 'notEnabled'
  | 'unknown'
  | 'reportOnlySuccess'
  | 'reportOnlyFailure'
  | 'reportOnlyNotApplied'
  | 'reportOnlyInterrupted'

/** [Graph] conditionalAccessConditions, as the sign-in log names them. */
export type ConditionName =
  | 'users'
  | 'application'
  | 'devicePlatform'
  | 'location'
  | 'clientType'
  | 'signInRisk'
  | 'userRisk'
  | 'deviceState'
  | 'client'
  | 'servicePrincipals'
  | 'servicePrincipalRisk'
  | 'authenticationFlows'
  | 'insiderRisk'

export interface AppliedPolicy {
  readonly id: string
  readonly displayName: string
  readonly result: PolicyResult
  readonly conditionsSatisfied: readonly ConditionName[]
  readonly conditionsNotSatisfied: readonly ConditionName[]
  readonly enforcedGrantControls: readonly GrantControl[]
  readonly enforcedSessionControls: readonly string[]
  /** Such as `conditionNotMet: location`, `unmet: mfa`, `gap: …`. */
  readonly reason: string
}

/** The strictest of what every policy that let the sign-in through asks of the session. */
export interface SessionControls {
  /** Of the whole sign-in. */
  readonly signInFrequency?: SignInFrequency | undefined
  /** Of the second factor alone, where it is to be repeated more often than the sign-in. */
  readonly multifactorFrequency?: SignInFrequency | undefined
  readonly persistentBrowser?: 'always' | 'never' | undefined
  readonly applicationEnforcedRestrictions: boolean
  /** Undefined: as the tenant has it. */
  readonly continuousAccessEvaluation?: 'strictEnforcement' | 'disabled' | 'strictLocation' | undefined
}

export interface SignInFrequency {
  /** Seconds; 0 = every time. */
  readonly seconds: number
  readonly authenticationType: 'primaryAndSecondaryAuthentication' | 'secondaryAuthentication'
}

export interface Decision {
  /** What was judged, from which everything else can be worked out again. */
  readonly evaluated: Evaluated
  readonly outcome: 'allow' | 'block' | 'challenge'
  /** `noPolicyApplies`, `satisfied`, `blocked: <policy>`, `unmet: <control> (<policy>)`. */
  readonly reason: string
  /** In the order in which Entra ID asks for them; the first is what to do next. */
  readonly requires: readonly UnmetControl[]
  readonly sessionControls: SessionControls
  /** The policies that apply, enforced or reported only. */
  readonly applied: readonly AppliedPolicy[]
  /** Every policy, those that do not apply included: worked out when somebody asks. */
  readonly policies: readonly AppliedPolicy[]
}

export interface Evaluated {
  readonly policySet: PolicySet
  readonly signals: Signals
}
