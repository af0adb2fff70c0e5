import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import type { Claims } from '#shared/jwt/own-token.ts'
import { readParameters } from '#shared/oauth/request-parameters.ts'
import { signOutPage } from '../pages/sign-out-page.ts'
import { clearSessionCookies, sessionCookie, visitedRelyingParties } from '../sessions/cookies.ts'
import { signOut } from '../ws-federation/sign-out.ts'
import { isRegistered } from './authorize/reply-address.ts'
import type { OAuthParts } from './oauth-parts.ts'
import { openIdIssuer } from './oauth-urls.ts'

/** /adfs/oauth2/logout ("Single log-out for OpenID Connect with AD FS"). */
export async function answerLogout(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: OAuthParts,
): Promise<FastifyReply> {
  const source = request.method === 'POST' ? request.body : request.query
  const names = ['id_token_hint', 'post_logout_redirect_uri', 'state'] as const
  const { values, doubled } = readParameters(source, { names, keepEmpty: ['state'] })
  const { conversation } = parts
  const cookie = sessionCookie(request)
  const session = await conversation.sessions.find(cookie)
  await conversation.sessions.end(cookie)
  const visited = visitedRelyingParties(request)
  clearSessionCookies(reply)
  const hint = values.id_token_hint === undefined ? undefined : await parts.builder.signer.read(values.id_token_hint)
  const onward = doubled.length > 0 ? { reason: 'a parameter came twice' } : returnUrl(values, hint, parts)
  const sid = session?.user.sid ?? hintedSid(hint)
  const frames = [
    ...frontChannelUrls(visited, sid, parts),
    ...signOut(conversation.config.trusts, { visited, wreply: undefined, cleanup: false }).cleanupUrls,
  ]
  request.recording.note({
    decision: 'signedOut',
    reason: onward.reason,
    ...(session && { user: session.user.userPrincipalName }),
    detail: { relyingParties: frames.length, event: 1206 },
  })
  if (onward.url !== undefined && frames.length === 0) return reply.redirect(onward.url, 302)
  return sendPage(reply, signOutPage(conversation.theme, { cleanupUrls: frames, returnUrl: onward.url, failed: [] }))
}

interface Onward {
  readonly url?: string
  readonly reason: string
}

/** Only with a hint of this farm, and only to an address of the client that the hint was made for. */
function returnUrl(
  { post_logout_redirect_uri: uri, state }: { post_logout_redirect_uri?: string; state?: string },
  hint: Claims | undefined,
  { groups }: OAuthParts,
): Onward {
  if (uri === undefined) return { reason: 'there is no post_logout_redirect_uri' }
  const client = typeof hint?.aud === 'string' ? groups().client(hint.aud) : undefined
  if (!client) return { reason: 'id_token_hint is missing or no id_token of this AD FS: nobody is sent on' }
  const registered = [...client.redirectUris, ...(client.logoutUri === undefined ? [] : [client.logoutUri])]
  if (!registered.some((each) => isRegistered(client, each, uri))) {
    return { reason: `post_logout_redirect_uri "${uri}" is none of [${registered.join(', ')}]` }
  }
  const query = state === undefined ? '' : `${uri.includes('?') ? '&' : '?'}state=${encodeURIComponent(state)}`
  return { url: `${uri}${query}`, reason: `sent on to ${uri}` }
}

function hintedSid(hint: Claims | undefined): string | undefined {
  return typeof hint?.sid === 'string' ? hint.sid : undefined
}

/** `LogoutUri?iss=…&sid=…` of every client that this browser session has visited (OpenID Connect Front-Channel Logout). */
export function frontChannelUrls(
  visited: readonly string[],
  sid: string | undefined,
  { groups, conversation }: Pick<OAuthParts, 'groups' | 'conversation'>,
): readonly string[] {
  return visited.flatMap((id) => {
    const uri = groups().client(id)?.logoutUri
    if (uri === undefined) return []
    const url = new URL(uri)
    url.searchParams.set('iss', openIdIssuer(conversation.config.urls))
    if (sid !== undefined) url.searchParams.set('sid', sid)
    return [url.href]
  })
}
