import { createHash, timingSafeEqual } from 'node:crypto'
import { Gap } from '#shared/errors.ts'
import { type Application, isConfidential } from '../applications/application.ts'
import type { EntraConfig } from '../config.ts'
import { EntraError } from '../errors.ts'
import type { TokenParameters } from './token-parameters.ts'

export interface ClientCredentials {
  readonly clientId: string | undefined
  readonly secret: string | undefined
}

/** RFC 6749 §2.3.1: in the body, or form-encoded in Basic. */
export function clientCredentials(parameters: TokenParameters, authorization: string | undefined): ClientCredentials {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1]
  if (basic === undefined) return { clientId: parameters.client_id, secret: parameters.client_secret }
  const text = Buffer.from(basic, 'base64').toString()
  const colon = text.indexOf(':')
  if (colon < 0) throw new EntraError('requestMalformed', { reason: 'the Basic credentials have no colon' })
  return { clientId: formDecoded(text.slice(0, colon)), secret: formDecoded(text.slice(colon + 1)) }
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

export interface AuthenticatedClient {
  readonly client: Application
  readonly proof: '0' | '1'
}

/** Checks a secret where one is given; whether one is needed depends on the grant (`requireSecret`). */
export function authenticateClient(
  config: EntraConfig,
  parameters: TokenParameters,
  authorization: string | undefined,
): AuthenticatedClient {
  const { clientId, secret } = clientCredentials(parameters, authorization)
  if (clientId === undefined) {
    throw new EntraError('parameterMissing', { values: { name: 'client_id' }, reason: 'client_id is missing' })
  }
  const client = config.applications.byId(clientId)
  if (!client) {
    const values = { appId: clientId, tenant: config.tenant.displayName }
    throw new EntraError('clientNotFound', {
      values,
      reason: `no application ${clientId} in the scenario or among Microsoft's`,
    })
  }
  if (parameters.client_assertion !== undefined)
    throw new Gap('client assertions (private_key_jwt)', 'services/entra/README.md')
  if (secret === undefined) return { client, proof: '0' }
  if (!isConfidential(client)) {
    throw new EntraError('publicClientSentSecret', {
      reason: `${client.displayName} has no secret in the scenario, and one was sent`,
    })
  }
  if (!client.secrets.some((known) => sameSecret(known, secret))) {
    throw new EntraError('wrongSecret', {
      values: { appId: client.appId },
      reason: `the secret is none of ${client.displayName}'s`,
    })
  }
  return { client, proof: '1' }
}

export function requireSecret({ client, proof }: AuthenticatedClient): void {
  if (proof === '1') return
  throw new EntraError('secretMissing', { reason: `${client.displayName} must authenticate with a secret here` })
}

function sameSecret(known: string, given: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(known), digest(given))
}
