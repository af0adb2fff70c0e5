import type { ClaimsProviderTrust } from '../configuration/claims-provider-trust.ts'
import { type Trust, type Trusts, trustOf } from '../trusts.ts'

// Single logout knows participants of a session; a partner that speaks SAML is one more of them, next to the relying
// parties, with the logout end point and the certificates of its claims provider trust.

type Parties = Pick<Trusts, 'byIdentifier' | 'byObjectIdentifier' | 'claimsProviders'>

export function takesSamlLogout({ settings }: ClaimsProviderTrust): boolean {
  return settings.protocolProfile === 'SAML' && settings.samlLogoutEndpoint !== undefined
}

export async function partyByObjectIdentifier(id: string, trusts: Parties): Promise<Trust | undefined> {
  const provider = trusts.claimsProviders.find(({ settings }) => settings.objectIdentifier === id)
  return provider ? partyOf(provider) : trusts.byObjectIdentifier(id)
}

/** Relying parties go first: only what none of them is called may be a partner. */
export async function partnerByIdentifier(identifier: string, trusts: Parties): Promise<Trust | undefined> {
  if (trusts.byIdentifier(identifier)) return undefined
  const provider = trusts.claimsProviders.find(
    ({ settings }) => settings.enabled && settings.identifier.toLowerCase() === identifier.toLowerCase(),
  )
  return provider && partyOf(provider)
}

async function partyOf({ settings }: ClaimsProviderTrust): Promise<Trust> {
  const { relyingPartySchema } = await import('#shared/scenario/schema-adfs.ts')
  const { name, identifier, objectIdentifier, samlLogoutEndpoint: uri } = settings
  const { enabled, signatureAlgorithm, signingCertificates } = settings
  const described = relyingPartySchema.parse({
    ...{ name, enabled, signatureAlgorithm, identifiers: [identifier], protocolProfile: 'SAML' },
    samlEndpoints: uri === undefined ? [] : [{ protocol: 'SAMLLogout', binding: 'Redirect', uri }],
    requestSigningCertificates: signingCertificates,
  })
  return trustOf({ ...described, objectIdentifier })
}

/** The frame in which a partner that speaks WS-Federation learns that its user has signed out here ([MS-MWBF] §3.2.5). */
export function partnerSignOutUrls(identifier: string | undefined, trusts: Parties): readonly string[] {
  return trusts.claimsProviders
    .filter(({ settings }) => settings.identifier === identifier && settings.protocolProfile === 'WsFederation')
    .flatMap(({ settings: { wsFedEndpoint: url } }) =>
      url === undefined ? [] : [`${url}${url.includes('?') ? '&' : '?'}wa=wsignout1.0`],
    )
}
