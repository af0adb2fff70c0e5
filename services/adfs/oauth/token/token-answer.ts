import type { OAuthClient, WebApi } from '../applications/application-groups.ts'
import { issueUserToken } from '../issue-user-token.ts'
import type { OAuthGrant } from '../oauth-grant.ts'
import type { OAuthParts } from '../oauth-parts.ts'
import { issueIdToken } from '../tokens/tokens.ts'
import type { GrantOutcome } from './token-request.ts'

interface TokenAnswerOptions {
  readonly decision: string
  readonly nonce?: string | undefined
  /** Whether a refresh token may go with it. */
  readonly refreshable: boolean
}

/** The answer of every grant that is about a person ([MS-OAPX] §3.2.5.2.1). */
export async function tokenAnswer(
  { client, api, grant }: { client: OAuthClient; api: WebApi; grant: OAuthGrant },
  { decision, nonce, refreshable }: TokenAnswerOptions,
  parts: OAuthParts,
): Promise<GrantOutcome> {
  const { token, expiresIn } = await issueUserToken({ client, api, grant }, parts)
  const refresh = refreshable ? await refreshMembers(api, grant, parts) : {}
  const answer = {
    access_token: token,
    token_type: 'bearer',
    expires_in: expiresIn,
    resource: grant.resource,
    ...refresh,
    ...(grant.scopes.length > 0 && { scope: grant.scopes.join(' ') }),
    ...(grant.scopes.includes('openid') && { id_token: await issueIdToken(parts.builder, { client, grant, nonce }) }),
  }
  return { answer, decision, user: grant.user.userPrincipalName }
}

/** IssueOAuthRefreshTokensTo: to anybody, to devices that proved themselves when the person signed in, or to nobody. */
async function refreshMembers({ refreshTokensTo }: WebApi, grant: OAuthGrant, parts: OAuthParts) {
  const joined = grant.authentication.device?.deviceId !== undefined
  const gets = refreshTokensTo === 'AllDevices' || (refreshTokensTo === 'WorkplaceJoinedDevices' && joined)
  if (!gets || grant.user.partner) return {}
  const issuedAt = parts.conversation.clock.now().getTime()
  const endsAt = Date.parse(grant.authentication.expiresAt)
  if (endsAt <= issuedAt) return {}
  const { claims: _evaluatedAgain, ...kept } = grant
  return {
    refresh_token: await parts.grants.issueRefreshToken({ ...kept, claims: [], issuedAt, endsAt }),
    refresh_token_expires_in: Math.floor((endsAt - issuedAt) / 1000),
  }
}
