import { Gap } from '#shared/errors.ts'
import type { Application } from '../applications/application.ts'
import { EntraError } from '../errors.ts'

export type ResponseType = 'code' | 'id_token'
export type ResponseMode = 'query' | 'fragment' | 'form_post'

const known = new Set(['code', 'id_token', 'token', 'none'])

/** @throws EntraError, or Gap for access tokens straight from the authorize endpoint. */
export function requestedResponseTypes(client: Application, value: string | undefined): readonly ResponseType[] {
  if (value === undefined) {
    throw new EntraError('parameterMissing', { values: { name: 'response_type' }, reason: 'response_type is missing' })
  }
  const types = [...new Set(value.split(/\s+/).filter(Boolean))]
  if (types.length === 0 || types.some((type) => !known.has(type))) {
    throw new EntraError('responseTypeUnsupported', {
      values: { type: value },
      reason: `response_type "${value}" is unknown`,
    })
  }
  if (types.includes('id_token') && !client.implicit.idToken) {
    const reason = `${client.displayName} has implicitGrant.idToken off in the scenario`
    throw new EntraError('responseTypeDisabled', { values: { type: 'id_token' }, reason })
  }
  if (types.includes('token') || types.includes('none')) throw new Gap(`response_type=${value}`, readmeRow)
  return types as readonly ResponseType[]
}

const readmeRow = 'services/entra/README.md, "Divergences"'

/** Tokens in the query would end up in logs and referrers, so it is refused for them. */
export function requestedResponseMode(types: readonly ResponseType[], value: string | undefined): ResponseMode {
  const front = types.includes('id_token')
  if (value === undefined) return front ? 'fragment' : 'query'
  if ((value === 'query' && !front) || value === 'fragment' || value === 'form_post') return value
  const reason = `response_mode "${value}" does not go with response_type "${types.join(' ')}"`
  throw new EntraError('responseModeUnsupported', { values: { mode: value }, reason })
}
