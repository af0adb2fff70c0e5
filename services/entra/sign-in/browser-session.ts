import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { ExpiringStore } from '#shared/store/expiring.ts'
import type { ValidityStamp } from '../evaluation/revocations.ts'

/** An account that this browser is signed in with. */
export interface SessionAccount {
  /** `sid` of tokens. */
  readonly sid: string
  readonly objectId: string
  readonly userPrincipalName: string
  readonly authentication: Authentication
  /** Applications that took part, for front-channel sign-out. */
  readonly applications: readonly string[]
}

/** How and when somebody proved who they are; times are epoch milliseconds of the stack's clock. */
export interface Authentication {
  readonly amr: readonly string[]
  readonly authenticatedAt: number
  readonly mfaAt?: number | undefined
  readonly federated: boolean
  readonly insideCorporateNetwork?: boolean | undefined
  readonly keepSignedIn: boolean
  /** Combinations of methods, for authentication strengths. */
  readonly combinations: readonly string[]
  /** When the password was last changed in a sign-in of this session. */
  readonly passwordChangedAt?: number | undefined
  /** The device that proved itself. */
  readonly deviceId?: string | undefined
  /** What it takes to notice that this sign-in was revoked since. */
  readonly validity?: ValidityStamp | undefined
}

export interface BrowserSession {
  readonly accounts: readonly SessionAccount[]
  /** Outlives the browser ("Stay signed in?"). */
  readonly persistent: boolean
}

export interface BrowserSessions {
  read(request: FastifyRequest): Promise<BrowserSession | undefined>
  /** Somebody signed in: sets new cookies and ends what the old ones stood for. */
  begin(request: FastifyRequest, reply: FastifyReply, session: BrowserSession): Promise<void>
  /** Keeps the cookies, since other requests of the browser may be under way with them. */
  update(request: FastifyRequest, session: BrowserSession): Promise<void>
  end(request: FastifyRequest, reply: FastifyReply): Promise<void>
}

export const sessionCookie = 'ESTSAUTH'
export const persistentCookie = 'ESTSAUTHPERSISTENT'
/** Readable by scripts: says that there is a session, not which. */
const lightCookie = 'ESTSAUTHLIGHT'

const kind = 'browserSession'
const hours = 60 * 60 * 1000
const sessionHours = 24
const persistentHours = 90 * 24

const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'none' } as const

export function browserSessions(parts: { expiring: ExpiringStore; clock: Clock; random: Random }): BrowserSessions {
  const { expiring, clock, random } = parts
  return {
    async read(request) {
      const token = tokenOf(request)
      return token === undefined ? undefined : expiring.get<BrowserSession>(kind, storedId(token), clock.now())
    },
    async begin(request, reply, session) {
      const previous = tokenOf(request)
      // A new name at every sign-in, so that a planted cookie never becomes somebody's session.
      const token = `1.A${random.token(48)}`
      await expiring.put(kind, storedId(token), { value: session, expiresAt: endOf(session, clock.now()) })
      if (previous !== undefined) await expiring.delete(kind, storedId(previous))
      reply.setCookie(sessionCookie, token, attributes)
      const light = session.accounts.map((account) => account.sid).join('+')
      reply.setCookie(lightCookie, `+${light}`, { ...attributes, httpOnly: false })
      if (session.persistent)
        reply.setCookie(persistentCookie, token, { ...attributes, maxAge: persistentHours * 60 * 60 })
      else if (request.cookies[persistentCookie] !== undefined) reply.clearCookie(persistentCookie, attributes)
    },
    async update(request, session) {
      const token = tokenOf(request)
      if (token === undefined) return
      await expiring.update(
        kind,
        storedId(token),
        { value: session, expiresAt: endOf(session, clock.now()) },
        clock.now(),
      )
    },
    async end(request, reply) {
      for (const name of [sessionCookie, persistentCookie]) {
        const token = request.cookies[name]
        if (token !== undefined) await expiring.delete(kind, storedId(token))
        reply.clearCookie(name, attributes)
      }
      reply.clearCookie(lightCookie, { ...attributes, httpOnly: false })
    },
  }
}

function endOf({ persistent }: BrowserSession, now: Date): Date {
  return new Date(now.getTime() + (persistent ? persistentHours : sessionHours) * hours)
}

function tokenOf(request: FastifyRequest): string | undefined {
  return request.cookies[sessionCookie] ?? request.cookies[persistentCookie]
}

/** The store never holds what would open a session. */
function storedId(token: string): string {
  return hash('sha256', token, 'base64url')
}

/** The session with this account added, or in the place of the same person's. */
export function withAccount(session: BrowserSession | undefined, account: SessionAccount): readonly SessionAccount[] {
  const others = session?.accounts.filter((each) => each.objectId !== account.objectId) ?? []
  return [...others, account]
}
