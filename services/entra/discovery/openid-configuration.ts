import type { EntraConfig } from '../config.ts'
import type { TenantSegment } from '../tenants.ts'
import { type EndpointVersion, endpointsOf, graphHost, issuerOf } from '../urls.ts'

export interface ConfigurationRequest {
  readonly version: EndpointVersion
  /** The alias of the authority that was called. */
  readonly host: string
  readonly tenant: TenantSegment
  /** `?appid=`: repeated on `jwks_uri`, for keys of that application. */
  readonly appId?: string | undefined
}

/** The OpenID Provider metadata of one authority, member by member as the product writes it. */
export function openidConfiguration(
  config: EntraConfig,
  request: ConfigurationRequest,
): Readonly<Record<string, unknown>> {
  const { version, host, tenant } = request
  const urls = endpointsOf(version, host, tenant.text)
  const query = request.appId === undefined ? '' : `?appid=${encodeURIComponent(request.appId)}`
  return {
    token_endpoint: urls.token,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: urls.keys + query,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    ...(version === 1 ? versionOneMembers(host, tenant) : versionTwoMembers),
    // The literal {tenantid} stands for the tenant of whoever signs in.
    issuer: issuerOf(version, tenant.kind === 'any' ? '{tenantid}' : config.tenant.id),
    userinfo_endpoint: urls.userInfo,
    authorization_endpoint: urls.authorize,
    device_authorization_endpoint: urls.deviceCode,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: urls.logout,
    kerberos_endpoint: `https://${host}/${tenant.text}/kerberos`,
    tenant_region_scope: tenant.kind === 'any' ? null : regionOf(config.tenant.countryCode),
    cloud_instance_name: 'microsoftonline.com',
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: graphHost,
    rbac_url: 'https://pas.windows.net',
  }
}

const sharedClaims = [
  'sub',
  'iss',
  'cloud_instance_name',
  'cloud_instance_host_name',
  'cloud_graph_host_name',
  'msgraph_host',
  'aud',
  'exp',
  'iat',
  'auth_time',
  'acr',
  'nonce',
]

const versionTwoMembers = {
  response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
  scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
  request_uri_parameter_supported: false,
  claims_supported: [...sharedClaims, 'preferred_username', 'name', 'tid', 'ver', 'at_hash', 'c_hash', 'email'],
}

function versionOneMembers(host: string, tenant: TenantSegment): Readonly<Record<string, unknown>> {
  return {
    response_types_supported: ['code', 'id_token', 'code id_token', 'token id_token', 'token'],
    scopes_supported: ['openid'],
    microsoft_multi_refresh_token: true,
    check_session_iframe: `https://${host}/${tenant.text}/oauth2/checksession`,
    claims_supported: [
      ...sharedClaims,
      'amr',
      'name',
      'tid',
      'ver',
      'unique_name',
      'upn',
      'family_name',
      'given_name',
      'at_hash',
      'c_hash',
      'email',
    ],
  }
}

function regionOf(countryCode: string): string {
  return ['US', 'CA', 'MX'].includes(countryCode) ? 'NA' : 'EU'
}
