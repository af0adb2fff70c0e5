import type { ClaimsSignInConfig } from '../config.ts'
import type { OrganizationStore } from './organization-store.ts'

/** How AD FS signs people in, as Set-OrganizationConfig changed it; read for every sign-in, so that it counts at once. */
export async function claimsSettingsOf(
  organization: OrganizationStore,
  initially: ClaimsSignInConfig,
): Promise<ClaimsSignInConfig> {
  const { AdfsIssuer, AdfsAudienceUris, AdfsSignCertificateThumbprints } = await organization.settings()
  return {
    ...initially,
    ...(typeof AdfsIssuer === 'string' && { adfsIssuer: AdfsIssuer, metadataUrl: metadataUrlOf(AdfsIssuer) }),
    ...(isList(AdfsAudienceUris) && { audienceUris: AdfsAudienceUris }),
    ...(isList(AdfsSignCertificateThumbprints) && { signCertificateThumbprints: AdfsSignCertificateThumbprints }),
  }
}

function metadataUrlOf(issuer: string): string {
  return new URL('/FederationMetadata/2007-06/FederationMetadata.xml', issuer).href
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value)
}
