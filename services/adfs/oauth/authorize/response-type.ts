import { OAuthError } from '../oauth-error.ts'

export type ResponseType = 'code' | 'id_token' | 'token'
export type ResponseMode = 'query' | 'fragment' | 'form_post'

/** response_types_supported of the discovery document, and `token` alone; the order of the words does not matter. */
const combinations: ReadonlySet<string> = new Set([
  'code',
  'id_token',
  'token',
  'code id_token',
  'id_token token',
  'code token',
  'code id_token token',
])

/** @throws OAuthError for a type that AD FS does not have. */
export function requestedResponseTypes(value: string | undefined): readonly ResponseType[] {
  if (value === undefined) {
    throw new OAuthError('parameterMissing', { parameter: 'response_type', reason: 'response_type is missing' })
  }
  const types = [...new Set(value.split(/\s+/).filter(Boolean))].sort()
  if (combinations.has(types.join(' '))) return types as readonly ResponseType[]
  throw new OAuthError('responseTypeUnsupported', {
    reason: `response_type "${value}" is none of ${[...combinations].join(', ')}`,
  })
}

/** Whether tokens themselves come back through the browser; then never in the query. */
export function isFrontChannel(types: readonly string[]): boolean {
  return types.some((type) => type === 'id_token' || type === 'token')
}

/** @throws OAuthError for a mode that is unknown or would put tokens into the query. */
export function requestedResponseMode(types: readonly ResponseType[], value: string | undefined): ResponseMode {
  const front = isFrontChannel(types)
  if (value === undefined) return front ? 'fragment' : 'query'
  if ((value === 'query' && !front) || value === 'fragment' || value === 'form_post') return value
  const reason = `response_mode "${value}" does not go with response_type "${types.join(' ')}"`
  throw new OAuthError('parameterInvalid', { parameter: 'response_mode', reason })
}
