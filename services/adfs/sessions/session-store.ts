import { createHash } from 'node:crypto'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { ExpiringStore } from '#shared/store/expiring.ts'
import { occasionalSweep } from '#shared/store/occasional-sweep.ts'
import type { Session } from './session.ts'

/** Sessions by the value of their MSISAuth cookie, of which only the hash is kept. */
export interface SessionStore {
  /** Gives the value for the cookie. */
  open(session: Session): Promise<string>
  find(cookie: string | undefined): Promise<Session | undefined>
  /** Under the same cookie. */
  update(cookie: string, session: Session): Promise<void>
  end(cookie: string | undefined): Promise<void>
}

const kind = 'session'

export function sessionStore(entries: ExpiringStore, clock: Clock, random: Random): SessionStore {
  const sweep = occasionalSweep(entries)
  return {
    async open(session) {
      await sweep(clock.now())
      const cookie = random.token()
      await entries.put(kind, keyOf(cookie), entryOf(session))
      return cookie
    },
    async find(cookie) {
      return cookie === undefined ? undefined : entries.get<Session>(kind, keyOf(cookie), clock.now())
    },
    async update(cookie, session) {
      await entries.update(kind, keyOf(cookie), entryOf(session), clock.now())
    },
    async end(cookie) {
      if (cookie !== undefined) await entries.delete(kind, keyOf(cookie))
    },
  }
}

function keyOf(cookie: string): string {
  return createHash('sha256').update(cookie).digest('base64url')
}

function entryOf(session: Session) {
  return { value: session, owner: session.user.sid, expiresAt: new Date(session.expiresAt) }
}
