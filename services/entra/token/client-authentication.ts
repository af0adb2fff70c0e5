import { timingSafeEqual } from 'node:crypto'
import { type Application, isConfidential } from '../applications/application.ts'
import type { StoredSecret } from '../applications/application-objects.ts'
import { exchangeOnlineId } from '../applications/first-party.ts'
import { secretDigest } from '../applications/new-objects.ts'
import { requireEnabled } from '../applications/require-enabled.ts'
import type { EntraConfig } from '../config.ts'
import { EntraError } from '../errors.ts'
import { checkClientAssertion, clientAssertionOf } from './client-assertion.ts'
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

/** `appidacr`: nothing, a secret, a certificate. */
export type ClientProof = '0' | '1' | '2'

export interface AuthenticatedClient {
  readonly client: Application
  readonly proof: ClientProof
}

/** Throws unless the request is signed by the machine of that deployment. */
export type MachineCheck = (deployment: string) => Promise<unknown>

/** Checks a secret or an assertion where one is given; whether one is needed depends on the grant (`requireSecret`). */
export async function authenticateClient(
  config: EntraConfig,
  parameters: TokenParameters,
  authorization: string | undefined,
  { now, machine }: { readonly now: Date; readonly machine: MachineCheck },
): Promise<AuthenticatedClient> {
  const { clientId, secret } = clientCredentials(parameters, authorization)
  if (clientId === undefined) {
    throw new EntraError('parameterMissing', { values: { name: 'client_id' }, reason: 'client_id is missing' })
  }
  const client = namedClient(config, clientId)
  if (client.appId === exchangeOnlineId && /^Bearer /i.test(authorization ?? '')) {
    await requireMachine(client, machine)
    return { client, proof: '2' }
  }
  const assertion = clientAssertionOf(parameters)
  if (secret === undefined && assertion === undefined) return { client, proof: '0' }
  if (!isConfidential(client)) {
    throw new EntraError('publicClientSentSecret', {
      reason: `${client.displayName} has neither secret nor certificate, and a credential was sent`,
    })
  }
  if (assertion === undefined) checkSecret(client, secret ?? '', now)
  else if (secret === undefined) await checkClientAssertion({ config, client, assertion, now })
  else throw new EntraError('requestMalformed', { reason: 'a secret and an assertion came at once (RFC 6749 §2.3)' })
  return { client, proof: assertion === undefined ? '1' : '2' }
}

async function requireMachine({ displayName }: Application, machine: MachineCheck): Promise<void> {
  try {
    await machine('exchange-online')
  } catch (cause) {
    const reason = `the bearer token of ${displayName} is not its machine's: ${(cause as Error).message}`
    throw new EntraError('secretMissing', { reason, cause })
  }
}

function namedClient(config: EntraConfig, clientId: string): Application {
  const client = config.applications.byId(clientId)
  if (!client) {
    const values = { appId: clientId, tenant: config.tenant.displayName }
    const reason = `no application ${clientId} is registered, nor is it among Microsoft's`
    throw new EntraError('clientNotFound', { values, reason })
  }
  requireEnabled(client)
  return client
}

function checkSecret({ appId, displayName, secrets }: Application, secret: string, now: Date): void {
  const matching = secrets.filter((known) => isSecret(known, secret))
  if (matching.length === 0) {
    throw new EntraError('wrongSecret', { values: { appId }, reason: `the secret is none of ${displayName}'s` })
  }
  if (matching.some(({ endDateTime }) => Date.parse(endDateTime) > now.getTime())) return
  const reason = `the secret of ${displayName} was good until ${matching[0]?.endDateTime}`
  throw new EntraError('secretExpired', { values: { appId }, reason })
}

export function requireSecret({ client, proof }: AuthenticatedClient): void {
  if (proof !== '0') return
  throw new EntraError('secretMissing', {
    reason: `${client.displayName} must authenticate with a secret or a certificate here`,
  })
}

/** Grants without a redirect: as a public client where the registration allows it ("Allow public client flows"). */
export function requirePublicOrSecret({ client, proof }: AuthenticatedClient): void {
  if (proof !== '0' || client.fallbackPublic) return
  throw new EntraError('secretMissing', {
    reason: `${client.displayName} has isFallbackPublicClient off, and sent no credential`,
  })
}

function isSecret({ digest }: StoredSecret, given: string): boolean {
  return timingSafeEqual(Buffer.from(digest), Buffer.from(secretDigest(given)))
}
