import { readParameters } from '#shared/oauth/request-parameters.ts'
import { OAuthError } from '../oauth-error.ts'

const names = [
  'grant_type',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'use_windows_client_authentication',
  'code',
  'redirect_uri',
  'code_verifier',
  'refresh_token',
  'device_code',
  'username',
  'password',
  'assertion',
  'requested_token_use',
  'scope',
  'resource',
] as const

type Name = (typeof names)[number]

export type TokenParameters = Readonly<Partial<Record<Name, string>>>

const documents = 64 * 1024

/** @throws OAuthError for a parameter that came twice or is out of all proportion. */
export function readTokenParameters(body: unknown): TokenParameters {
  const limits = { assertion: documents, client_assertion: documents }
  const { values, doubled, oversized } = readParameters<Name>(body, { names, limits })
  const [twice] = doubled
  if (twice !== undefined) {
    throw new OAuthError('parameterDoubled', { parameter: twice, reason: `${twice} came more than once` })
  }
  const [large] = oversized
  if (large !== undefined) {
    throw new OAuthError('parameterInvalid', { parameter: large, reason: `${large} is too long` })
  }
  return values
}

/** @throws OAuthError when it is missing. */
export function required(parameters: TokenParameters, name: Name): string {
  const value = parameters[name]
  if (value !== undefined) return value
  throw new OAuthError('parameterMissing', { parameter: name, reason: `${name} is missing` })
}
