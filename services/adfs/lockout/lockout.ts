import type { FarmProperties } from '../farm/farm-properties.ts'

// Extranet smart lockout as a decision: what is known of an account, one attempt, and what follows. Pure; counting and
// keeping is `account-activity.ts`. Familiar and unknown locations have counters of their own.

export type Location = 'familiar' | 'unknown'

/** What Get-ADFSAccountActivity shows; times are ISO instants. */
export interface AccountActivity {
  readonly sid: string
  readonly userPrincipalName: string
  readonly badPasswordCount: Readonly<Record<Location, number>>
  readonly lastFailure: Readonly<Partial<Record<Location, string>>>
  /** Addresses of past successes, the oldest first. */
  readonly familiarAddresses: readonly string[]
}

export interface LockoutVerdict {
  readonly location: Location
  /** Over the threshold, with the last failure inside the observation window. */
  readonly lockedOut: boolean
  readonly threshold: number
  readonly reason: string
}

type Settings = FarmProperties['extranetLockout']

const mostFamiliar = 20

export function newActivity(sid: string, userPrincipalName: string): AccountActivity {
  return {
    sid,
    userPrincipalName,
    badPasswordCount: { familiar: 0, unknown: 0 },
    lastFailure: {},
    familiarAddresses: [],
  }
}

/** A request is from a familiar location when every address that it names is known. */
export function locationOf({ familiarAddresses }: AccountActivity, addresses: readonly string[]): Location {
  const known = addresses.length > 0 && addresses.every((address) => familiarAddresses.includes(address))
  return known ? 'familiar' : 'unknown'
}

export function judgeAttempt(
  activity: AccountActivity,
  addresses: readonly string[],
  settings: Settings,
  now: Date,
): LockoutVerdict {
  const location = locationOf(activity, addresses)
  const threshold = thresholdFor(location, settings)
  const count = activity.badPasswordCount[location]
  const lockedOut = count >= threshold && withinWindow(activity.lastFailure[location], settings, now)
  const where = `${count} of ${threshold} wrong passwords from ${location} locations`
  const window = `${settings.observationWindowMinutes} minutes`
  return {
    location,
    lockedOut,
    threshold,
    reason: lockedOut ? `extranet lockout: ${where}, the last within ${window}` : where,
  }
}

export function isLockedOut(activity: AccountActivity, location: Location, settings: Settings, now: Date): boolean {
  const over = activity.badPasswordCount[location] >= thresholdFor(location, settings)
  return over && withinWindow(activity.lastFailure[location], settings, now)
}

function thresholdFor(location: Location, { threshold, thresholdFamiliarLocation = threshold }: Settings): number {
  return location === 'familiar' ? thresholdFamiliarLocation : threshold
}

/** One attempt is let through for every window that goes by without a failure. */
function withinWindow(failure: string | undefined, { observationWindowMinutes }: Settings, now: Date): boolean {
  return failure !== undefined && now.getTime() - Date.parse(failure) < observationWindowMinutes * 60_000
}

export function afterFailure(activity: AccountActivity, location: Location, now: Date): AccountActivity {
  return {
    ...activity,
    badPasswordCount: { ...activity.badPasswordCount, [location]: activity.badPasswordCount[location] + 1 },
    lastFailure: { ...activity.lastFailure, [location]: now.toISOString() },
  }
}

/** A success ends the count of its location, and its addresses are familiar from now on. */
export function afterSuccess(
  activity: AccountActivity,
  location: Location,
  addresses: readonly string[],
): AccountActivity {
  const others = activity.familiarAddresses.filter((each) => !addresses.includes(each))
  return {
    ...withoutLockout(activity, location),
    familiarAddresses: [...others, ...addresses].slice(-mostFamiliar),
  }
}

/** Reset-ADFSAccountLockout. */
export function withoutLockout(activity: AccountActivity, location: Location): AccountActivity {
  const { [location]: _ended, ...lastFailure } = activity.lastFailure
  return { ...activity, badPasswordCount: { ...activity.badPasswordCount, [location]: 0 }, lastFailure }
}
