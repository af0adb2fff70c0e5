import { type RequestParameters, readParameters } from '#shared/oauth/request-parameters.ts'
import { EntraError } from '../errors.ts'
import { refuseOddParameters } from '../request-parameters.ts'

export const authorizeParameters = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'resource',
  'state',
  'nonce',
  'prompt',
  'login_hint',
  'domain_hint',
  'whr',
  'sid',
  'id_token_hint',
  'max_age',
  'code_challenge',
  'code_challenge_method',
  'claims',
  'client_info',
  'request',
  'request_uri',
] as const

type Name = (typeof authorizeParameters)[number]

export type AuthorizeParameters = Readonly<Partial<Record<Name, string>>>

/** Without these nobody can be answered by redirect. */
const addressing: ReadonlySet<string> = new Set(['client_id', 'redirect_uri', 'response_mode', 'state'])

export interface ReadAuthorizeParameters {
  readonly parameters: AuthorizeParameters
  /** What the client is told about its parameters, once it is known where to. */
  readonly checkAll: () => void
}

/** @throws EntraError for the error page, when the parameters that say where to answer cannot be relied on. */
export function readAuthorizeParameters(raw: unknown): ReadAuthorizeParameters {
  const read = readParameters<Name>(raw, { names: authorizeParameters, keepEmpty: ['state'] })
  const odd = [...read.doubled, ...read.oversized].find((name) => addressing.has(name))
  if (odd !== undefined) {
    throw new EntraError('requestUnreadable', { values: { name: odd }, reason: `${odd} is doubled or too long` })
  }
  return { parameters: read.values, checkAll: () => refuseOddParameters(read as RequestParameters<string>) }
}
