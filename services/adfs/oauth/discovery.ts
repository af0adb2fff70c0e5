import type { AdfsUrls } from '../urls.ts'
import { builtInScopes } from './applications/application-groups.ts'
import { oauthPaths, oauthUrl, openIdIssuer } from './oauth-urls.ts'
import type { SigningCertificates } from './tokens/token-signer.ts'

/** The discovery document of AD FS 2019 ([MS-OIDCE] §2.2.3.2), in the order of a captured one. */
export function openIdConfiguration(urls: AdfsUrls, identifier: string): Readonly<Record<string, unknown>> {
  return {
    issuer: openIdIssuer(urls),
    authorization_endpoint: oauthUrl(urls, oauthPaths.authorize),
    token_endpoint: oauthUrl(urls, oauthPaths.token),
    jwks_uri: oauthUrl(urls, oauthPaths.keys),
    ...supported,
    access_token_issuer: identifier,
    claims_supported: claims,
    microsoft_multi_refresh_token: true,
    userinfo_endpoint: oauthUrl(urls, oauthPaths.userInfo),
    capabilities: ['winhello_cert', 'winhello_cert_kr', 'kdf_ver2'],
    end_session_endpoint: oauthUrl(urls, oauthPaths.logout),
    as_access_token_token_binding_supported: true,
    as_refresh_token_token_binding_supported: true,
    resource_access_token_token_binding_supported: true,
    op_id_token_token_binding_supported: true,
    rp_id_token_token_binding_supported: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    device_authorization_endpoint: oauthUrl(urls, oauthPaths.deviceCode),
  }
}

/** What the product lists; Windows client authentication, logon certificates and the nonce of srv_challenge are gaps. */
const supported = {
  token_endpoint_auth_methods_supported: [
    'client_secret_post',
    'client_secret_basic',
    'private_key_jwt',
    'windows_client_authentication',
  ],
  response_types_supported: [
    'code',
    'id_token',
    'code id_token',
    'id_token token',
    'code token',
    'code id_token token',
  ],
  response_modes_supported: ['query', 'fragment', 'form_post'],
  grant_types_supported: [
    'authorization_code',
    'refresh_token',
    'client_credentials',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'implicit',
    'password',
    'srv_challenge',
    'urn:ietf:params:oauth:grant-type:device_code',
    'device_code',
  ],
  subject_types_supported: ['pairwise'],
  scopes_supported: builtInScopes,
  id_token_signing_alg_values_supported: ['RS256'],
  token_endpoint_auth_signing_alg_values_supported: ['RS256'],
} as const

const claims = [
  'aud',
  'iss',
  'iat',
  'exp',
  'auth_time',
  'nonce',
  'at_hash',
  'c_hash',
  'sub',
  'upn',
  'unique_name',
  'pwd_url',
  'pwd_exp',
  'mfa_auth_time',
  'sid',
  'nbf',
] as const

/** Every published key, the one that signs first (RFC 7517). */
export function keySet(certificates: SigningCertificates): Readonly<Record<string, unknown>> {
  return {
    keys: certificates.published().map(({ publicJwk: { kty, use, kid, x5t, n, e, x5c } }) => ({
      kty,
      use,
      alg: 'RS256',
      kid,
      x5t,
      n,
      e,
      x5c,
    })),
  }
}
