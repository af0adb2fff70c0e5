import { attributeValues, type DirectoryUser } from '../directory/directory-user.ts'
import type { FarmProperties } from '../farm/farm-properties.ts'
import type { Session } from './session.ts'

type Kept = Pick<Session, 'keepSignedIn' | 'primary'>

/**
 * Why a sign-in that outlives the browser is over before its time; undefined when it goes on. A session of the browser
 * alone is neither ended by PersistentSsoCutoffTime nor by a new password ("AD FS single sign-on settings").
 */
export function endOfKeptSession(
  { keepSignedIn, primary }: Kept,
  { cutoffTime }: FarmProperties['persistentSso'],
  user: DirectoryUser | undefined,
): string | undefined {
  if (!keepSignedIn) return undefined
  const signedInAt = Date.parse(primary.instant)
  if (cutoffTime !== undefined && signedInAt < Date.parse(cutoffTime)) {
    return `the kept sign-in is from before PersistentSsoCutoffTime ${cutoffTime}`
  }
  const changed = user && passwordSetAt(user)
  if (changed !== undefined && changed > signedInAt) return 'the password was changed since the kept sign-in'
  return undefined
}

/** pwdLastSet: 100-nanosecond intervals since 1601; 0 when it has to be changed. */
function passwordSetAt(user: DirectoryUser): number | undefined {
  const [value = ''] = attributeValues(user, 'pwdLastSet')
  return /^[1-9]\d*$/.test(value) ? Number(BigInt(value) / 10_000n) - 11_644_473_600_000 : undefined
}
