import { describe, expect, test } from 'vitest'
import { openTenant } from './_tenant.ts'
import { afterWrongPassword, type LockoutState, unlocked } from './smart-lockout.ts'

async function synchronizedTenant() {
  const tenant = await openTenant()
  await tenant.synchronizeEverybody()
  return tenant
}

const peggy = 'peggy@fabrikam.com'

describe('a password', () => {
  test.each([
    { who: peggy, password: 'Peggy-Pass14', want: 'passwordHashSync' },
    { who: 'PEGGY@Fabrikam.COM', password: 'Peggy-Pass14', want: 'passwordHashSync' },
    { who: peggy, password: 'peggy-pass14', want: 50126 },
    { who: peggy, password: '', want: 50126 },
    { who: 'breakglass@contoso.onmicrosoft.com', password: 'Break-Glass-16', want: 'cloudPassword' },
    { who: 'breakglass@contoso.onmicrosoft.com', password: 'Peggy-Pass14', want: 50126 },
    { who: 'nobody@fabrikam.com', password: 'Peggy-Pass14', want: 50034 },
    { who: 'judy@contoso.com', password: 'Judy-Pass13', want: 50034 },
    { who: 'alice@contoso.com', password: 'Alice-Pass1', want: 50126 },
    { who: 'trent@wingtiptoys.com', password: 'Trent-Pass15', want: 80001 },
  ])('$password of $who → $want', async ({ who, password, want }) => {
    const { passwords } = await synchronizedTenant()
    const check = await passwords.check(who, password)
    expect(check.outcome === 'correct' ? check.by : check.aadsts).toBe(want)
  })

  test.each([
    { what: 'is disabled', columns: { account_enabled: 0 }, want: 50057 },
    { what: 'must change the password', columns: { must_change_password: 1 }, want: 50055 },
    { what: 'has no hash yet', columns: { password_hash: null }, want: 50056 },
  ])('of an account that $what is refused with $want', async ({ columns, want }) => {
    const { passwords, store } = await synchronizedTenant()
    await store.db.updateTable('person').set(columns).where('user_principal_name_key', '=', peggy).execute()
    expect(await passwords.check(peggy, 'Peggy-Pass14')).toMatchObject({ outcome: 'refused', aadsts: want })
  })

  test('that must be changed is told apart only by who knows it', async () => {
    const { passwords, store } = await synchronizedTenant()
    await store.db.updateTable('person').set({ must_change_password: 1 }).execute()
    expect(await passwords.check(peggy, 'guess')).toMatchObject({ aadsts: 50126 })
  })
})

describe('smart lockout', () => {
  async function guess(tenant: Awaited<ReturnType<typeof openTenant>>, count: number, from = 0) {
    const answers = []
    for (let at = from; at < from + count; at += 1) answers.push(await tenant.passwords.check(peggy, `guess ${at}`))
    return answers.map((answer) => (answer.outcome === 'refused' ? answer.aadsts : 0))
  }

  test('locks after ten wrong passwords, the right one included, for a minute', async () => {
    const tenant = await synchronizedTenant()
    expect(await guess(tenant, 11)).toEqual([...Array(10).fill(50126), 50053])
    expect(await tenant.passwords.check(peggy, 'Peggy-Pass14')).toMatchObject({ aadsts: 50053 })
    await tenant.clock.advance(59_999)
    expect(await tenant.passwords.check(peggy, 'Peggy-Pass14')).toMatchObject({ aadsts: 50053 })
    await tenant.clock.advance(1)
    expect(await tenant.passwords.check(peggy, 'Peggy-Pass14')).toMatchObject({ outcome: 'correct' })
  })

  test('locks again at the next wrong password until a right one came', async () => {
    const tenant = await synchronizedTenant()
    await guess(tenant, 10)
    await tenant.clock.advance(60_000)
    expect(await guess(tenant, 2, 20)).toEqual([50126, 50053])
    await tenant.clock.advance(60_000)
    await tenant.passwords.check(peggy, 'Peggy-Pass14')
    expect(await guess(tenant, 10, 40)).toEqual(Array(10).fill(50126))
  })

  test('does not count the same wrong password twice', async () => {
    const { passwords } = await synchronizedTenant()
    for (let count = 0; count < 30; count += 1) await passwords.check(peggy, 'caps lock')
    expect(await passwords.check(peggy, 'Peggy-Pass14')).toMatchObject({ outcome: 'correct' })
  })

  test('counts guesses that arrive together', async () => {
    const { passwords } = await synchronizedTenant()
    await Promise.all(Array.from({ length: 10 }, (_, at) => passwords.check(peggy, `guess ${at}`)))
    expect(await passwords.check(peggy, 'Peggy-Pass14')).toMatchObject({ aadsts: 50053 })
  })

  test('is one account’s own', async () => {
    const tenant = await synchronizedTenant()
    await guess(tenant, 11)
    const other = await tenant.passwords.check('breakglass@contoso.onmicrosoft.com', 'Break-Glass-16')
    expect(other).toMatchObject({ outcome: 'correct' })
  })

  const now = new Date('2026-03-02T09:00:00Z')
  const nine: LockoutState = { wrongPasswords: 9, recentHashes: ['g', 'h', 'i'], lockedUntil: 0 }
  test.each([
    { because: 'first wrong one', state: unlocked, derived: 'a', count: 1, locked: false },
    { because: 'among the latest three', state: nine, derived: 'g', count: 9, locked: false },
    { because: 'older than the latest three', state: nine, derived: 'f', count: 10, locked: true },
    { because: 'checked elsewhere', state: nine, derived: undefined, count: 10, locked: true },
    { because: 'past the threshold', state: { ...nine, wrongPasswords: 12 }, derived: 'z', count: 13, locked: true },
  ])('$because → $count, locked: $locked', ({ state, derived, count, locked }) => {
    const after = afterWrongPassword(state, derived, now)
    expect(after.wrongPasswords).toBe(count)
    expect(after.lockedUntil).toBe(locked ? now.getTime() + 60_000 : 0)
    expect(after.recentHashes.length).toBeLessThanOrEqual(3)
  })
})
