import type { ProtocolError } from '#shared/errors.ts'
import type { AccessTokenConfig } from '../config.ts'
import { BearerRefusal, ClaimsChallenge } from './bearer-refusal.ts'

type Headers = Readonly<Record<string, string | string[]>>

/** What goes with the 401 of a token that was sent and not taken; undefined for errors of another kind. */
export function rejectedTokenHeaders(config: AccessTokenConfig, error: ProtocolError): Headers | undefined {
  if (error instanceof ClaimsChallenge) {
    const claims = Buffer.from(error.claims).toString('base64')
    return { 'www-authenticate': bearer(config, { error: 'insufficient_claims', claims }) }
  }
  if (!(error instanceof BearerRefusal)) return undefined
  const challenge = bearer(config, { error: 'invalid_token' })
  const offers = config.basicRealm === undefined ? challenge : [challenge, `Basic realm="${config.basicRealm}"`]
  return { 'www-authenticate': offers, 'x-ms-diagnostics': error.diagnostics }
}

/** On-premises leaves `token_types` out after a rejected token ("Hybrid Modern Authentication overview"). */
function bearer(config: AccessTokenConfig, more: Readonly<Record<string, string>>): string {
  const parameters = {
    client_id: config.clientId,
    trusted_issuers: config.trustedIssuers,
    ...(config.basicRealm === undefined && { token_types: 'app_asserted_user_v1 service_asserted_app_v1' }),
    authorization_uri: config.authorizationUri,
    ...more,
  }
  return `Bearer ${Object.entries(parameters)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`
}
