import type { AccountRow } from '../accounts/schema.ts'
import type { LogonStatus } from '../errors.ts'

/** Account lockout policy of the domain: wrong passwords, and minutes for window and duration. */
export const lockoutPolicy = { threshold: 10, windowMinutes: 10, durationMinutes: 10 } as const

export interface LogonDecision {
  readonly status: LogonStatus | 'STATUS_SUCCESS'
  /** What the attempt changes on the account. */
  readonly changes: Partial<Pick<AccountRow, 'bad_password_count' | 'bad_password_time' | 'locked_since'>>
}

/** Whether a logon succeeds, in the order in which a domain controller looks ([MS-SAMR] and "Account lockout policy"). */
export function decideLogon(account: AccountRow, passwordMatches: boolean, now: Date): LogonDecision {
  if (isLockedOut(account, now)) return { status: 'STATUS_ACCOUNT_LOCKED_OUT', changes: {} }
  if (!passwordMatches) return { status: 'STATUS_WRONG_PASSWORD', changes: afterWrongPassword(account, now) }
  const changes =
    account.bad_password_count > 0 || account.locked_since
      ? { bad_password_count: 0, bad_password_time: null, locked_since: null }
      : {}
  if (account.enabled !== 1) return { status: 'STATUS_ACCOUNT_DISABLED', changes: {} }
  if (account.account_expires && new Date(account.account_expires) <= now)
    return { status: 'STATUS_ACCOUNT_EXPIRED', changes }
  if (account.password_expired === 1) return { status: 'STATUS_PASSWORD_EXPIRED', changes }
  return { status: 'STATUS_SUCCESS', changes }
}

export function isLockedOut(account: AccountRow, now: Date): boolean {
  if (!account.locked_since) return false
  // The seeded lockout has no wrong passwords behind it: an administrator has to end it.
  if (account.bad_password_count === 0) return true
  return now.getTime() - Date.parse(account.locked_since) < lockoutPolicy.durationMinutes * 60_000
}

function afterWrongPassword(account: AccountRow, now: Date): LogonDecision['changes'] {
  const last = account.bad_password_time ? Date.parse(account.bad_password_time) : Number.NEGATIVE_INFINITY
  const inWindow = now.getTime() - last < lockoutPolicy.windowMinutes * 60_000 && account.locked_since === null
  const count = inWindow ? account.bad_password_count + 1 : 1
  const time = now.toISOString()
  return {
    bad_password_count: count,
    bad_password_time: time,
    locked_since: count >= lockoutPolicy.threshold ? time : null,
  }
}
