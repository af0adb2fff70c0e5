import type { OAuthGrant } from '../oauth/oauth-grant.ts'
import { type PreauthenticationParts, proxyToken } from './sign-in.ts'

export type CombineTokens = (identifiers: readonly string[], grant: OAuthGrant, accessToken: string) => Promise<string>

/**
 * For an application that the proxy publishes, somebody outside gets two tokens in one: the proxy's own and the
 * application's ([MS-ADFSPIP] §3.12.5.2). Everybody else gets the access token as it is.
 */
export function combinedTokens(parts: PreauthenticationParts): CombineTokens {
  const proxy = parts.trusts.all.find(({ settings }) => settings.type === 'WebApplicationProxy' && settings.enabled)
  return async (identifiers, grant, accessToken) => {
    const trust = identifiers
      .map((identifier) => parts.trusts.byIdentifier(identifier))
      .find((each) => each?.settings.enabled)
    const realm = proxy?.settings.identifiers[0]
    if (!trust || realm === undefined || grant.authentication.insideCorporateNetwork) return accessToken
    const { publishedThroughProxy, objectIdentifier } = trust.settings
    const published = await parts.publishedEndpoints(objectIdentifier)
    if (!publishedThroughProxy && published.trustedEndpoints.length === 0) return accessToken
    const bearer = {
      session: grant.authentication,
      user: grant.user,
      facts: { correlationId: '' },
    }
    const tokens = {
      proxy_token: await proxyToken({ realm, trust, grant: bearer, parts }),
      access_token: accessToken,
    }
    return Buffer.from(JSON.stringify(tokens)).toString('base64url')
  }
}
