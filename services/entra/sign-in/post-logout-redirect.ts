import type { Application } from '../applications/application.ts'
import type { ApplicationRegistry } from '../applications/registry.ts'
import { sameRedirect } from '../authorize/redirect-uri-registered.ts'

/** Where an application wants the browser after sign-out (OpenID Connect RP-Initiated Logout §2). */
export interface PostLogoutRedirect {
  readonly post_logout_redirect_uri?: string | undefined
  readonly state?: string | undefined
}

export function isRegistered({ redirectUris }: Application, uri: string): boolean {
  return Object.values(redirectUris).some((list) => list.some((registered) => sameRedirect(registered, uri)))
}

export function withState(uri: string, state: string | undefined): string {
  if (state === undefined) return uri
  return `${uri}${uri.includes('?') ? '&' : '?'}state=${encodeURIComponent(state)}`
}

/** The two parameters as a query, for somebody else to bring back. */
export function asQuery({ post_logout_redirect_uri: uri, state }: PostLogoutRedirect): string | undefined {
  if (uri === undefined) return undefined
  return `${new URLSearchParams({ post_logout_redirect_uri: uri, ...(state !== undefined && { state }) })}`
}

/** What came back is anybody's: the address counts only where one of all applications has registered it. */
export function fromQuery(applications: Pick<ApplicationRegistry, 'all'>, query: URLSearchParams): string | undefined {
  const uri = query.get('post_logout_redirect_uri')
  if (uri === null || !applications.all.some((application) => isRegistered(application, uri))) return undefined
  return withState(uri, query.get('state') ?? undefined)
}
