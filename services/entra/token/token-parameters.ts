import { readParameters } from '#shared/oauth/request-parameters.ts'
import { refuseOddParameters } from '../request-parameters.ts'

export const tokenParameters = [
  'grant_type',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'code',
  'redirect_uri',
  'code_verifier',
  'refresh_token',
  'device_code',
  'username',
  'password',
  'assertion',
  'requested_token_use',
  'requested_token_type',
  'scope',
  'resource',
  'claims',
  'client_info',
] as const

type Name = (typeof tokenParameters)[number]

export type TokenParameters = Readonly<Partial<Record<Name, string>>>

const documents = 256 * 1024

/** @throws EntraError for a parameter that was sent twice or is out of all proportion. */
export function readTokenParameters(body: unknown): TokenParameters {
  const read = readParameters<Name>(body, {
    names: tokenParameters,
    limits: { assertion: documents, client_assertion: documents },
  })
  refuseOddParameters(read)
  return read.values
}
