import { type EndpointVersion, issuerOf } from '../urls.ts'
import type { SessionAccount } from './browser-session.ts'
import type { SignInServices } from './services.ts'

/** The applications' own sign-out URLs, each for a hidden frame: `?iss=&sid=` (OpenID Connect Front-Channel Logout §3). */
export function frontChannelUrls(
  { applications: registry, tenant }: Pick<SignInServices['config'], 'applications' | 'tenant'>,
  accounts: readonly SessionAccount[],
  version: EndpointVersion,
): readonly string[] {
  const issuer = issuerOf(version, tenant.id)
  const urls = accounts.flatMap(({ sid, applications }) =>
    applications.flatMap((id) => {
      const logoutUrl = registry.byId(id)?.logoutUrl
      if (logoutUrl === undefined) return []
      const url = new URL(logoutUrl)
      url.searchParams.set('iss', issuer)
      url.searchParams.set('sid', sid)
      return [url.href]
    }),
  )
  return [...new Set(urls)]
}
