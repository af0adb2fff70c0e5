import type { FastifyReply, FastifyRequest } from 'fastify'
import { readParameters } from '#shared/oauth/request-parameters.ts'
import type { AdfsUrls } from '../urls.ts'
import { OAuthError } from './oauth-error.ts'
import { openIdIssuer } from './oauth-urls.ts'

/** MSAL and ADAL ask for it, to validate an authority before anybody signs in there. */
const trustedRealm = 'http://schemas.microsoft.com/rel/trusted-realm'
/** OpenID Connect Discovery 1.0 §2. */
const issuerOfResource = 'http://openid.net/specs/connect/1.0/issuer'

/**
 * `GET /.well-known/webfinger?resource=…[&rel=…]` (RFC 7033): the farm vouches for its own host as a trusted realm,
 * and names itself as the issuer for the host and for `acct:` names, which it does not look up.
 */
export function answerWebFinger(urls: AdfsUrls) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const resource = askedResource(request.query)
    const links = linksOf(urls, resource)
    if (links.length === 0) {
      throw new OAuthError('resourceUnknown', { reason: `${resource} is no address of ${urls.host} and no acct: name` })
    }
    const wanted = wantedRelations(request.query)
    const document = { subject: resource, links: links.filter(({ rel }) => wanted?.includes(rel) ?? true) }
    return reply.type('application/jrd+json; charset=utf-8').send(JSON.stringify(document))
  }
}

function askedResource(query: unknown): string {
  const { values, doubled } = readParameters(query, { names: ['resource'] as const })
  const parameter = 'resource'
  if (doubled.length > 0)
    throw new OAuthError('parameterDoubled', { parameter, reason: 'resource came more than once' })
  if (values.resource !== undefined) return values.resource
  throw new OAuthError('parameterMissing', { parameter, reason: 'WebFinger is asked about a resource (RFC 7033 §4.2)' })
}

/** RFC 7033 §4.3: one or several; undefined asks for all. */
function wantedRelations(query: unknown): readonly string[] | undefined {
  const { rel } = query as { rel?: string | readonly string[] }
  return rel === undefined ? undefined : [rel].flat()
}

function linksOf(urls: AdfsUrls, resource: string): readonly { readonly rel: string; readonly href: string }[] {
  const issuer = { rel: issuerOfResource, href: openIdIssuer(urls) }
  if (/^acct:[^@\s]+@[^@\s]+$/i.test(resource)) return [issuer]
  // Clients compare the address with the one they sent, byte for byte.
  return hostOf(resource) === urls.host ? [{ rel: trustedRealm, href: resource }, issuer] : []
}

function hostOf(resource: string): string | undefined {
  return URL.canParse(resource) ? new URL(resource).hostname : undefined
}
