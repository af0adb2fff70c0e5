import type { AdfsUrls } from '../urls.ts'
import type { ApplicationGroups } from './applications/application-groups.ts'
import { openIdIssuer } from './oauth-urls.ts'

/** `LogoutUri?iss=…&sid=…` of every client that a browser session has visited (OpenID Connect Front-Channel Logout). */
export type FrontChannelUrls = (visited: readonly string[], sid: string | undefined) => readonly string[]

export function frontChannelUrls(
  groups: { current(): ApplicationGroups },
  urls: Pick<AdfsUrls, 'host'>,
): FrontChannelUrls {
  return (visited, sid) =>
    visited.flatMap((id) => {
      const uri = groups.current().client(id)?.logoutUri
      if (uri === undefined) return []
      const url = new URL(uri)
      url.searchParams.set('iss', openIdIssuer(urls))
      if (sid !== undefined) url.searchParams.set('sid', sid)
      return [url.href]
    })
}
