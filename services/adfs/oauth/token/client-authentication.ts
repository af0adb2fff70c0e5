import { createHash, timingSafeEqual } from 'node:crypto'
import { Gap } from '#shared/errors.ts'
import type { OAuthClient } from '../applications/application-groups.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OAuthParts } from '../oauth-parts.ts'
import { assertionType, checkClientAssertion } from './client-assertion.ts'
import type { TokenParameters } from './token-parameters.ts'

/**
 * The client of a token request. A public client names itself; a confidential one proves itself by secret (in the body or
 * in Basic) or by an assertion ("AD FS OpenID Connect/OAuth flows and application scenarios").
 *
 * @throws OAuthError MSIS9607 when the client is unknown, MSIS9622 when its proof is missing or wrong.
 */
export async function authenticateClient(
  parameters: TokenParameters,
  authorization: string | undefined,
  parts: OAuthParts,
): Promise<OAuthClient> {
  const basic = basicCredentials(authorization)
  const client = namedClient(basic?.clientId ?? parameters.client_id, parts)
  if (basic && parameters.client_secret !== undefined) throw failed('a secret came both in Basic and in the body')
  if (parameters.use_windows_client_authentication?.toLowerCase() === 'true') {
    throw new Gap('Windows authentication of OAuth clients', 'services/adfs/README.md, "Windows client authentication"')
  }
  const proof = { secret: basic?.secret ?? parameters.client_secret, assertion: parameters.client_assertion }
  if (client.type === 'Public') refuseProof(client, proof)
  else if (proof.assertion !== undefined) await checkAssertion(client, proof.assertion, parameters, parts)
  else checkSecret(client, proof.secret)
  return client
}

function refuseProof(
  { name }: OAuthClient,
  { secret, assertion }: { secret: string | undefined; assertion: string | undefined },
): void {
  if (secret === undefined && assertion === undefined) return
  throw failed(`"${name}" is a native application, and a credential was sent`)
}

async function checkAssertion(
  client: OAuthClient,
  assertion: string,
  { client_assertion_type: type = '' }: TokenParameters,
  parts: OAuthParts,
): Promise<void> {
  if (type !== assertionType) throw failed(`client_assertion_type "${type}" is not ${assertionType}`)
  await checkClientAssertion(client, assertion, parts)
}

/** The client that a request without a proof names. */
export function namedClient(clientId: string | undefined, { groups }: Pick<OAuthParts, 'groups'>): OAuthClient {
  if (clientId === undefined) {
    throw new OAuthError('parameterMissing', { parameter: 'client_id', reason: 'client_id is missing' })
  }
  const client = groups().client(clientId)
  if (client) return client
  throw new OAuthError('clientUnknown', {
    reason: `client_id "${clientId}" is none of [${groups()
      .clients.map((each) => each.clientId)
      .join(', ')}]`,
  })
}

/** RFC 6749 §2.3.1: form-encoded in Basic. */
function basicCredentials(authorization: string | undefined) {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  if (colon < 0) throw failed('the Basic credentials have no colon')
  return { clientId: formDecoded(text.slice(0, colon)), secret: formDecoded(text.slice(colon + 1)) }
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

function checkSecret(client: OAuthClient, given: string | undefined): void {
  if (given === undefined) throw failed(`"${client.name}" is a server application and sent no credential`)
  if (client.secret === undefined) throw failed(`"${client.name}" has no secret, it proves itself by certificate`)
  if (!timingSafeEqual(digest(client.secret), digest(given))) throw failed(`the secret is not that of "${client.name}"`)
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function failed(reason: string): OAuthError {
  return new OAuthError('clientAuthenticationFailed', { reason })
}
