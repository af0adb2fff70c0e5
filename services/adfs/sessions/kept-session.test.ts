import { expect, test } from 'vitest'
import { endOfKeptSession } from './kept-session.ts'

const at = (time: string) => ({ primary: { method: 'm', instant: `2026-03-02T${time}:00Z` } })
const settings = { enabled: true, lifetimeMinutes: 129_600 }
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
