import type { AppliedPolicy, Evaluated } from '../conditional-access/decision.ts'
import type { Signals } from '../conditional-access/signals.ts'
import type { DeviceDetail } from '../devices/device-facts.ts'

/** [Graph] signIn, with the members of its beta version that say what happened. */
export interface SignIn {
  /** The id of the request, which error pages show as trace id. */
  readonly id: string
  readonly createdDateTime: string
  readonly userDisplayName: string
  /** Lower case. */
  readonly userPrincipalName: string
  readonly userId: string
  readonly appId: string
  readonly appDisplayName: string
  readonly resourceId: string
  readonly resourceDisplayName: string
  readonly ipAddress: string
  readonly clientAppUsed: string
  readonly userAgent: string
  readonly deviceDetail?: DeviceDetail
  readonly correlationId: string
  readonly isInteractive: boolean
  readonly conditionalAccessStatus: 'success' | 'failure' | 'notApplied'
  readonly appliedConditionalAccessPolicies: readonly AppliedPolicy[]
  readonly authenticationRequirement: 'singleFactorAuthentication' | 'multiFactorAuthentication'
  readonly authenticationDetails: readonly AuthenticationDetail[]
  readonly status: { readonly errorCode: number; readonly failureReason: string; readonly additionalDetails?: string }
}

export interface AuthenticationDetail {
  readonly authenticationStepDateTime: string
  /** Such as `Password`, `Mobile app notification`, `Federated`. */
  readonly authenticationMethod: string
  /** Such as `Password Hash Sync`, `Pass-through authentication`. */
  readonly authenticationMethodDetail: string
  readonly succeeded: boolean
  readonly authenticationStepResultDetail: string
  readonly authenticationStepRequirement: string
}

export type NewSignIn = Omit<SignIn, 'id' | 'createdDateTime' | 'appliedConditionalAccessPolicies'> & {
  /** A second record of one request gets an id of its own. */
  readonly id?: string | undefined
  /** Absent when the sign-in ended before Conditional Access was asked. */
  readonly evaluated?: Evaluated | undefined
}

/** A record as it is kept: with what was judged in the place of what came out. */
export type LoggedSignIn = Omit<SignIn, 'appliedConditionalAccessPolicies'> & {
  readonly judged?: { readonly policySetId: string; readonly signals: Signals } | undefined
}
