import { parentHeader, serviceHeader } from '#shared/http/callers.ts'
import { type Headers, withoutHopByHop } from '../relay/transport.ts'

export const edgeAccessCookie = 'EdgeAccessCookie'

/** What a client says of itself that only the proxy may say ([MS-ADFSPIP] §2.2.1), and what services say to each other. */
function isReserved(name: string): boolean {
  return (
    name.startsWith('x-ms-proxy') ||
    name.startsWith('x-ms-forwarded-client-ip') ||
    name.startsWith('x-ms-adfs-proxy') ||
    name === 'x-ms-endpoint-absolute-path' ||
    name === 'x-ms-target-role' ||
    name.startsWith('fauxchange-')
  )
}

export interface Hop {
  readonly requestId: string
  readonly service: string
  readonly host: string
}

/** The request as the back end sees it: no forged proxy headers, no edge cookie, nothing of the connection, its host. */
export function forwardedRequestHeaders(headers: Headers, hop: Hop): Headers {
  // The proxy itself has told the client to go on.
  const { expect: _answered, ...received } = withoutHopByHop(headers)
  const kept = Object.entries(received).filter(([name]) => !name.startsWith(':') && !isReserved(name.toLowerCase()))
  return {
    ...Object.fromEntries(kept),
    cookie: withoutCookie([headers.cookie ?? []].flat().join('; '), edgeAccessCookie),
    host: hop.host,
    [serviceHeader]: hop.service,
    [parentHeader]: hop.requestId,
  }
}

function withoutCookie(header: string, name: string): string | undefined {
  const left = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '' && pair.split('=')[0]?.trim().toLowerCase() !== name.toLowerCase())
  return left.length > 0 ? left.join('; ') : undefined
}

/** Translates the back end's host to the published one in the headers that name it. */
export function publishedResponseHeaders(headers: Headers, backend: URL, external: URL): Headers {
  if (backend.host === external.host) return headers
  const translate = (value: string) =>
    value.replace(/^(https?:)?\/\/([^/?#]*)/i, (written, _scheme, host: string) =>
      host.toLowerCase() === backend.host ? `${external.protocol}//${external.host}` : written,
    )
  const translated = { ...headers }
  for (const name of ['location', 'content-location']) {
    const value = translated[name]
    if (typeof value === 'string') translated[name] = translate(value)
  }
  const cookies = [translated['set-cookie'] ?? []].flat()
  if (cookies.length > 0) translated['set-cookie'] = cookies.map((cookie) => translateDomain(cookie, backend, external))
  return translated
}

function translateDomain(cookie: string, backend: URL, external: URL): string {
  return cookie.replace(/;(\s*domain=\.?)([^;]*)/i, (written, attribute: string, domain: string) =>
    domain.trim().toLowerCase() === backend.hostname ? `;${attribute}${external.hostname}` : written,
  )
}

/** The same, with a cookie of the proxy's own. */
export function withCookie(headers: Headers, cookie: string): Headers {
  return { ...headers, 'set-cookie': [...[headers['set-cookie'] ?? []].flat(), cookie] }
}
