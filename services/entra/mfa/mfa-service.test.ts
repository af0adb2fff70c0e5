import { TOTP } from 'otpauth'
import { describe, expect, test } from 'vitest'
import { openTenant, userOf } from '../people/_tenant.ts'
import { type AuthMethodId, maskedNumber } from './methods.ts'
import { createMfaService, type MfaOwner } from './mfa-service.ts'
import { createSimulatedPhone } from './simulated-phone.ts'

async function openMfa(name = 'alice@contoso.com') {
  const tenant = await openTenant()
  const mfa = createMfaService(tenant)
  const person = { objectId: userOf(tenant.scenario, name).entraObjectId, userPrincipalName: name }
  const owner: MfaOwner = { caller: 'entra', objectId: person.objectId }
  const begin = async (authMethodId: AuthMethodId, caller = 'entra') => {
    const start = { person, authMethodId, application: 'Outlook', address: '203.0.113.10', caller }
    const beginning = await mfa.begin(start)
    if (beginning.result !== 'Success') throw new Error(beginning.result)
    return beginning
  }
  const secret = 'MFWGSY3FEBQWYZLYME2DKNRX'
  const codeAt = (offset = 0) =>
    new TOTP({ secret }).generate({ timestamp: tenant.clock.now().getTime() + offset * 1000 })
  return { ...tenant, mfa, person, owner, begin, codeAt, phone: createSimulatedPhone(tenant.store, tenant.clock) }
}

describe('methods', () => {
  test('are listed with the default first, phone numbers masked', async () => {
    const { mfa, person } = await openMfa()
    expect(
      (await mfa.methodsOf(person.objectId)).map(({ type, display, isDefault }) => [type, display, isDefault]),
    ).toEqual([
      ['push', "Alice's iPhone", true],
      ['totp', 'Authenticator app', false],
      ['sms', '+1 XXXXXXXX01', false],
    ])
  })

  test('of a person without any are none', async () => {
    const { mfa, scenario, person } = await openMfa('carol@contoso.com')
    expect(await mfa.methodsOf(userOf(scenario, 'carol@contoso.com').entraObjectId)).toEqual([])
    const start = { person, authMethodId: 'OneWaySMS', application: 'x', address: 'x', caller: 'entra' } as const
    expect(await mfa.begin(start)).toEqual({ result: 'NoSuchMethod' })
  })

  test.each([
    ['+49 89 5550142', '+49 XXXXXXX42'],
    ['+14255550101', '+142 XXXXXX01'],
  ])('show %s as %s', (number, masked) => expect(maskedNumber(number)).toBe(masked))
})

describe('a verification code', () => {
  test.each([
    { offset: 0, want: 'Success' },
    { offset: -30, want: 'Success' },
    { offset: 30, want: 'Success' },
    { offset: -60, want: 'WrongCode' },
    { offset: 60, want: 'WrongCode' },
  ])('$offset seconds away → $want', async ({ offset, want }) => {
    const { mfa, begin, owner, codeAt } = await openMfa()
    const { sessionId } = await begin('PhoneAppOTP')
    expect(await mfa.verify(sessionId, owner, codeAt(offset))).toBe(want)
  })

  test('counts once, whoever asks', async () => {
    const { mfa, begin, owner, codeAt } = await openMfa()
    const first = await begin('PhoneAppOTP')
    const second = await begin('PhoneAppOTP', 'adfs')
    expect(await mfa.verify(first.sessionId, owner, codeAt())).toBe('Success')
    expect(await mfa.verify(first.sessionId, owner, codeAt())).toBe('CodeAlreadyUsed')
    expect(await mfa.verify(second.sessionId, { caller: 'adfs' }, codeAt())).toBe('CodeAlreadyUsed')
    expect(await mfa.redeem(second.sessionId, { caller: 'adfs' })).toBe(false)
  })

  test('is taken once of two that arrive together', async () => {
    const { mfa, begin, owner, codeAt } = await openMfa()
    const sessions = await Promise.all([begin('PhoneAppOTP'), begin('PhoneAppOTP')])
    const results = await Promise.all(sessions.map(({ sessionId }) => mfa.verify(sessionId, owner, codeAt())))
    expect(results.sort()).toEqual(['CodeAlreadyUsed', 'Success'])
  })

  test('is refused for good after five wrong ones', async () => {
    const { mfa, begin, owner, codeAt } = await openMfa()
    const { sessionId } = await begin('PhoneAppOTP')
    const results = []
    for (const code of ['000000', 'abcdef', '', '12345', '1234567'])
      results.push(await mfa.verify(sessionId, owner, code))
    expect(results).toEqual([...Array(4).fill('WrongCode'), 'TooManyAttempts'])
    expect(await mfa.verify(sessionId, owner, codeAt())).toBe('TooManyAttempts')
  })

  test('may be typed with a blank in the middle', async () => {
    const { mfa, begin, owner, codeAt } = await openMfa()
    const { sessionId } = await begin('PhoneAppOTP')
    expect(await mfa.verify(sessionId, owner, codeAt().replace(/(...)/, '$1 '))).toBe('Success')
  })

  test('of another person is wrong', async () => {
    const { mfa, begin, owner, clock } = await openMfa()
    const { sessionId } = await begin('PhoneAppOTP')
    const bobs = new TOTP({ secret: 'MJXWEIDCOJQW4ZDUGIZTINJW' }).generate({ timestamp: clock.now().getTime() })
    expect(await mfa.verify(sessionId, owner, bobs)).toBe('WrongCode')
  })
})

describe('a text message', () => {
  test('carries the code, which is good for three minutes and once', async () => {
    const { mfa, begin, owner, phone, person, clock } = await openMfa()
    const { sessionId, entropy } = await begin('OneWaySMS')
    expect(entropy).toBe(0)
    const [message] = await phone.messages(person.objectId)
    expect(message?.text).toBe(`Use verification code ${message?.code} for Contoso authentication.`)
    expect(message).toMatchObject({ phoneNumber: '+1 4255550101', receivedAt: '2026-03-02T09:00:00.000Z' })
    const wrong = message?.code === '000000' ? '000001' : '000000'
    expect(await mfa.verify(sessionId, owner, wrong)).toBe('WrongCode')
    await clock.advance(179_999)
    expect(await mfa.verify(sessionId, owner, message?.code)).toBe('Success')
    expect(await mfa.verify(sessionId, owner, message?.code)).toBe('CodeAlreadyUsed')
  })

  test('is too late after three minutes', async () => {
    const { mfa, begin, owner, phone, person, clock } = await openMfa()
    const { sessionId } = await begin('OneWaySMS')
    const [message] = await phone.messages(person.objectId)
    await clock.advance(180_000)
    expect(await mfa.verify(sessionId, owner, message?.code)).toBe('TimedOut')
  })

  test('opens its own session only', async () => {
    const { mfa, begin, owner, phone, person, clock } = await openMfa()
    await begin('OneWaySMS')
    await clock.advance(1000)
    const second = await begin('OneWaySMS')
    const [newest, oldest] = await phone.messages(person.objectId)
    expect(oldest?.code).not.toBe(newest?.code)
    expect(await mfa.verify(second.sessionId, owner, oldest?.code)).toBe('WrongCode')
    expect(await mfa.verify(second.sessionId, owner, newest?.code)).toBe('Success')
  })
})

describe('a notification', () => {
  test('waits on the phone and is approved by its number', async () => {
    const { mfa, begin, owner, phone, person } = await openMfa()
    const { sessionId, entropy } = await begin('PhoneAppNotification')
    expect(entropy).toBeGreaterThanOrEqual(10)
    expect(entropy).toBeLessThanOrEqual(99)
    expect(await mfa.verify(sessionId, owner)).toBe('Pending')
    const [push] = await phone.pushes(person.objectId)
    expect(push).toMatchObject({ id: sessionId, number: entropy, application: 'Outlook', address: '203.0.113.10' })
    expect(await phone.approve(person.objectId, { number: entropy })).toEqual({ outcome: 'approved', id: sessionId })
    expect(await mfa.verify(sessionId, owner)).toBe('Success')
    expect(await phone.pushes(person.objectId)).toEqual([])
  })

  test('stays through two wrong numbers and is denied at the third', async () => {
    const { mfa, begin, owner, phone, person } = await openMfa()
    const { sessionId, entropy } = await begin('PhoneAppNotification')
    const number = entropy === 99 ? 10 : entropy + 1
    const typed = []
    for (let count = 0; count < 3; count += 1) typed.push(await phone.approve(person.objectId, { number }))
    expect(typed.map((each) => each.outcome === 'wrongNumber' && each.deniedNow)).toEqual([false, false, true])
    expect(await mfa.state(sessionId, owner)).toBe('Denied')
    expect(await phone.approve(person.objectId, { number: entropy })).toEqual({ outcome: 'noPendingPush' })
  })

  test('is denied, and stays so', async () => {
    const { mfa, begin, owner, phone, person } = await openMfa()
    const { sessionId } = await begin('PhoneAppNotification')
    expect(await phone.deny(person.objectId, {})).toEqual({ outcome: 'denied', id: sessionId })
    expect(await phone.approve(person.objectId, {})).toEqual({ outcome: 'noPendingPush' })
    expect(await mfa.verify(sessionId, owner)).toBe('Denied')
    expect(await mfa.redeem(sessionId, owner)).toBe(false)
  })

  test('is over after a minute', async () => {
    const { mfa, begin, owner, phone, person, clock } = await openMfa()
    const { sessionId } = await begin('PhoneAppNotification')
    await clock.advance(60_000)
    expect(await mfa.state(sessionId, owner)).toBe('TimedOut')
    expect(await phone.approve(person.objectId, {})).toEqual({ outcome: 'noPendingPush' })
  })

  test('is answered by id when several wait, else the newest', async () => {
    const { begin, phone, person, clock } = await openMfa()
    const first = await begin('PhoneAppNotification')
    await clock.advance(1000)
    const second = await begin('PhoneAppNotification')
    expect((await phone.pushes(person.objectId)).map((push) => push.id)).toEqual([second.sessionId, first.sessionId])
    expect(await phone.deny(person.objectId, { id: first.sessionId })).toMatchObject({ id: first.sessionId })
    expect(await phone.approve(person.objectId, {})).toMatchObject({ id: second.sessionId })
  })

  test('cannot be approved by a code', async () => {
    const { mfa, begin, owner } = await openMfa()
    const { sessionId, entropy } = await begin('PhoneAppNotification')
    expect(await mfa.verify(sessionId, owner, String(entropy))).toBe('Pending')
  })

  test('needs no number where number matching is off', async () => {
    const { mfa, begin, owner, phone, person, store } = await openMfa()
    await store.db.updateTable('mfa_method').set({ number_matching: 0 }).where('type', '=', 'push').execute()
    const { sessionId, entropy } = await begin('PhoneAppNotification')
    expect(entropy).toBe(0)
    expect((await phone.pushes(person.objectId))[0]?.number).toBeNull()
    await phone.approve(person.objectId, {})
    expect(await mfa.state(sessionId, owner)).toBe('Success')
  })
})

describe('a session', () => {
  test.each([
    { who: 'another caller', owner: { caller: 'adfs' } },
    { who: 'another person', owner: { caller: 'entra', objectId: 'somebody-else' } },
  ])('does not exist for $who', async ({ owner }) => {
    const { mfa, begin, phone, person, codeAt } = await openMfa()
    const code = await begin('PhoneAppOTP')
    expect(await mfa.verify(code.sessionId, owner, codeAt())).toBe('NoSuchSession')
    const push = await begin('PhoneAppNotification')
    await phone.approve(person.objectId, {})
    expect(await mfa.state(push.sessionId, owner)).toBe('NoSuchSession')
    expect(await mfa.redeem(push.sessionId, owner)).toBe(false)
  })

  test('is redeemed once, of callers that come together too', async () => {
    const { mfa, begin, owner, codeAt } = await openMfa()
    const { sessionId } = await begin('PhoneAppOTP')
    expect(await mfa.redeem(sessionId, owner)).toBe(false)
    await mfa.verify(sessionId, owner, codeAt())
    expect((await Promise.all([1, 2, 3].map(() => mfa.redeem(sessionId, owner)))).filter(Boolean)).toHaveLength(1)
    expect(await mfa.state(sessionId, owner)).toBe('NoSuchSession')
  })

  test('that succeeded long ago is worth nothing', async () => {
    const { mfa, begin, owner, codeAt, clock } = await openMfa()
    const { sessionId } = await begin('PhoneAppOTP')
    await mfa.verify(sessionId, owner, codeAt())
    await clock.advance(5 * 60_000)
    expect(await mfa.redeem(sessionId, owner)).toBe(false)
  })
})
