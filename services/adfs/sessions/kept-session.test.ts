import { expect, test } from 'vitest'
import { deviceSessionEnd, endOfKeptSession } from './kept-session.ts'

const at = (time: string) => ({ primary: { method: 'm', instant: `2026-03-02T${time}:00Z` } })
const settings = { enabled: true, lifetimeMinutes: 129_600, deviceUsageWindowDays: 14 }
const passwordSet = (time: string) => {
  const value = (BigInt(Date.parse(`2026-03-02T${time}:00Z`)) + 11_644_473_600_000n) * 10_000n
  return { attributes: { pwdLastSet: [String(value)] } } as never
}

test.each([
  { session: { ...at('09:00'), keepSignedIn: true }, cutoff: undefined, user: undefined, because: undefined },
  {
    session: { ...at('09:00'), keepSignedIn: true },
    cutoff: '10:00',
    user: undefined,
    because: 'PersistentSsoCutoffTime',
  },
  { session: { ...at('11:00'), keepSignedIn: true }, cutoff: '10:00', user: undefined, because: undefined },
  { session: { ...at('09:00'), keepSignedIn: false }, cutoff: '10:00', user: passwordSet('10:00'), because: undefined },
  {
    session: { ...at('09:00'), keepSignedIn: true },
    cutoff: undefined,
    user: passwordSet('10:00'),
    because: 'password was changed',
  },
  {
    session: { ...at('09:00'), keepSignedIn: true },
    cutoff: undefined,
    user: passwordSet('08:00'),
    because: undefined,
  },
])('kept $session.keepSignedIn, cut off $cutoff: $because', ({ session, cutoff, user, because }) => {
  const cutoffTime = cutoff === undefined ? {} : { cutoffTime: `2026-03-02T${cutoff}:00Z` }
  const reason = endOfKeptSession(session, { ...settings, ...cutoffTime }, user)
  if (because === undefined) expect(reason).toBeUndefined()
  else expect(reason).toContain(because)
})

const owned = { registeredUser: true } as never
const strange = { registeredUser: false } as never

test.each([
  { device: owned, enabled: true, because: undefined },
  { device: strange, enabled: true, because: 'of others' },
  { device: undefined, enabled: true, because: 'disabled, gone' },
  { device: owned, enabled: false, because: 'EnablePersistentSso' },
])('kept by a device, persistent SSO $enabled: $because', ({ device, enabled, because }) => {
  const session = { ...at('09:00'), keepSignedIn: true, keptByDevice: true } as const
  const reason = endOfKeptSession(session, { ...settings, enabled }, undefined, device)
  if (because === undefined) expect(reason).toBeUndefined()
  else expect(reason).toContain(because)
})

test.each([
  { used: '2026-03-02', ends: '2026-03-16' },
  { used: '2026-05-01', ends: '2026-05-15' },
  // Ninety days after the sign-in at the latest.
  { used: '2026-05-25', ends: '2026-05-31' },
])('a device used on $used keeps the sign-in until $ends', ({ used, ends }) => {
  const end = deviceSessionEnd('2026-03-02T00:00:00Z', settings, new Date(`${used}T00:00:00Z`))
  expect(end.toISOString()).toBe(`${ends}T00:00:00.000Z`)
})
