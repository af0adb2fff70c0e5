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

/** The built-in strengths and their allowed combinations ("Conditional Access authentication strength"). */
const builtIn: ReadonlyMap<string, readonly string[]> = new Map([
  ['00000000-0000-0000-0000-000000000002', multifactor],
  ['00000000-0000-0000-0000-000000000003', passwordless],
  ['00000000-0000-0000-0000-000000000004', phishingResistant],
])

export type StrengthVerdict = 'satisfied' | 'unsatisfied' | { readonly gap: string }

/** A strength that no method of this service could meet would be asked for without end, so it is a gap. */
export function judgeStrength(strengthId: string, combinations: readonly string[]): StrengthVerdict {
  const allowed = builtIn.get(strengthId.toLowerCase())
  if (!allowed) return { gap: `authentication strength ${strengthId} (custom strengths)` }
  if (combinations.some((combination) => allowed.includes(combination))) return 'satisfied'
  if (allowed === multifactor) return 'unsatisfied'
  return { gap: `authentication strength ${strengthId} (passwordless methods)` }
}
