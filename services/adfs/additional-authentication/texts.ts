import type { EndResult } from './mfa-service.ts'

const failed =
  'Authentication attempt failed. Select a different sign in option or close the web browser and sign in again. Contact your administrator for more information.'

/** What the page says in #errorText; nothing while the answer is still awaited. */
export const answerTexts: Readonly<Record<Exclude<EndResult, 'Success'>, string>> = {
  Pending: '',
  Denied: failed,
  TimedOut: failed,
  TooManyAttempts: failed,
  NoSuchSession: failed,
  WrongCode: 'The verification code is not correct. Type the correct code, and try again.',
  CodeAlreadyUsed: 'This verification code has already been used. Wait for a new code, and try again.',
}

export const serviceFailed = failed

/** "Configure AD FS and Microsoft Entra multifactor authentication", users without a registration. */
export function notAvailable(account: string): string {
  return `The selected authentication method is not available for '${account}'. Choose another authentication method or contact your system administrator for details.`
}

const providerNames = {
  AzureMfaAuthentication: 'Azure Multi-Factor Authentication',
  CertificateAuthentication: 'Certificate Authentication',
} as const

export function providerName(provider: keyof typeof providerNames): string {
  return providerNames[provider]
}

export const noProvider =
  'No valid strong authentication method found. Contact your administrator to configure and enable an appropriate strong authentication provider.'

const instructions: Readonly<Record<string, string>> = {
  PhoneAppNotification: 'Open your Microsoft Authenticator app and approve the request to continue.',
  PhoneAppOTP: 'Type the verification code that your authenticator app shows.',
  OneWaySMS: 'We have sent a text message with a verification code to your phone. Type the code to continue.',
}

export function instructionsFor(method: string, entropy: number): string {
  if (method === 'PhoneAppNotification' && entropy > 0) {
    return 'Open your Microsoft Authenticator app and type the number below to approve the request.'
  }
  return instructions[method] ?? 'Answer the request to continue.'
}

const names: Readonly<Record<string, string>> = {
  PhoneAppNotification: 'Approve a request on my Microsoft Authenticator app',
  PhoneAppOTP: 'Use a verification code from my authenticator app',
  OneWaySMS: 'Text me a verification code',
}

export function methodName(method: string, display: string): string {
  const name = names[method] ?? method
  return display === '' ? name : `${name} (${display})`
}
