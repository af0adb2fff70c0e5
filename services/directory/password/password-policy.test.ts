import { expect, test } from 'vitest'
import { ntHash } from '#shared/nt-hash.ts'
import { passwordRestriction } from './password-policy.ts'

const now = new Date('2026-03-02T09:00:00Z')
const account = {
  sam_account_name: 'alice',
  display_name: 'Alice Adams',
  nt_hash: ntHash('Present-1'),
  password_expired: 0,
  password_set_at: '2026-02-01T00:00:00Z',
}
const today = { ...account, password_set_at: '2026-03-02T08:00:00Z' }

test.each([
  { password: 'Harbour-7', of: account, because: undefined },
  { password: 'Ab-1234', of: account, because: undefined },
  { password: 'Ab-123', of: account, because: 'fewer than 7' },
  { password: 'harbour-seven', of: account, because: 'fewer than three classes' },
  { password: 'HARBOUR777', of: account, because: 'fewer than three classes' },
  { password: 'Harbour777', of: account, because: undefined },
  { password: 'xALICEx-12', of: account, because: 'a name of the account' },
  { password: 'Madams-123', of: account, because: 'a name of the account' },
  { password: 'Present-1', of: account, because: 'one of the last 24' },
  { password: 'Former-12', of: account, because: 'one of the last 24' },
  { password: 'Harbour-7', of: today, because: 'younger than 1 day' },
  { password: 'Harbour-7', of: { ...today, password_expired: 1 }, because: undefined },
  { password: 'Harbour-7', of: { ...account, password_set_at: null }, because: undefined },
])('$password: $because', ({ password, of, because }) => {
  const change = { account: of, password, hash: ntHash(password), history: [ntHash('Former-12')], now }
  if (because === undefined) expect(passwordRestriction(change)).toBeUndefined()
  else expect(passwordRestriction(change)).toContain(because)
})
