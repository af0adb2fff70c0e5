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

/** Characters; HTTP.sys takes no request line beyond 16 KiB anyway. */
const longest = 8 * 1024

/** [MS-OAPX] §3.2.5.1 and [MS-OIDCE] §2.2.1; parameters of others are ignored. */
export function readAuthorizeParameters(query: unknown): RequestParameters<AuthorizeParameter> {
  const limits = Object.fromEntries(names.map((name) => [name, longest]))
  return readParameters<AuthorizeParameter>(query, { names, keepEmpty: ['state'], limits })
}
