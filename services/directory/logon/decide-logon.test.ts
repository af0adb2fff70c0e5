import { expect, test } from 'vitest'
import type { AccountRow } from '../accounts/schema.ts'
import { decideLogon, lockoutPolicy } from './decide-logon.ts'

const now = new Date('2026-03-01T12:00:00Z')
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString()

const account = {
  enabled: 1,
  password_expired: 0,
  account_expires: null,
  bad_password_count: 0,
  bad_password_time: null,
  locked_since: null,
} as unknown as AccountRow

const lastChance = { bad_password_count: lockoutPolicy.threshold - 1, bad_password_time: minutesAgo(1) }
const lockedByFailures = { bad_password_count: lockoutPolicy.threshold, bad_password_time: minutesAgo(5) }

test.each([
  { state: 'a healthy account', given: {}, right: true, want: 'STATUS_SUCCESS' },
  { state: 'a wrong password', given: {}, right: false, want: 'STATUS_WRONG_PASSWORD' },
  { state: 'a disabled account', given: { enabled: 0 }, right: true, want: 'STATUS_ACCOUNT_DISABLED' },
  {
    state: 'a disabled account and a wrong password',
    given: { enabled: 0 },
    right: false,
    want: 'STATUS_WRONG_PASSWORD',
  },
  {
    state: 'an expired account',
    given: { account_expires: minutesAgo(1) },
    right: true,
    want: 'STATUS_ACCOUNT_EXPIRED',
  },
  { state: 'an expired password', given: { password_expired: 1 }, right: true, want: 'STATUS_PASSWORD_EXPIRED' },
  {
    state: 'a lockout of five minutes',
    given: { ...lockedByFailures, locked_since: minutesAgo(5) },
    right: true,
    want: 'STATUS_ACCOUNT_LOCKED_OUT',
  },
  {
    state: 'a lockout that is over',
    given: { ...lockedByFailures, locked_since: minutesAgo(11) },
    right: true,
    want: 'STATUS_SUCCESS',
  },
  {
    state: 'a lockout by an administrator',
    given: { locked_since: minutesAgo(6000) },
    right: true,
    want: 'STATUS_ACCOUNT_LOCKED_OUT',
  },
])('$state → $want', ({ given, right, want }) => {
  expect(decideLogon({ ...account, ...given }, right, now).status).toBe(want)
})

test('the tenth wrong password within the window locks the account', () => {
  expect(decideLogon({ ...account, ...lastChance }, false, now).changes).toMatchObject({
    bad_password_count: lockoutPolicy.threshold,
    locked_since: now.toISOString(),
  })
})

test('wrong passwords outside the window start a new count', () => {
  const old = { ...lastChance, bad_password_time: minutesAgo(lockoutPolicy.windowMinutes + 1) }
  expect(decideLogon({ ...account, ...old }, false, now).changes).toMatchObject({
    bad_password_count: 1,
    locked_since: null,
  })
})

test('a right password forgets the wrong ones', () => {
  expect(decideLogon({ ...account, ...lastChance }, true, now).changes).toEqual({
    bad_password_count: 0,
    bad_password_time: null,
    locked_since: null,
  })
})
