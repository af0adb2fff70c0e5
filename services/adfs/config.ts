import type { Scenario } from '#shared/scenario/world.ts'
import type { PrimaryProvider } from './sign-in/primary-method.ts'
import type { Trusts } from './trusts.ts'
import { type AdfsUrls, adfsUrls } from './urls.ts'

export interface AdfsConfig {
  readonly displayName: string
  /** The federation service identifier: issuer of every token, entity id of the metadata. */
  readonly identifier: string
  readonly urls: AdfsUrls
  readonly netbiosName: string
  readonly trusts: Trusts
  readonly additionalProviders: readonly string[]
  readonly signedSamlRequestsRequired: boolean
  readonly idpInitiatedSignOn: { readonly pageEnabled: boolean; readonly relayStateEnabled: boolean }
  readonly singleSignOnMinutes: number
  readonly primaryAuthentication: PrimaryAuthentication
  readonly homeRealmDiscovery: Scenario['adfs']['homeRealmDiscovery']
}

/** Get-AdfsGlobalAuthenticationPolicy. */
export interface PrimaryAuthentication {
  readonly intranet: readonly PrimaryProvider[]
  readonly extranet: readonly PrimaryProvider[]
}

export function adfsConfig(scenario: Scenario, trusts: Trusts): AdfsConfig {
  const { adfs, organization } = scenario
  return {
    displayName: adfs.displayName,
    identifier: adfs.identifier,
    urls: adfsUrls(organization.hosts),
    netbiosName: organization.activeDirectory.netbiosName,
    trusts,
    additionalProviders: adfs.globalAdditionalAuthentication.providers,
    signedSamlRequestsRequired: adfs.signedSamlRequestsRequired,
    idpInitiatedSignOn: {
      pageEnabled: adfs.idpInitiatedSignonPageEnabled,
      relayStateEnabled: adfs.relayStateForIdpInitiatedSignOnEnabled,
    },
    singleSignOnMinutes: adfs.ssoLifetimeMinutes,
    homeRealmDiscovery: adfs.homeRealmDiscovery,
    primaryAuthentication: adfs.primaryAuthentication,
  }
}
