import { describe, expect, test } from 'vitest'
import {
  type AccountActivity,
  afterFailure,
  afterSuccess,
  judgeAttempt,
  locationOf,
  newActivity,
  withoutLockout,
} from './lockout.ts'
import { bannedAddress, requestAddresses } from './request-addresses.ts'

const now = new Date('2026-03-02T09:00:00Z')
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000)
const settings = {
  enabled: true,
  mode: 'ADFSSmartLockoutEnforce',
  threshold: 3,
  thresholdFamiliarLocation: 5,
  observationWindowMinutes: 30,
} as const
const home = '203.0.113.10'
const away = '198.51.100.7'

function failed(times: number, location: 'familiar' | 'unknown', at = now): AccountActivity {
  const fresh = afterSuccess(newActivity('S-1-5-21-1', 'alice@contoso.com'), 'unknown', [home])
  return Array.from({ length: times }).reduce<AccountActivity>((each) => afterFailure(each, location, at), fresh)
}

test.each([
  { activity: failed(2, 'unknown'), from: [away], locked: false, because: '2 of 3 wrong passwords from unknown' },
  { activity: failed(3, 'unknown'), from: [away], locked: true, because: 'extranet lockout: 3 of 3' },
  { activity: failed(3, 'unknown'), from: [home], locked: false, because: '0 of 5 wrong passwords from familiar' },
  { activity: failed(4, 'familiar'), from: [home], locked: false, because: '4 of 5' },
  { activity: failed(5, 'familiar'), from: [home], locked: true, because: '5 of 5 wrong passwords from familiar' },
  { activity: failed(5, 'familiar'), from: [away], locked: false, because: '0 of 3' },
  { activity: failed(5, 'familiar'), from: [home, away], locked: false, because: 'from unknown' },
  { activity: failed(9, 'unknown', minutesAgo(30)), from: [away], locked: false, because: '9 of 3' },
  { activity: failed(9, 'unknown', minutesAgo(29)), from: [away], locked: true, because: '9 of 3' },
  { activity: failed(9, 'unknown'), from: [], locked: true, because: 'from unknown' },
  { activity: withoutLockout(failed(9, 'unknown'), 'unknown'), from: [away], locked: false, because: '0 of 3' },
])('ENV-5 from $from: locked out $locked, $because', ({ activity, from, locked, because }) => {
  const verdict = judgeAttempt(activity, from, settings, now)
  expect(verdict.lockedOut).toBe(locked)
  expect(verdict.reason).toContain(because)
})

test('the threshold counts for familiar locations too when they have none of their own', () => {
  const { thresholdFamiliarLocation: _none, ...plain } = settings
  expect(judgeAttempt(failed(3, 'familiar'), [home], plain, now).lockedOut).toBe(true)
})

describe('familiar addresses', () => {
  test('are the last twenty from which a sign-in succeeded', () => {
    const addresses = Array.from({ length: 25 }, (_, index) => `10.0.0.${index}`)
    const activity = addresses.reduce(
      (each, address) => afterSuccess(each, 'unknown', [address]),
      newActivity('S', 'alice@contoso.com'),
    )
    expect(activity.familiarAddresses).toEqual(addresses.slice(5))
    expect(locationOf(activity, ['10.0.0.4'])).toBe('unknown')
    expect(locationOf(activity, ['10.0.0.24', '10.0.0.5'])).toBe('familiar')
  })

  test('come from what the proxy says and from X-Forwarded-For', () => {
    const facts = { forwardedClientIp: `${away}, ${home},garbage`, originIp: home } as never
    expect(requestAddresses(facts)).toEqual([away, home])
  })
})

test.each([
  { address: '1.2.3.4', banned: ['1.2.3.4'], is: true },
  { address: '1.2.3.5', banned: ['1.2.3.4'], is: false },
  { address: '1.2.3.200', banned: ['9.9.9.9', '1.2.3.0/24'], is: true },
  { address: '1.2.4.1', banned: ['1.2.3.0/24'], is: false },
  { address: '::1', banned: ['::1'], is: true },
  { address: '2001:db8::42', banned: ['2001:db8::/32'], is: true },
  { address: '::ffff:1.2.3.4', banned: ['1.2.3.4'], is: true },
  { address: '1.2.3.4', banned: [], is: false },
])('ENV-5 $address is banned by $banned: $is', ({ address, banned, is }) => {
  expect(bannedAddress([address], banned)).toBe(is ? address : undefined)
})
