import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { directoryRoleTemplates } from '#shared/scenario/directory-roles.ts'
import type { ExpiringStore } from '#shared/store/expiring.ts'
import type { ValidityStamp } from '../evaluation/revocations.ts'
import { directoryRoles } from '../graph/permissions.ts'
import type { Person } from '../people/people.ts'
import type { SignInServices } from '../sign-in/services.ts'
import { adminHost } from '../urls.ts'
import { PortalError } from './portal-error.ts'

/** A browser that an administrator signed in to the admin center with. */
interface StoredSession {
  readonly objectId: string
  /** Of the sign-in at the authority. */
  readonly sid: string
  readonly validity: ValidityStamp
  readonly formToken: string
}

/** Who asks, as the directory has them now. */
export interface Administrator {
  readonly person: Person
  readonly mayWrite: boolean
  /** Goes with every form; another site cannot know it. */
  readonly formToken: string
}

export interface PortalSessions {
  /** In the place of the session that the browser had. */
  begin(
    request: FastifyRequest,
    reply: FastifyReply,
    signIn: { readonly objectId: string; readonly sid: string },
  ): Promise<void>
  /** Undefined for nobody, and for whom the sign-in was revoked. @throws PortalError `noAccess`. */
  administrator(request: FastifyRequest): Promise<Administrator | undefined>
  end(request: FastifyRequest, reply: FastifyReply): Promise<void>
}

export type PortalSessionParts = Pick<SignInServices, 'people' | 'revocations' | 'clock' | 'random'> & {
  readonly expiring: ExpiringStore
}

const cookie = '__Host-portal'
const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const
const kind = 'portalSession'
/** "Set directory-level inactivity timeout" is opt-in; a session of the portal ends with the working day at the latest. */
const lifetimeMs = 8 * 60 * 60_000

export function portalSessions(parts: PortalSessionParts): PortalSessions {
  const { expiring, clock, random, revocations } = parts
  return {
    async begin(request, reply, { objectId, sid }) {
      const previous = request.cookies[cookie]
      if (previous !== undefined) await expiring.delete(kind, storedId(previous))
      const token = random.token(32)
      const validity = await revocations.stamp(objectId)
      const value: StoredSession = { objectId, sid, validity, formToken: random.token(32) }
      const expiresAt = new Date(clock.now().getTime() + lifetimeMs)
      await expiring.put(kind, storedId(token), { value, owner: objectId, expiresAt })
      reply.setCookie(cookie, token, attributes)
    },
    async administrator(request) {
      const token = request.cookies[cookie]
      if (token === undefined) return undefined
      const session = await expiring.get<StoredSession>(kind, storedId(token), clock.now())
      return session && administratorOf(parts, session)
    },
    async end(request, reply) {
      const token = request.cookies[cookie]
      if (token !== undefined) await expiring.delete(kind, storedId(token))
      reply.clearCookie(cookie, attributes)
    },
  }
}

async function administratorOf(
  { people, revocations }: PortalSessionParts,
  { objectId, sid, validity, formToken }: StoredSession,
): Promise<Administrator | undefined> {
  const [person, standing] = await Promise.all([people.byObjectId(objectId), revocations.standing(objectId, sid)])
  const { sessions, passwords, sessionRevoked } = standing
  const isRevoked = sessionRevoked || sessions > validity.sessions || passwords > validity.passwords
  if (!person?.accountEnabled || isRevoked) return undefined
  if (!holdsOne(person, directoryRoles.readPolicies)) {
    const reason = `${person.userPrincipalName} has none of the roles ${directoryRoles.readPolicies.join(', ')}`
    throw new PortalError('noAccess', reason)
  }
  return { person, formToken, mayWrite: holdsOne(person, directoryRoles.writePolicies) }
}

function holdsOne({ directoryRoles: held }: Person, wanted: readonly string[]): boolean {
  return wanted.some((role) => held.includes(directoryRoleTemplates[role] ?? role))
}

/** A form of ours: sent from a page of this host, with this session's token. @throws PortalError. */
export function requireOwnForm(request: FastifyRequest, { formToken }: Administrator): void {
  const { origin } = request.headers
  if (origin !== undefined && origin !== `https://${adminHost}`) {
    throw new PortalError('foreignForm', `the form came from ${origin}`)
  }
  const sent = String((request.body as { formToken?: unknown } | undefined)?.formToken ?? '')
  if (!sameText(sent, formToken)) throw new PortalError('foreignForm', 'formToken is not the one of this session')
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

/** The store never holds what would open a session. */
function storedId(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
