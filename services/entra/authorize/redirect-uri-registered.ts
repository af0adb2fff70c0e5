import type { Application, RedirectKind } from '../applications/application.ts'
import { EntraError } from '../errors.ts'

export interface ClientRedirect {
  readonly uri: string
  readonly kind: RedirectKind
}

const kinds: readonly RedirectKind[] = ['web', 'spa', 'publicClient']

/** @throws EntraError when the client may not be answered there. */
export function registeredRedirect(client: Application, given: string | undefined): ClientRedirect {
  const registered = kinds.flatMap((kind) => client.redirectUris[kind].map((uri) => ({ uri, kind })))
  const [first] = registered
  if (!first) throw new EntraError('noReplyAddress', { reason: `${client.displayName} has no redirect URI` })
  if (given === undefined) return first
  const match = registered.find(({ uri }) => sameRedirect(uri, given))
  if (match) return { uri: given, kind: match.kind }
  throw new EntraError('replyAddressMismatch', {
    values: { uri: given, appId: client.appId },
    reason: `"${given}" is not registered for ${client.displayName}; registered: ${registered.map(({ uri }) => uri).join(', ')}`,
  })
}

/** Exact, but any port on loopback (RFC 8252 §7.3). */
export function sameRedirect(registered: string, given: string): boolean {
  if (registered === given) return true
  const [wanted, got] = [loopback(registered), loopback(given)]
  return wanted !== undefined && got !== undefined && wanted === got
}

/** As it is written, without the port: a path that only means the same is another one. */
function loopback(uri: string): string | undefined {
  const [, host, path = ''] = /^http:\/\/(localhost|127\.0\.0\.1)(?::\d{1,5})?(\/.*)?$/.exec(uri) ?? []
  return host && `${host}${path || '/'}`
}
