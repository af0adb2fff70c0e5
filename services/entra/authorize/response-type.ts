import type { Application } from '../applications/application.ts'
import { EntraError } from '../errors.ts'

export type ResponseType = 'code' | 'id_token' | 'token'
export type ResponseMode = 'query' | 'fragment' | 'form_post'

/** "OpenID Connect metadata": what both versions take, whatever the order of the words. */
const combinations: ReadonlySet<string> = new Set(['code', 'id_token', 'code id_token', 'id_token token', 'token'])

export function requestedResponseTypes(client: Application, value: string | undefined): readonly ResponseType[] {
  if (value === undefined) {
    throw new EntraError('parameterMissing', { values: { name: 'response_type' }, reason: 'response_type is missing' })
  }
  const types = [...new Set(value.split(/\s+/).filter(Boolean))].sort()
  if (!combinations.has(types.join(' '))) {
    const reason = `response_type "${value}" is none of ${[...combinations].join(', ')}`
    throw new EntraError('responseTypeUnsupported', { values: { type: value }, reason })
  }
  checkImplicit(client, types)
  return types as readonly ResponseType[]
}

/** "Implicit grant": each kind of token must be enabled in the registration. */
function checkImplicit({ implicit, displayName }: Application, types: readonly string[]): void {
  if (types.includes('id_token') && !implicit.idToken) {
    const reason = `${displayName} has implicitGrant.idToken off in the scenario`
    throw new EntraError('responseTypeDisabled', { values: { type: 'id_token' }, reason })
  }
  if (types.includes('token') && !implicit.accessToken) {
    const reason = `${displayName} has implicitGrant.accessToken off in the scenario`
    throw new EntraError('tokenResponseDisabled', { values: { type: 'token' }, reason })
  }
}

export function isFrontChannel(types: readonly string[]): boolean {
  return types.some((type) => type === 'id_token' || type === 'token')
}

/** Tokens in the query would end up in logs and referrers, so it is refused for them. */
export function requestedResponseMode(types: readonly ResponseType[], value: string | undefined): ResponseMode {
  const front = isFrontChannel(types)
  if (value === undefined) return front ? 'fragment' : 'query'
  if ((value === 'query' && !front) || value === 'fragment' || value === 'form_post') return value
  const reason = `response_mode "${value}" does not go with response_type "${types.join(' ')}"`
  throw new EntraError('responseModeUnsupported', { values: { mode: value }, reason })
}
