/** [Graph] authenticationStrengthPolicy. */
export interface AuthenticationStrength {
  readonly id: string
  readonly displayName: string
  readonly description: string
  readonly policyType: 'builtIn' | 'custom'
  readonly requirementsSatisfied: 'mfa' | 'none'
  readonly allowedCombinations: readonly string[]
  readonly createdDateTime: string
  readonly modifiedDateTime: string
}

const phishingResistant = ['windowsHelloForBusiness', 'fido2', 'x509CertificateMultiFactor']
const passwordless = [...phishingResistant, 'deviceBasedPush']
const multifactor = [
  ...passwordless,
  'temporaryAccessPassOneTime',
  'temporaryAccessPassMultiUse',
  'password,microsoftAuthenticatorPush',
  'password,softwareOath',
  'password,hardwareOath',
  'password,sms',
  'password,voice',
  'federatedMultiFactor',
  'microsoftAuthenticatorPush,federatedSingleFactor',
  'softwareOath,federatedSingleFactor',
  'hardwareOath,federatedSingleFactor',
  'sms,federatedSingleFactor',
  'voice,federatedSingleFactor',
]

/** [Graph] authenticationMethodModes: what a custom strength may be made of. */
export const knownCombinations: readonly string[] = [
  ...multifactor,
  'password,x509CertificateSingleFactor',
  'password,x509CertificateMultiFactor',
  'x509CertificateSingleFactor',
  'password',
  'sms',
  'federatedSingleFactor',
  'hardwareOath',
  'qrCodePin',
]

/** "Conditional Access authentication strength": the same in every tenant. */
export const builtInStrengths: readonly AuthenticationStrength[] = [
  builtIn(2, 'Multifactor authentication', 'Combinations of methods that satisfy strong authentication.', multifactor),
  builtIn(3, 'Passwordless MFA', 'Passwordless methods that satisfy strong authentication.', passwordless),
  builtIn(4, 'Phishing-resistant MFA', 'Phishing-resistant, passwordless methods.', phishingResistant),
]

function builtIn(number: number, name: string, description: string, combinations: readonly string[]) {
  return {
    id: `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`,
    displayName: name,
    description,
    policyType: 'builtIn',
    requirementsSatisfied: 'mfa',
    allowedCombinations: combinations,
    createdDateTime: '2021-12-01T00:00:00Z',
    modifiedDateTime: '2021-12-01T00:00:00Z',
  } as const satisfies AuthenticationStrength
}

export function satisfiesMultifactor(combinations: readonly string[]): boolean {
  return combinations.every((combination) => multifactor.includes(combination))
}

/** What the methods of this service can bring. A passkey is registered in a browser of one's own. */
const attainable = new Set([
  'fido2',
  'temporaryAccessPassOneTime',
  'temporaryAccessPassMultiUse',
  'password,microsoftAuthenticatorPush',
  'password,softwareOath',
  'password,sms',
  'password,voice',
  'federatedMultiFactor',
  'microsoftAuthenticatorPush,federatedSingleFactor',
  'softwareOath,federatedSingleFactor',
  'sms,federatedSingleFactor',
  'voice,federatedSingleFactor',
  'password',
  'federatedSingleFactor',
])

export type StrengthVerdict = 'satisfied' | 'unsatisfied' | { readonly gap: string }

/** A strength that no method of this service could meet would be asked for without end, so it is a gap. */
export function judgeStrength(
  strength: AuthenticationStrength | undefined,
  strengthId: string,
  combinations: readonly string[],
): StrengthVerdict {
  if (!strength) return { gap: `authentication strength ${strengthId} (there is none of that id)` }
  const { allowedCombinations, displayName } = strength
  if (combinations.some((combination) => allowedCombinations.includes(combination))) return 'satisfied'
  if (allowedCombinations.some((combination) => attainable.has(combination))) return 'unsatisfied'
  return { gap: `authentication strength "${displayName}" (${allowedCombinations.join(' | ')})` }
}
