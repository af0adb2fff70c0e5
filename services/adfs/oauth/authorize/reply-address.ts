import { AdfsError } from '../../errors.ts'
import type { ApplicationGroups, OAuthClient } from '../applications/application-groups.ts'

export interface ClientAddress {
  readonly client: OAuthClient
  readonly redirectUri: string
}

/** Until client and address are known to belong together nothing is sent there: the error page answers. */
export function replyAddress(
  groups: ApplicationGroups,
  clientId: string | undefined,
  redirectUri: string | undefined,
): ClientAddress {
  if (clientId === undefined) {
    throw new AdfsError('oauthParameterMissing', { reason: 'client_id is missing', values: ['client_id'] })
  }
  const client = groups.client(clientId)
  if (!client) {
    const reason = `client_id "${clientId}" is none of [${groups.clients.map((each) => each.clientId).join(', ')}]`
    throw new AdfsError('oauthClientUnknown', { reason, values: [clientId] })
  }
  const [only, ...others] = client.redirectUris
  if (redirectUri === undefined && only !== undefined && others.length === 0) return { client, redirectUri: only }
  if (redirectUri === undefined) {
    const reason = `redirect_uri is missing, and "${client.name}" has ${client.redirectUris.length} of them`
    throw new AdfsError('oauthParameterMissing', { reason, values: ['redirect_uri'] })
  }
  if (client.redirectUris.some((registered) => isRegistered(client, registered, redirectUri)))
    return { client, redirectUri }
  throw new AdfsError('oauthRedirectUnknown', {
    reason: `redirect_uri "${redirectUri}" is none of [${client.redirectUris.join(', ')}] of "${client.name}"`,
    values: [client.clientId, redirectUri],
  })
}

/** Exact; a native client on loopback may listen on any port (RFC 8252 §7.3, AD FS 2019). */
export function isRegistered({ type }: Pick<OAuthClient, 'type'>, registered: string, given: string): boolean {
  if (registered === given || type === 'Confidential') return registered === given
  const [wanted, got] = [loopback(registered), loopback(given)]
  return wanted !== undefined && wanted === got
}

function loopback(uri: string): string | undefined {
  if (!/^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?(\/|$)/.test(uri) || !URL.canParse(uri)) return undefined
  const url = new URL(uri)
  return `${url.hostname}${url.pathname}${url.search}${url.hash}`
}
