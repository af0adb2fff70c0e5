import { maskedNumber, type RegisteredMethod } from './methods.ts'
import type { MfaResult } from './mfa-service.ts'

/** How a method shows in the sign-in log ([Graph] authenticationDetail). */
export function loggedName({ type }: Pick<RegisteredMethod, 'type'>): string {
  return loggedNames[type]
}

const loggedNames: Readonly<Record<RegisteredMethod['type'], string>> = {
  push: 'Mobile app notification',
  totp: 'OATH verification code',
  sms: 'SMS',
  voice: 'Voice',
  fido2: 'FIDO2',
  accessPass: 'Temporary Access Pass',
}

export function loggedDetail(method: Pick<RegisteredMethod, 'deviceName' | 'phoneNumber'>): string {
  return method.phoneNumber === undefined ? (method.deviceName ?? '') : maskedNumber(method.phoneNumber)
}

/** `temporaryAccessPassOneTime` and its like ([Graph] authenticationMethodModes), with the first factor it completes. */
export function combinationOf(
  method: Pick<RegisteredMethod, 'type'>,
  { federated, oneTimePass }: { readonly federated: boolean; readonly oneTimePass: boolean },
): string {
  if (method.type === 'fido2') return 'fido2'
  if (method.type === 'accessPass') return oneTimePass ? 'temporaryAccessPassOneTime' : 'temporaryAccessPassMultiUse'
  const mode = modes[method.type]
  return federated ? `${mode},federatedSingleFactor` : `password,${mode}`
}

const modes = { push: 'microsoftAuthenticatorPush', totp: 'softwareOath', sms: 'sms', voice: 'voice' } as const

/** What a method leads to, whatever first factor it completes: which of them could meet an authentication strength. */
export function mightMeet(method: Pick<RegisteredMethod, 'type'>, allowed: readonly string[]): boolean {
  return [true, false].some((federated) =>
    [true, false].some((oneTimePass) => allowed.includes(combinationOf(method, { federated, oneTimePass }))),
  )
}

/** "Sign-in log activity details": the wording of what came of it. */
export function loggedResult(result: MfaResult, { type }: Pick<RegisteredMethod, 'type'>): string {
  if (result === 'TimedOut') return unanswered[type]
  return resultTexts[result] ?? result
}

const unanswered: Readonly<Record<RegisteredMethod['type'], string>> = {
  push: 'MFA denied; user did not respond to mobile app notification',
  totp: 'MFA denied; user never entered the verification code',
  sms: 'MFA denied; user never entered the verification code',
  voice: "MFA denied; unable to reach the user's phone",
  fido2: 'MFA denied; invalid authentication',
  accessPass: 'MFA denied; user never entered the verification code',
}

const resultTexts: Partial<Record<MfaResult, string>> = {
  Success: 'MFA successfully completed',
  Denied: 'MFA denied; user declined the authentication',
  FraudReported: 'MFA denied; fraud code entered',
  WrongCode: 'MFA denied; user entered incorrect code',
  CodeAlreadyUsed: 'MFA denied; verification code already used once',
  TooManyAttempts: 'MFA denied; entered incorrect code too many times',
  NoSuchSession: 'MFA denied; invalid authentication',
}
