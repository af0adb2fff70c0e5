import { type RequestParameters, readParameters } from '#shared/oauth/request-parameters.ts'

const names = [
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
  'resource',
  'resource_params',
  'state',
  'nonce',
  'response_mode',
  'prompt',
  'max_age',
  'id_token_hint',
  'login_hint',
  'username',
  'domain_hint',
  'acr_values',
  'amr_values',
  'mfa_max_age',
  'code_challenge',
  'code_challenge_method',
] as const

export type AuthorizeParameter = (typeof names)[number]

/** [MS-OAPX] §3.2.5.1 and [MS-OIDCE] §2.2.1; parameters of others are ignored. */
export function readAuthorizeParameters(query: unknown): RequestParameters<AuthorizeParameter> {
  return readParameters<AuthorizeParameter>(query, { names, keepEmpty: ['state'] })
}
