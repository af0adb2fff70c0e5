import { signInUrl } from '#shared/ws-federation/sign-in-url.ts'
import { encodeQueryValue } from '#shared/ws-federation/url-encode.ts'
import { localPath } from '../web-session/local-path.ts'
import type { VirtualDirectory } from '../web-session/web-sign-in.ts'

export interface SignInRequest {
  readonly adfsIssuer: string
  /** With the port, when it is not the usual one. */
  readonly host: string
  readonly directory: VirtualDirectory
  readonly pathAndQuery: string
  readonly now: Date
}

/** The redirect of Windows Identity Foundation's passive module: a realm from the request's own host, `ru` encoded twice. */
export function signInRequestUrl({ adfsIssuer, host, directory, pathAndQuery, now }: SignInRequest): string {
  return signInUrl({
    endpoint: adfsIssuer,
    wtrealm: `https://${host}/${directory}/`,
    wctx: `rm=0&id=passive&ru=${encodeQueryValue(pathAndQuery)}`,
    wct: now.toISOString().replace(/\.\d+Z$/, 'Z'),
  })
}

/** Where the person wanted to go; `wctx` comes back through the browser, unsigned, so only a local path counts. */
export function returnPathOf(wctx: unknown, directory: VirtualDirectory): string {
  const wanted = typeof wctx === 'string' ? new URLSearchParams(wctx).get('ru') : null
  return localPath(wanted) ?? `/${directory}/`
}

/**
 * The product takes an answer only from a page of AD FS, or from one whose address the browser cut to the origin, as
 * browsers do between origins; it asks for nothing else that would tie the answer to the browser.
 */
export function mayComeFrom(referer: string | undefined, adfsIssuer: string): boolean {
  if (referer === undefined || referer.startsWith(adfsIssuer)) return true
  if (!URL.canParse(referer)) return false
  const { pathname } = new URL(referer)
  return pathname === '' || pathname === '/'
}
