import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { StackClock } from '#shared/clock.ts'
import { activityOf, openEdgeAccess, sealEdgeAccess } from './edge-access.ts'

const key = randomBytes(32).toString('base64')
const clock = new StackClock()
const access = {
  userPrincipalName: 'bob@contoso.com',
  relyingPartyId: 'e0000000-0000-4000-8000-000000000002',
  expiresAt: clock.seconds() + 3600,
  activeAt: clock.seconds(),
}

test('what was sealed opens with the same key alone', async () => {
  const value = await sealEdgeAccess(access, key, clock)
  expect(await openEdgeAccess(value, key, clock)).toEqual(access)
  expect(await openEdgeAccess(value, randomBytes(32).toString('base64'), clock)).toBeUndefined()
})

test.each([
  ['cut short', (value: string) => value.slice(0, -4)],
  ['changed', (value: string) => value.replace(/.(?=.{8}$)/, (one) => (one === 'A' ? 'B' : 'A'))],
  ['empty', () => ''],
  ['unencrypted', () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`],
])('a cookie that is %s does not open', async (_how, change) => {
  expect(await openEdgeAccess(change(await sealEdgeAccess(access, key, clock)), key, clock)).toBeUndefined()
})

test('an expired cookie does not open', async () => {
  const value = await sealEdgeAccess({ ...access, expiresAt: clock.seconds() - 60 }, key, clock)
  expect(await openEdgeAccess(value, key, clock)).toBeUndefined()
})

test.each([
  { idleSeconds: 5000, timeout: 0, want: 'fresh' },
  { idleSeconds: 10, timeout: 600, want: 'fresh' },
  { idleSeconds: 61, timeout: 600, want: 'ageing' },
  { idleSeconds: 600, timeout: 600, want: 'ageing' },
  { idleSeconds: 601, timeout: 600, want: 'idle' },
])('$idleSeconds s of $timeout s is $want', ({ idleSeconds, timeout, want }) => {
  expect(activityOf({ ...access, activeAt: 1000 }, timeout, 1000 + idleSeconds)).toBe(want)
})
