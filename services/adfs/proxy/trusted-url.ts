/** Why a URL does not lie under any of the trusted prefixes; undefined when it does. */
export function untrustedUrl(candidate: string, trusted: readonly string[]): string | undefined {
  const url = plainUrl(candidate)
  if (!url) return `"${candidate}" is no plain absolute URL`
  if (trusted.some((prefix) => liesUnder(url, prefix))) return undefined
  return `"${candidate}" lies under none of [${trusted.join(', ')}]`
}

/**
 * Browsers and back ends read some URLs differently: backslashes, user information, control characters and encoded
 * path separators are refused instead of interpreted.
 */
function plainUrl(text: string): URL | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
  if (!/^https?:\/\/[^/]/i.test(text) || /[\\\s\u0000-\u001f\u007f]/.test(text)) return undefined
  const url = URL.parse(text)
  if (!url || authorityOf(text).includes('@')) return undefined
  return /%(2f|5c|00)/i.test(url.pathname) || url.pathname.includes('//') ? undefined : url
}

function authorityOf(text: string): string {
  return /^[^:]+:\/\/([^/?#]*)/.exec(text)?.[1] ?? ''
}

/** Scheme, host and port equal, path below the prefix on a segment boundary ([MS-ADFSPIP] §3.12.5.1.1). */
function liesUnder(url: URL, prefix: string): boolean {
  const trusted = URL.parse(prefix)
  if (trusted?.origin !== url.origin) return false
  const path = `${withoutEndSlash(url.pathname)}/`.toLowerCase()
  return path.startsWith(`${withoutEndSlash(trusted.pathname)}/`.toLowerCase())
}

function withoutEndSlash(path: string): string {
  return path.replace(/\/$/, '')
}

/** Adds a parameter behind whatever the query already holds, which stays as it is written. */
export function withParameter(target: string, name: string, value: string): string {
  const url = new URL(target)
  url.search = `${url.search}${url.search === '' ? '?' : '&'}${name}=${encodeURIComponent(value)}`
  return url.href
}

/** AD FS names the port in the addresses it writes even where it is the default. */
export function withExplicitPort(target: string): string {
  const url = new URL(target)
  const port = url.port || (url.protocol === 'http:' ? '80' : '443')
  return `${url.protocol}//${url.hostname}:${port}${target.slice(target.indexOf('//') + 2).replace(/^[^/?#]*/, '')}`
}
