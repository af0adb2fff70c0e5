import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Claims } from '#shared/jwt/own-token.ts'
import type { ExpiringStore } from '#shared/store/expiring.ts'
import { adminPortalId } from '../applications/first-party.ts'
import type { SignInServices } from '../sign-in/services.ts'
import { adminUrls, endpointsOf, issuerOf, loginHost } from '../urls.ts'
import { PortalError } from './portal-error.ts'
import type { PortalSessions } from './portal-session.ts'

type PortalSignInParts = Pick<SignInServices, 'config' | 'clock' | 'random' | 'signer'> & {
  readonly expiring: ExpiringStore
  readonly sessions: PortalSessions
}

/** What the browser took along to the authority. */
interface Departure {
  readonly nonce: string
  readonly returnTo: string
}

export interface PortalSignIn {
  /** Sends the browser to the authority. */
  leave(request: FastifyRequest, reply: FastifyReply, prompt?: 'select_account'): Promise<FastifyReply>
  /** Takes the authority's answer (OpenID Connect, response mode form_post). */
  arrive(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>
}

const kind = 'portalDeparture'
const cookie = '__Host-portal-state'
// The answer is a form post of another site, with which a browser sends no other cookies.
const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'none' } as const
const minutes = 60_000

const answerSchema = z.object({
  state: z.string().optional(),
  id_token: z.string().optional(),
  error: z.string().optional(),
  error_description: z.string().optional(),
})

export function portalSignIn(parts: PortalSignInParts): PortalSignIn {
  const { expiring, random, clock, sessions } = parts
  return {
    async leave(request, reply, prompt) {
      const [state, nonce] = [random.token(32), random.token(32)]
      const value: Departure = { nonce, returnTo: ownPath(request) }
      await expiring.put(kind, state, { value, expiresAt: new Date(clock.now().getTime() + 60 * minutes) })
      reply.setCookie(cookie, state, attributes)
      request.recording.note({ decision: 'adminSignIn' })
      return reply.redirect(authorizeUrl({ state, nonce, ...(prompt && { prompt }) }))
    },
    async arrive(request, reply) {
      const answer = answerSchema.safeParse(request.body ?? {}).data ?? {}
      const departure = await departureOf(parts, request, answer.state)
      reply.clearCookie(cookie, attributes)
      if (answer.error !== undefined) {
        throw new PortalError('signInFailed', `the authority answered ${answer.error}`, answer.error_description)
      }
      const claims = await verifiedClaims(parts, answer.id_token ?? '', departure.nonce)
      request.recording.note({ decision: 'adminSignedIn', user: String(claims.preferred_username ?? '') })
      await sessions.begin(request, reply, { objectId: String(claims.oid), sid: String(claims.sid) })
      return reply.redirect(departure.returnTo, 303)
    },
  }
}

function authorizeUrl(more: Readonly<Record<string, string>>): string {
  const parameters = {
    client_id: adminPortalId,
    redirect_uri: adminUrls.signInReturn,
    response_type: 'id_token',
    response_mode: 'form_post',
    scope: `openid profile ${adminPortalId}/.default`,
    ...more,
  }
  return `${endpointsOf(2, loginHost, 'organizations').authorize}?${new URLSearchParams(parameters)}`
}

/** A path of this host that was asked for; never another host's (`//elsewhere`). */
function ownPath({ method, url }: FastifyRequest): string {
  return method === 'GET' && url !== adminUrls.signInAgain && /^\/(?![/\\])/.test(url) ? url : '/'
}

/** Of this browser, and once. */
async function departureOf(
  { expiring, clock }: PortalSignInParts,
  request: FastifyRequest,
  state: string | undefined,
): Promise<Departure> {
  if (state === undefined || request.cookies[cookie] !== state) {
    throw new PortalError('signInFailed', 'state is not the one that this browser left with')
  }
  const departure = await expiring.get<Departure>(kind, state, clock.now())
  if (departure && (await expiring.delete(kind, state))) return departure
  throw new PortalError('signInFailed', 'this answer came before, or an hour too late')
}

/** OpenID Connect Core §3.2.2.11. @throws PortalError. */
async function verifiedClaims(
  { signer, config, clock }: PortalSignInParts,
  idToken: string,
  nonce: string,
): Promise<Claims> {
  const claims = await signer.read(idToken)
  if (!claims) throw new PortalError('signInFailed', 'the id_token is not signed by a published key')
  const now = clock.seconds()
  const checks: readonly (readonly [claim: string, isRight: boolean])[] = [
    ['iss', claims.iss === issuerOf(2, config.tenant.id)],
    ['aud', claims.aud === adminPortalId],
    ['tid', claims.tid === config.tenant.id],
    ['nonce', claims.nonce === nonce],
    ['exp', Number(claims.exp) > now],
    ['nbf', Number(claims.nbf) <= now],
  ]
  const wrong = checks.filter(([, isRight]) => !isRight).map(([claim]) => claim)
  if (wrong.length > 0) throw new PortalError('signInFailed', `wrong in the id_token: ${wrong.join(', ')}`)
  return claims
}
