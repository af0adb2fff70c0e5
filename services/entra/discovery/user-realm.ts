import type { Domain } from '#shared/scenario/world.ts'
import { federationAudience } from '../urls.ts'

export interface RealmQuery {
  readonly login: string
  /** Undefined for a domain that is not the tenant's. */
  readonly domain: Domain | undefined
}

const cloud = { cloud_instance_name: 'microsoftonline.com', cloud_audience_urn: federationAudience }

/** `/common/userrealm/{upn}?api-version=1.0`: what MSAL for Python, Go and .NET ask before a password grant. */
export function realmForClients({ domain }: RealmQuery): Readonly<Record<string, unknown>> {
  if (!domain) return { ver: '1.0', account_type: 'Unknown', ...cloud }
  if (!domain.federation) return { ver: '1.0', account_type: 'Managed', domain_name: domain.name, ...cloud }
  return {
    ver: '1.0',
    account_type: 'Federated',
    domain_name: domain.name,
    federation_protocol: 'WSTrust',
    federation_metadata_url: domain.federation.metadataExchangeUri,
    federation_active_auth_url: domain.federation.activeSignInUri,
    ...cloud,
  }
}

/** api-version 2.0 and 2.1: what sign-in pages asked before GetCredentialType. */
export function realmForPages({ login, domain }: RealmQuery): Readonly<Record<string, unknown>> {
  const federation = domain?.federation
  return {
    NameSpaceType: nameSpaceType(domain),
    Login: login,
    ...(domain && { DomainName: domain.name }),
    ...(federation && { FederationBrandName: federation.displayName }),
    TenantBrandingInfo: null,
    ...cloud,
    ...(federation && { federation_protocol: 'WSTrust', AuthURL: realmAuthUrl(federation.passiveSignInUri, login) }),
  }
}

/** `/GetUserRealm.srf?login=`: the oldest form. */
export function realmForWindows({ login, domain }: RealmQuery): Readonly<Record<string, unknown>> {
  const federation = domain?.federation
  return {
    State: domain ? (federation ? 3 : 4) : 0,
    UserState: federation ? 2 : 1,
    Login: login,
    NameSpaceType: nameSpaceType(domain),
    ...(domain && { DomainName: domain.name }),
    ...(federation && {
      FederationGlobalVersion: -1,
      AuthURL: realmAuthUrl(federation.passiveSignInUri, login),
      FederationBrandName: federation.displayName,
    }),
    CloudInstanceName: cloud.cloud_instance_name,
    CloudInstanceIssuerUri: federationAudience,
  }
}

function nameSpaceType(domain: Domain | undefined): 'Unknown' | 'Federated' | 'Managed' {
  if (!domain) return 'Unknown'
  return domain.federation ? 'Federated' : 'Managed'
}

function realmAuthUrl(passiveSignInUri: string, login: string): string {
  const name = encodeURIComponent(login).toLowerCase()
  return `${passiveSignInUri}?username=${name}&wa=wsignin1.0&wtrealm=urn%3afederation%3aMicrosoftOnline&wctx=`
}
