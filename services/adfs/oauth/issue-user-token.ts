import type { OAuthClient, WebApi } from './applications/application-groups.ts'
import type { OAuthGrant } from './oauth-grant.ts'
import type { OAuthParts } from './oauth-parts.ts'
import { type IssuedAccessToken, issueAccessToken } from './tokens/tokens.ts'

/** An access token, remembered when its scope lets the Web API act on behalf of the person. */
export async function issueUserToken(
  subject: { readonly client: OAuthClient; readonly api: WebApi; readonly grant: OAuthGrant },
  { builder, grants, combine }: OAuthParts,
): Promise<IssuedAccessToken> {
  const issued = await issueAccessToken(builder, subject)
  if (subject.grant.scopes.includes('user_impersonation')) {
    const expiresAt = new Date(builder.clock.now().getTime() + issued.expiresIn * 1000)
    await grants.rememberAccessToken(issued.token, subject.grant, expiresAt)
  }
  const { identifiers } = subject.api.trust.settings
  return { ...issued, token: await combine(identifiers, subject.grant, issued.token) }
}
