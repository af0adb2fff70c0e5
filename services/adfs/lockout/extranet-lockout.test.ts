import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import { native, tokenRequest } from '../oauth/_oauth.ts'

const page = '/adfs/ls/?wa=wsignin1.0&wtrealm=urn:sample:wsfed'
const alice = 'alice@contoso.com'
const password = 'Alice-Pass1'
const incorrect = 'Incorrect user ID or password. Type the correct user ID and password, and try again.'
const home = '203.0.113.10'
const away = '198.51.100.7'
let stage: AdfsStage

beforeEach(async () => {
  stage = await startAdfs()
  await stage.proxy.agent()
})

afterEach(() => stage[Symbol.asyncDispose]())

async function lockout(mode: string, more: object = {}) {
  const extranetLockout = { enabled: true, mode, threshold: 3, observationWindowMinutes: 30, ...more }
  expect((await stage.manage('/properties', { method: 'PATCH', json: { extranetLockout } })).status).toBe(200)
}

/** Whether the sign-in succeeds. */
async function attempt(given: string, from: string | 'inside', user = alice): Promise<boolean> {
  const browser = from === 'inside' ? stage.browser() : stage.browser('outside', { 'x-ms-forwarded-client-ip': from })
  const answer = await browser.submit(await browser.open(page), { UserName: user, Password: given })
  if (answer.status !== 302) expect(answer.html).toContain(incorrect)
  return answer.status === 302
}

async function fail(times: number, from: string, user = alice): Promise<void> {
  for (let each = 0; each < times; each += 1) expect(await attempt('wrong', from, user)).toBe(false)
}

async function activity() {
  return (await stage.manage(`/account-activity/${alice}`)).json
}

async function lastReasons(): Promise<string> {
  return (await stage.journal())
    .slice(-3)
    .flatMap((event) => event.reasons)
    .join('\n')
}

describe('ENV-5 extranet smart lockout, enforcing', () => {
  test('a locked out account is refused with the same text, and its password never reaches the directory (B19)', async () => {
    await lockout('ADFSSmartLockoutEnforce')
    await fail(3, away)
    const before = stage.directory.logons
    expect(await attempt(password, away)).toBe(false)
    expect(stage.directory.logons).toBe(before)
    expect(await lastReasons()).toContain('extranet lockout: 3 of 3 wrong passwords from unknown locations')
    expect(await activity()).toMatchObject({ badPwdCountUnknown: 3, unknownLockout: true, familiarLockout: false })
  })

  test('inside, and from a familiar location, sign-ins go on', async () => {
    await lockout('ADFSSmartLockoutEnforce')
    expect(await attempt(password, home)).toBe(true)
    await fail(3, away)
    expect(await attempt(password, away)).toBe(false)
    expect(await attempt(password, 'inside')).toBe(true)
    expect(await attempt(password, home)).toBe(true)
    expect(await activity()).toMatchObject({ familiarIps: [home], badPwdCountFamiliar: 0, badPwdCountUnknown: 3 })
  })

  test('an address in front of a familiar one makes the location unknown', async () => {
    await lockout('ADFSSmartLockoutEnforce')
    expect(await attempt(password, home)).toBe(true)
    await fail(3, `${away},${home}`)
    expect(await activity()).toMatchObject({ badPwdCountFamiliar: 0, unknownLockout: true })
  })

  test('familiar locations have a threshold of their own', async () => {
    await lockout('ADFSSmartLockoutEnforce', { thresholdFamiliarLocation: 4 })
    expect(await attempt(password, home)).toBe(true)
    await fail(3, home)
    expect(await attempt(password, home)).toBe(true)
    await fail(4, home)
    expect(await attempt(password, home)).toBe(false)
    expect(await activity()).toMatchObject({ familiarLockout: true, unknownLockout: false })
  })

  test('one attempt is let through when the observation window is over', async () => {
    await lockout('ADFSSmartLockoutEnforce')
    await fail(3, away)
    const { state } = stage.clock
    await stage.clock.set({ ...state, offset: state.offset + 30 * 60_000 })
    await fail(1, away)
    const refusedAgain = await attempt(password, away)
    await stage.clock.set({ ...state, offset: state.offset + 61 * 60_000 })
    const afterwards = await attempt(password, away)
    await stage.clock.set(state)
    expect([refusedAgain, afterwards]).toEqual([false, true])
    expect(await activity()).toMatchObject({ badPwdCountUnknown: 0, familiarIps: [away] })
  })

  test('attempts at the same time do not exceed the threshold', async () => {
    await lockout('ADFSSmartLockoutEnforce')
    const before = stage.directory.logons
    await Promise.all(Array.from({ length: 12 }, () => attempt('wrong', away)))
    expect(stage.directory.logons - before).toBe(3)
  })

  test('the password grant counts too, under any form of the name', async () => {
    await lockout('ADFSSmartLockoutEnforce')
    const headers = { ...stage.proxy.headers, 'x-ms-forwarded-client-ip': away }
    const outside = { agent: await stage.proxy.agent() }
    const grant = { grant_type: 'password', client_id: native, resource: 'https://api.contoso.com/' }
    const guess = (username: string, given: string) =>
      tokenRequest(outside, { ...grant, username, password: given }, headers)
    await guess('CONTOSO\\alice', 'wrong')
    await guess('ALICE@CONTOSO.COM', 'wrong')
    await guess(alice, 'wrong')
    expect((await guess(alice, password)).body.error_description).toContain('MSIS9659')
    expect(await attempt(password, away)).toBe(false)
  })

  test('a disabled account and a directory that is down do not count', async () => {
    await lockout('ADFSSmartLockoutEnforce')
    stage.directory.statuses.set(alice, 'STATUS_ACCOUNT_DISABLED')
    await fail(4, away)
    stage.directory.statuses.clear()
    expect(await attempt(password, away)).toBe(true)
  })

  test('is reset by an administrator, for one location or both', async () => {
    await lockout('ADFSSmartLockoutEnforce')
    await fail(3, away)
    await stage.manage(`/account-activity/${alice}/reset`, { method: 'POST', json: { location: 'familiar' } })
    expect(await attempt(password, away)).toBe(false)
    await stage.manage(`/account-activity/${alice}/reset`, { method: 'POST', json: { location: 'unknown' } })
    expect(await attempt(password, away)).toBe(true)
    expect((await stage.manage('/account-activity')).json).toMatchObject({ accounts: [{ userPrincipalName: alice }] })
    expect((await stage.manage('/account-activity/nobody@contoso.com')).status).toBe(404)
  })
})

test('ENV-5 log-only mode counts, learns and says so, and lets everybody in', async () => {
  await lockout('ADFSSmartLockoutLogOnly')
  await fail(4, away)
  expect(await lastReasons()).toContain(
    'extranet lockout: 3 of 3 wrong passwords from unknown locations, the last within 30 minutes, which is only logged',
  )
  expect(await attempt(password, away)).toBe(true)
  expect(await activity()).toMatchObject({ familiarIps: [away] })
})

test('ENV-5 the older lockout goes by the counter of the directory', async () => {
  await lockout('ADPasswordCounter')
  const account = stage.directory.users.get(alice)
  if (!account) throw new Error('alice is missing')
  const time = String((BigInt(stage.clock.now().getTime()) + 11_644_473_600_000n) * 10_000n)
  const attributes = { ...account.attributes, badPwdCount: ['3'], badPasswordTime: [time] }
  stage.directory.users.set(alice, { ...account, attributes })
  const refused = await attempt(password, home)
  stage.directory.users.set(alice, account)
  expect([refused, await attempt(password, home)]).toEqual([false, true])
})

test('ENV-5 a banned address is refused before the password is looked at, outside only', async () => {
  const change = { addBannedAddresses: ['198.51.100.0/24', '2001:db8::/32'] }
  expect((await stage.manage('/properties', { method: 'PATCH', json: change })).json).toMatchObject({
    bannedAddresses: change.addBannedAddresses,
  })
  const browser = stage.browser('outside', { 'x-ms-forwarded-client-ip': `${away}, ${home}` })
  const before = stage.directory.logons
  const answer = await browser.submit(await browser.open(page), { UserName: alice, Password: password })
  expect(answer.status).toBe(403)
  expect(stage.directory.logons).toBe(before)
  expect(await lastReasons()).toContain(`${away} is banned`)
  expect(await attempt(password, home)).toBe(true)
  await stage.manage('/properties', { method: 'PATCH', json: { removeBannedAddresses: ['198.51.100.0/24'] } })
  expect(await attempt(password, away)).toBe(true)
  const many = Array.from({ length: 301 }, (_, index) => `10.1.${index >> 8}.${index & 255}`)
  expect((await stage.manage('/properties', { method: 'PATCH', json: { addBannedAddresses: many } })).status).toBe(400)
})
