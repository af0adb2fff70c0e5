import { windowsAccountName } from '../../directory/directory-user.ts'
import type { Session } from '../../sessions/session.ts'
import type { Grant, SignInRequest, TokenAnswer } from '../../sign-in/sign-in-request.ts'
import { issueClaims } from '../../tokens/issue-claims.ts'
import { issueUserToken } from '../issue-user-token.ts'
import { OAuthError, type OAuthErrorKey } from '../oauth-error.ts'
import { grantedAuthentication, type OAuthGrant } from '../oauth-grant.ts'
import type { OAuthParts } from '../oauth-parts.ts'
import type { RequestedAccess } from '../requested-access.ts'
import { pairwiseSubject } from '../tokens/subject.ts'
import { issueIdToken } from '../tokens/tokens.ts'
import { answerClient, answerError, type ReplyTo } from './answer-client.ts'
import type { AuthorizeRequest } from './authorize-request.ts'

/** An authorization request as a sign-in: the conversation finds out who it is, and this says what they get. */
export async function oauthSignIn(
  request: AuthorizeRequest,
  { key, replyTo }: { readonly key: string; readonly replyTo: ReplyTo },
  parts: OAuthParts,
): Promise<SignInRequest> {
  const { client, access } = request
  const { trust } = access.api
  const refuse = (error: OAuthErrorKey, reason: string) => answerError(replyTo, new OAuthError(error, { reason }))
  const hinted = await hintedSubject(request, parts)
  return {
    protocol: 'OAuth 2.0',
    trust,
    policyTrusts: [trust],
    freshness: request.freshness,
    method: request.method,
    loginHint: request.loginHint,
    key,
    visits: client.clientId,
    ...(request.secondFactorMaximumAge !== undefined && { secondFactorMaximumAge: request.secondFactorMaximumAge }),
    ...(hinted !== undefined && { sessionMismatch: (session) => mismatch(session, hinted, client.clientId, parts) }),
    ...(request.silent && {
      withoutPrompt: async (missing) =>
        missing === 'credentials'
          ? refuse('loginRequired', 'prompt=none, and the session does not do')
          : refuse('interactionRequired', 'prompt=none, and a second factor is missing'),
    }),
    denied: async (reason) => refuse('accessDenied', reason),
    respond: (grant) => respond(request, grant, replyTo, parts),
  }
}

/** `sub` of id_token_hint: the answer has to be about that person. An expired hint will do (OpenID Connect Core §3.1.2.1). */
async function hintedSubject(
  { idTokenHint, client }: AuthorizeRequest,
  parts: OAuthParts,
): Promise<string | undefined> {
  if (idTokenHint === undefined) return undefined
  const claims = await parts.builder.signer.read(idTokenHint)
  if (claims?.aud === client.clientId && typeof claims.sub === 'string') return claims.sub
  const reason = 'id_token_hint is no id_token of this AD FS for this client'
  throw new OAuthError('parameterInvalid', { parameter: 'id_token_hint', reason })
}

function mismatch(session: Session, subject: string, clientId: string, { builder }: OAuthParts): string | undefined {
  const own = pairwiseSubject(clientId, session.user.sid, builder.identifier)
  return own === subject ? undefined : 'id_token_hint names somebody else'
}

/** What codes, device codes and tokens remember of a grant that the policies have permitted. */
export async function oauthGrant(clientId: string, access: RequestedAccess, grant: Grant): Promise<OAuthGrant> {
  const claims = await issueClaims(access.api.trust, grant)
  const { user, session } = grant
  return {
    clientId,
    resource: access.api.trust.settings.identifiers[0] ?? '',
    audience: access.audience,
    scopes: access.scopes,
    user: {
      sid: user.sid,
      userPrincipalName: user.userPrincipalName,
      account: windowsAccountName(user),
      ...(session.provider && { partner: true }),
    },
    authentication: grantedAuthentication(session),
    claims: claims.map(({ type, value, valueType }) => ({ type, value, valueType })),
  }
}

async function respond(
  request: AuthorizeRequest,
  grant: Grant,
  replyTo: ReplyTo,
  parts: OAuthParts,
): Promise<TokenAnswer> {
  const { client, access, responseTypes, nonce, proofKey, redirectUri } = request
  const granted = await oauthGrant(client.clientId, access, grant)
  const code = responseTypes.includes('code')
    ? await parts.grants.issueCode({ ...granted, redirectUri, proofKey, nonce })
    : undefined
  const issued = responseTypes.includes('token')
    ? await issueUserToken({ client, api: access.api, grant: granted }, parts)
    : undefined
  const idToken = responseTypes.includes('id_token')
    ? await issueIdToken(parts.builder, { client, grant: granted, nonce, accessToken: issued?.token, code })
    : undefined
  return answerClient(replyTo, {
    ...(code !== undefined && { code }),
    ...(issued && {
      access_token: issued.token,
      token_type: 'bearer',
      expires_in: String(issued.expiresIn),
      ...(granted.scopes.length > 0 && { scope: granted.scopes.join(' ') }),
    }),
    ...(idToken !== undefined && { id_token: idToken }),
  })
}
