import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Claims } from '#shared/jwt/own-token.ts'
import { readParameters } from '#shared/oauth/request-parameters.ts'
import { visitAt } from '../sign-in/visit-at.ts'
import { signOutEverywhere } from '../sign-out/sign-out.ts'
import { isRegistered } from './authorize/reply-address.ts'
import type { OAuthParts } from './oauth-parts.ts'
import { oauthPaths } from './oauth-urls.ts'

/** /adfs/oauth2/logout ("Single log-out for OpenID Connect with AD FS"). */
export async function answerLogout(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: OAuthParts,
): Promise<FastifyReply> {
  const source = request.method === 'POST' ? request.body : request.query
  const names = ['id_token_hint', 'post_logout_redirect_uri', 'state'] as const
  const { values, doubled } = readParameters(source, { names, keepEmpty: ['state'] })
  const hint = values.id_token_hint === undefined ? undefined : await parts.builder.signer.read(values.id_token_hint)
  const onward = doubled.length > 0 ? { reason: 'a parameter came twice' } : returnUrl(values, hint, parts)
  request.recording.note({ reason: onward.reason })
  const visit = await visitAt(request, reply, parts, oauthPaths.logout)
  return signOutEverywhere(visit, false, parts.signOut, onward.url)
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
