import type { FastifyRequest } from 'fastify'
import { ExchangeError } from '../errors.ts'
import { usesForms } from '../organization/virtual-directories.ts'
import type { ExchangeParts } from '../parts.ts'
import { directoryOf, logonUrl } from '../urls.ts'
import { clearClientCookies, setClientCookies } from '../web-session/client-cookies.ts'
import type { SessionCookies, WebSignIn } from '../web-session/web-sign-in.ts'
import { cadataCookies, hasCadata } from './cadata-cookies.ts'

/**
 * Forms-based authentication beside claims-based ("Set-OwaVirtualDirectory"): which of the two holds for a directory is
 * asked for each request, so that a change of the administrator takes effect at once. A session of the one is none
 * under the other.
 */
export function formsOrClaims(parts: ExchangeParts, claims: WebSignIn): WebSignIn {
  const { organization, config } = parts
  const forms = cadataCookies(parts.sealingKey, parts.context.random)
  const holds = (request: FastifyRequest) => usesForms(organization, config, directoryOf(request.url))
  return {
    ...claims,
    cookies: eitherCookies(claims.cookies, forms, holds),
    accept: async (request, reply, directory) => {
      if (await holds(request)) throw new ExchangeError('loginTimeout', 'AD FS authentication is off in this directory')
      return claims.accept(request, reply, directory)
    },
    settle: (request, reply, session) => setClientCookies(request, reply, parts, session),
    challenge: async (request, reply, directory) =>
      (await holds(request)) ? logonUrl(whereTo(request), 0) : claims.challenge(request, reply, directory),
    signOutUrl: async (request) =>
      (await holds(request)) ? `/${directoryOf(request.url)}/auth/signout.aspx` : claims.signOutUrl(request),
    timedOutUrl: async (request) => ((await holds(request)) ? logonUrl(whereTo(request), 3) : undefined),
  }
}

function whereTo(request: FastifyRequest): string {
  return `https://${request.host}${request.url}`
}

/** Written by whoever signs in; read by what holds now. */
function eitherCookies(
  claims: SessionCookies,
  forms: SessionCookies,
  holds: (request: FastifyRequest) => Promise<boolean>,
): SessionCookies {
  return {
    read: async (request, directory) => ((await holds(request)) ? forms : claims).read(request, directory),
    write: async (reply, directory, kept) =>
      ((await holds(reply.request)) ? forms : claims).write(reply, directory, kept),
    clear: (request, reply, directory) => {
      claims.clear(request, reply, directory)
      clearClientCookies(request, reply, directory)
      if (hasCadata(request)) forms.clear(request, reply, directory)
    },
  }
}
