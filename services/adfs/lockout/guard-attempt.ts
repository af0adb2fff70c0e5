import type { Clock } from '#shared/clock.ts'
import type { DirectoryClient, LogonResult } from '../directory/directory-client.ts'
import { attributeValues, type DirectoryUser } from '../directory/directory-user.ts'
import type { FarmProperties } from '../farm/farm-properties.ts'
import type { PasswordAttempt } from '../sign-in/password-check.ts'
import type { AccountActivityStore } from './account-activity.ts'
import { afterFailure, afterSuccess, judgeAttempt, type LockoutVerdict, locationOf } from './lockout.ts'
import { requestAddresses } from './request-addresses.ts'

export interface GuardParts {
  readonly directory: DirectoryClient
  readonly activities: AccountActivityStore
  readonly clock: Clock
}

export interface Refusal {
  readonly outcome: 'refused'
  readonly status: string
  readonly reason: string
  readonly userPrincipalName?: string | undefined
  /** Of the AD FS audit. */
  readonly event: number
}

/** AD FS audit events: an attempt on an account that is locked out; extranet lockout. */
const events = { attemptOnLockedAccount: 512, extranetLockout: 1210 } as const

type Settings = FarmProperties['extranetLockout']

/** One attempt from outside, under extranet lockout: a locked out account's password never reaches the directory. */
export async function guardedLogon(
  attempt: PasswordAttempt,
  settings: Settings,
  parts: GuardParts,
): Promise<LogonResult | Refusal> {
  const { userName, password, origin } = attempt
  const user = await parts.directory.find('account', userName, origin)
  if (!user) return parts.directory.logon(userName, password, origin)
  return settings.mode === 'ADPasswordCounter'
    ? softLockout(user, attempt, settings, parts)
    : smartLockout(user, attempt, settings, parts)
}

/** The older lockout looks at the directory's own counter. */
async function softLockout(
  user: DirectoryUser,
  { userName, password, origin }: PasswordAttempt,
  { threshold, observationWindowMinutes }: Settings,
  { directory, clock }: GuardParts,
): Promise<LogonResult | Refusal> {
  const count = Number(attributeValues(user, 'badPwdCount')[0] ?? 0)
  const last = fileTime(attributeValues(user, 'badPasswordTime')[0] ?? '0')
  const within = clock.now().getTime() - last.getTime() < observationWindowMinutes * 60_000
  if (count < threshold || !within) return directory.logon(userName, password, origin)
  return refusal(user, `extranet lockout: badPwdCount is ${count} of ${threshold}, the last within the window`)
}

/** 100-nanosecond intervals since 1601. */
function fileTime(value: string): Date {
  return new Date(Number(BigInt(/^\d+$/.test(value) ? value : '0') / 10_000n) - 11_644_473_600_000)
}

async function smartLockout(
  user: DirectoryUser,
  attempt: PasswordAttempt,
  settings: Settings,
  parts: GuardParts,
): Promise<LogonResult | Refusal> {
  const addresses = requestAddresses(attempt.facts)
  const verdict = await begin(user, addresses, settings, parts)
  if (verdict.lockedOut && settings.mode === 'ADFSSmartLockoutEnforce') return refusal(user, verdict.reason)
  const result = await parts.directory
    .logon(attempt.userName, attempt.password, attempt.origin)
    .catch(async (error) => {
      await uncount(user, verdict, parts)
      throw error
    })
  await settle(user, result, { addresses, verdict }, parts)
  if (result.outcome === 'accepted' || !verdict.lockedOut) return result
  const reason = `${result.status}; ${verdict.reason}, which is only logged`
  return { ...result, reason, event: events.extranetLockout }
}

/** Counts the attempt as failed before it is made, so that attempts at the same time cannot exceed the threshold. */
function begin(
  user: DirectoryUser,
  addresses: readonly string[],
  settings: Settings,
  { activities, clock }: GuardParts,
): Promise<LockoutVerdict> {
  const now = clock.now()
  return activities.change(user, (activity) => {
    const verdict = judgeAttempt(activity, addresses, settings, now)
    const refused = verdict.lockedOut && settings.mode === 'ADFSSmartLockoutEnforce'
    return { activity: refused ? activity : afterFailure(activity, verdict.location, now), result: verdict }
  })
}

async function settle(
  user: DirectoryUser,
  result: LogonResult,
  { addresses, verdict }: { addresses: readonly string[]; verdict: LockoutVerdict },
  parts: GuardParts,
): Promise<void> {
  if (result.outcome === 'accepted') {
    await parts.activities.change(user, (activity) => {
      const cleared = afterSuccess(activity, verdict.location, addresses)
      return { activity: cleared, result: locationOf(cleared, addresses) }
    })
  } else if (result.status !== 'STATUS_WRONG_PASSWORD') {
    await uncount(user, verdict, parts)
  }
}

/** The attempt did not fail because of the password. */
function uncount(user: DirectoryUser, { location }: LockoutVerdict, { activities }: GuardParts): Promise<void> {
  return activities.change(user, (activity) => {
    const { [location]: count } = activity.badPasswordCount
    const badPasswordCount = { ...activity.badPasswordCount, [location]: Math.max(0, count - 1) }
    return { activity: { ...activity, badPasswordCount }, result: undefined }
  })
}

function refusal({ userPrincipalName }: DirectoryUser, reason: string): Refusal {
  const event = events.attemptOnLockedAccount
  return { outcome: 'refused', status: 'EXTRANET_LOCKED_OUT', reason, userPrincipalName, event }
}
