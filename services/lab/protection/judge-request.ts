import { isIP } from 'node:net'

/** What a browser, or whoever pretends to be one, tells of where a request comes from. */
export interface RequestOrigin {
  readonly method: string
  readonly host: string | undefined
  /** The address of the gateway that the browser used; set by the gateway. */
  readonly forwardedHost: string | undefined
  /** The address that the connection was made to. */
  readonly localAddress: string | undefined
  readonly origin: string | undefined
  readonly fetchSite: string | undefined
  readonly fetchMode: string | undefined
}

export type Verdict = 'sameOrigin' | 'notABrowser' | 'navigation' | 'foreignHost' | 'foreignOrigin'

const loopbackNames = ['localhost', '127.0.0.1', '[::1]']
const safeMethods = ['GET', 'HEAD']

/**
 * Whether a page of somebody else is behind a request. A name that was re-pointed to this machine (DNS rebinding)
 * arrives as a foreign Host; a page of another site as a foreign Origin or Sec-Fetch-Site (Fetch Metadata §2).
 */
export function judgeRequest(request: RequestOrigin, deployment: string): Verdict {
  const { host, forwardedHost, origin } = request
  const reached = forwardedHost ?? host
  const hop = forwardedHost === undefined ? [] : [deployment]
  if (!isOwnName(host, request, hop)) return 'foreignHost'
  // The gateway knows which addresses lead to it (--bind 0.0.0.0); unlike a name, none can be re-pointed to it.
  if (!isAddress(forwardedHost) && !isOwnName(reached, request, [])) return 'foreignHost'
  if (origin !== undefined) return origin === `http://${reached}` ? 'sameOrigin' : 'foreignOrigin'
  return judgeFetchSite(request)
}

function judgeFetchSite({ method, fetchSite, fetchMode }: RequestOrigin): Verdict {
  if (fetchSite === undefined) return 'notABrowser'
  if (fetchSite === 'same-origin') return 'sameOrigin'
  // A link, a bookmark, an address typed in: harmless as long as it only reads.
  const visits = safeMethods.includes(method) && fetchMode === 'navigate'
  return visits || fetchSite === 'none' ? 'navigation' : 'foreignOrigin'
}

function isAddress(host: string | undefined): boolean {
  return isIP(nameOf(host)?.replace(/^\[|\]$/g, '') ?? '') !== 0
}

/** Without its port. */
function nameOf(host: string | undefined): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host ?? '')?.[1]
}

function isOwnName(host: string | undefined, { localAddress }: RequestOrigin, more: readonly string[]): boolean {
  const name = nameOf(host)
  if (name === undefined) return false
  return [...loopbackNames, ...addressNames(localAddress), ...more].includes(name.toLowerCase())
}

function addressNames(address: string | undefined): readonly string[] {
  if (address === undefined) return []
  const plain = address.replace(/^::ffff:/i, '')
  if (isIP(plain) === 4) return [plain]
  return isIP(address) === 6 ? [`[${address.toLowerCase()}]`] : []
}
