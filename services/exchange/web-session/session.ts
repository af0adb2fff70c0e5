import type { WatchedClaims } from '../access-tokens/ask-evaluation.ts'

/**
 * A person's session with Outlook on the web. It lives in sealed cookies, as the product's does, so that every server
 * of an array can open it: they share one key, which is in the store.
 */
export interface WebSession {
  readonly id: string
  readonly mailboxId: string
  /** Of the mailbox's owner. */
  readonly objectGuid: string
  readonly userPrincipalName: string
  readonly displayName: string
  /** Epoch milliseconds of the stack's clock. */
  readonly signedInAt: number
  /** Of a session that has a time-out of its own for idleness. */
  readonly idleMinutes?: number | undefined
  /** How the person was signed in, for the page. */
  readonly evidence: readonly Evidence[]
  /** Of the token that began it, where the issuer is asked whether it still is good. */
  readonly watched?: WatchedClaims | undefined
}

export interface Evidence {
  readonly label: string
  readonly value: string
}

export interface KeptSession {
  readonly session: WebSession
  readonly lastActivity: number
}

export interface SessionLimits {
  readonly activityTimeoutMinutes: number
  readonly absoluteTimeoutMinutes: number
}

export type SessionVerdict = 'live' | 'idle' | 'tooOld'

export function judgeSession({ session, lastActivity }: KeptSession, limits: SessionLimits, now: Date): SessionVerdict {
  const minutesSince = (moment: number) => (now.getTime() - moment) / 60_000
  if (minutesSince(session.signedInAt) >= limits.absoluteTimeoutMinutes) return 'tooOld'
  if (minutesSince(lastActivity) >= idleMinutesOf(session, limits)) return 'idle'
  return 'live'
}

function idleMinutesOf({ idleMinutes }: WebSession, limits: SessionLimits): number {
  return idleMinutes ?? limits.activityTimeoutMinutes
}

/** Noting every request would write cookies on every answer. */
export function activityIsDue({ lastActivity }: KeptSession, now: Date): boolean {
  return Math.abs(now.getTime() - lastActivity) >= 60_000
}

/** When the session ends unless its owner does something before. */
export function endOf({ session, lastActivity }: KeptSession, limits: SessionLimits): Date {
  const [idle, old] = [idleMinutesOf(session, limits), limits.absoluteTimeoutMinutes].map((minutes) => minutes * 60_000)
  return new Date(Math.min(lastActivity + (idle ?? 0), session.signedInAt + (old ?? 0)))
}
