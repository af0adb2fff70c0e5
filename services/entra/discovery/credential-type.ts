import type { Domain } from '#shared/scenario/world.ts'

export interface CredentialTypeFacts {
  readonly username: string
  readonly domain: Domain | undefined
  readonly exists: boolean
  /** Where a federated person signs in; carries the caller's context when it sent one. */
  readonly federationRedirectUrl: string | undefined
  /** Credential ids of the person's passkeys. */
  readonly passkeys: readonly string[]
  /** For a passkey, where the question came from a sign-in. */
  readonly challenge: string | undefined
  readonly accessPassUsable: boolean
  readonly flowToken: string | undefined
  readonly apiCanary: string
}

const credential = { password: 1, federation: 4, accessPass: 13 } as const
const domainType = { unknown: 1, managed: 3, federated: 4 } as const

/** What the sign-in page asks once a user name is typed; an unknown user answers 200 too. */
export function credentialType(facts: CredentialTypeFacts): Readonly<Record<string, unknown>> {
  const { username, domain, exists, flowToken, passkeys, accessPassUsable } = facts
  const federated = domain?.federation !== undefined
  return {
    Username: username,
    Display: username,
    // The directory does not hold everyone of a federated domain: its identity provider decides.
    IfExistsResult: exists || federated ? 0 : 1,
    IsUnmanaged: false,
    ThrottleStatus: 0,
    Credentials: {
      PrefCredential: preferred(federated, accessPassUsable),
      HasPassword: true,
      HasRemoteNGC: false,
      HasFido: passkeys.length > 0,
      HasCertAuth: false,
      HasAccessPass: accessPassUsable,
      RemoteNgcParams: null,
      FidoParams: fidoParams(facts),
      QrCodePinParams: null,
      SasParams: null,
      CertAuthParams: null,
      GoogleParams: null,
      FacebookParams: null,
      OtcNotAutoSent: false,
      ...(facts.federationRedirectUrl !== undefined && { FederationRedirectUrl: facts.federationRedirectUrl }),
    },
    DfpProperties: {},
    EstsProperties: { UserTenantBranding: null, DomainType: domainTypeOf(domain), DesktopSsoEnabled: false },
    ...(flowToken !== undefined && { FlowToken: flowToken }),
    IsSignupDisallowed: true,
    apiCanary: facts.apiCanary,
  }
}

function preferred(federated: boolean, accessPassUsable: boolean): number {
  if (accessPassUsable) return credential.accessPass
  return federated ? credential.federation : credential.password
}

function fidoParams({ passkeys, challenge }: CredentialTypeFacts) {
  if (passkeys.length === 0 || challenge === undefined) return null
  return { AllowList: passkeys, Challenge: challenge, HasCrossDeviceCapablePasskey: true }
}

function domainTypeOf(domain: Domain | undefined): number {
  if (!domain) return domainType.unknown
  return domain.federation ? domainType.federated : domainType.managed
}
