import type { TrustType } from '../../people/devices.ts'
import type { RegistrationPolicy } from './registration-policy.ts'
import type { RegistrationRefusalKey } from './registration-refusal.ts'

export interface RegistrationFacts {
  readonly trustType: TrustType
  readonly policy: RegistrationPolicy
  /** Joined or registered by this person already. */
  readonly devicesOwned: number
  /** How the person signed in. */
  readonly amr: readonly string[]
}

export type Admission =
  | { readonly outcome: 'admit' }
  | { readonly outcome: 'refuse'; readonly refusal: RegistrationRefusalKey; readonly reason: string }

/** Pure: whether the tenant lets this person bring in one more device ("Manage device settings"). */
export function admitRegistration({ trustType, policy, devicesOwned, amr }: RegistrationFacts): Admission {
  if (policy.multiFactorAuthConfiguration === 'required' && !amr.includes('mfa')) {
    return refuse('multifactorRequired', `amr is ${amr.join(', ') || 'empty'}, and the tenant asks for mfa`)
  }
  // Active Directory decides which computers are its members.
  if (trustType === 'ServerAd') return { outcome: 'admit' }
  const setting = trustType === 'AzureAd' ? 'azureADJoin' : 'azureADRegistration'
  if (policy[setting] === 'notAllowed')
    return refuse('notAllowed', `${setting} of the registration policy is notAllowed`)
  if (devicesOwned >= policy.userDeviceQuota) {
    return refuse('quotaReached', `${devicesOwned} devices, and userDeviceQuota is ${policy.userDeviceQuota}`)
  }
  return { outcome: 'admit' }
}

function refuse(refusal: RegistrationRefusalKey, reason: string): Admission {
  return { outcome: 'refuse', refusal, reason }
}
