import type { IncomingHttpHeaders } from 'node:http'
import { parentHeader, serviceHeader } from '#shared/http/callers.ts'

type Headers = Record<string, string | string[] | undefined>

export const edgeAccessCookie = 'EdgeAccessCookie'

/** What a client says of itself that only the proxy may say ([MS-ADFSPIP] §2.2.1). */
function isProxyHeader(name: string): boolean {
  return (
    name.startsWith('x-ms-proxy') ||
    name.startsWith('x-ms-forwarded-client-ip') ||
    name.startsWith('x-ms-adfs-proxy') ||
    name === 'x-ms-endpoint-absolute-path'
  )
}

/** The request as the back end sees it: no forged proxy headers, no edge cookie, the back end's host. */
export function forwardedRequestHeaders(
  headers: IncomingHttpHeaders,
  hop: { requestId: string; service: string; host: string },
): Headers {
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !isProxyHeader(name.toLowerCase())))
  const cookie = withoutCookie(headers.cookie, edgeAccessCookie)
  return { ...kept, cookie, host: hop.host, [serviceHeader]: hop.service, [parentHeader]: hop.requestId }
}

function withoutCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined
  const left = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.split('=')[0] !== name)
  return left.length > 0 ? left.join('; ') : undefined
}

/** Translates the back end's host to the published one in the headers that name it. */
export function publishedResponseHeaders(headers: Headers, backend: URL, external: URL): Headers {
  if (backend.host === external.host) return headers
  const translate = (value: string) => value.replace(`//${backend.host}`, `//${external.host}`)
  const translated = { ...headers }
  for (const name of ['location', 'content-location']) {
    const value = translated[name]
    if (typeof value === 'string') translated[name] = translate(value)
  }
  const cookies = [translated['set-cookie'] ?? []].flat()
  if (cookies.length > 0) {
    translated['set-cookie'] = cookies.map((cookie) =>
      cookie.replace(new RegExp(`(domain=)${backend.hostname}`, 'i'), `$1${external.hostname}`),
    )
  }
  return translated
}
