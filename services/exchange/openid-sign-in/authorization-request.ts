import { encodeQueryValue } from '#shared/ws-federation/url-encode.ts'
import type { OpenIdSignInConfig } from '../config.ts'

export interface AuthorizationRequest {
  readonly redirectUri: string
  readonly correlationId: string
  readonly domainHint?: string | undefined
  readonly loginHint?: string | undefined
  readonly nonce: string
  readonly state: string
}

const claims = '{"id_token":{"xms_cc":{"values":["CP1"]}}}'

/** The redirect of Outlook on the web, parameters in the order in which it writes them. */
export function authorizationRequestUrl(config: OpenIdSignInConfig, request: AuthorizationRequest): string {
  const parameters: readonly (readonly [string, string | undefined])[] = [
    ['client_id', config.clientId],
    ['redirect_uri', request.redirectUri],
    ['resource', config.clientId],
    ['response_mode', 'form_post'],
    ['response_type', 'code id_token'],
    ['scope', 'openid'],
    ['msafed', '1'],
    ['msaredir', '1'],
    ['client-request-id', request.correlationId],
    ['protectedtoken', 'true'],
    ['claims', claims],
    ['domain_hint', request.domainHint],
    ['login_hint', request.loginHint],
    ['nonce', request.nonce],
    ['state', request.state],
  ]
  const query = parameters.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeQueryValue(value)}`],
  )
  return `${config.authority}/common/oauth2/authorize?${query.join('&')}`
}
