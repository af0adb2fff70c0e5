import { describe, expect, test } from 'vitest'
import { openTenant, userOf } from '../people/_tenant.ts'
import type { AuthMethodId } from './methods.ts'
import { createMfaService } from './mfa-service.ts'
import type { PhoneBehaviour } from './phone-behaviour.ts'
import { createSimulatedPhone } from './simulated-phone.ts'

async function openPhone(name: string) {
  const tenant = await openTenant()
  const { entraObjectId: objectId } = userOf(tenant.scenario, name)
  const mfa = createMfaService(tenant)
  const owner = { caller: 'entra', objectId }
  const begin = async (authMethodId: AuthMethodId) => {
    const person = { objectId, userPrincipalName: name }
    const begun = await mfa.begin({
      person,
      authMethodId,
      application: 'Outlook',
      address: '203.0.113.10',
      caller: 'entra',
    })
    return begun.result === 'Success' ? begun.sessionId : begun.result
  }
  return { ...tenant, mfa, owner, objectId, begin, phone: createSimulatedPhone(tenant.store, tenant.clock) }
}

describe('a call', () => {
  const juergen = 'juergen@contoso.com'

  test.each([
    { press: '#', want: 'Success', state: 'approved' },
    { press: '0', want: 'FraudReported', state: 'fraudReported' },
  ] as const)('$press: $want', async ({ press, want, state }) => {
    const { phone, begin, mfa, owner, objectId } = await openPhone(juergen)
    const sessionId = await begin('TwoWayVoiceOffice')
    expect(await phone.calls(objectId)).toMatchObject([
      { id: sessionId, phoneNumber: '+49 89 5550100', state: 'ringing' },
    ])
    expect(await mfa.state(sessionId, owner)).toBe('Pending')
    expect(await phone.answerCall(objectId, { press })).toEqual({ outcome: state, id: sessionId })
    expect(await mfa.verify(sessionId, owner, '123456'), 'a code is no answer to a call').toBe(want)
    expect(await mfa.redeem(sessionId, owner)).toBe(want === 'Success')
    expect(await phone.calls(objectId)).toEqual([])
  })

  test('rings for a minute, and only the phone that is registered', async () => {
    const { phone, begin, mfa, owner, objectId, clock } = await openPhone(juergen)
    expect(await begin('TwoWayVoiceMobile')).toBe('NoSuchMethod')
    const sessionId = await begin('TwoWayVoiceOffice')
    await clock.advance(60_000)
    expect(await mfa.state(sessionId, owner)).toBe('TimedOut')
    expect(await phone.answerCall(objectId, { press: '#' })).toEqual({ outcome: 'noRingingCall' })
  })
})

describe('a phone that nobody touches', () => {
  const alice = 'alice@contoso.com'

  test.each<{ behaviour: Partial<PhoneBehaviour>; after: number; want: string; shown: number }>([
    { behaviour: { push: 'ask', afterSeconds: 0 }, after: 30, want: 'Pending', shown: 1 },
    { behaviour: { push: 'approve', afterSeconds: 0 }, after: 0, want: 'Success', shown: 0 },
    { behaviour: { push: 'approve', afterSeconds: 10 }, after: 9, want: 'Pending', shown: 1 },
    { behaviour: { push: 'approve', afterSeconds: 10 }, after: 10, want: 'Success', shown: 0 },
    { behaviour: { push: 'deny', afterSeconds: 5 }, after: 5, want: 'Denied', shown: 0 },
    { behaviour: { push: 'approve', afterSeconds: 90 }, after: 95, want: 'TimedOut', shown: 0 },
    { behaviour: { push: 'ignore', afterSeconds: 0 }, after: 30, want: 'Pending', shown: 0 },
    { behaviour: { push: 'ignore', afterSeconds: 0 }, after: 60, want: 'TimedOut', shown: 0 },
    { behaviour: { push: 'mistype', afterSeconds: 2 }, after: 1, want: 'Pending', shown: 1 },
    { behaviour: { push: 'mistype', afterSeconds: 2 }, after: 2, want: 'Denied', shown: 0 },
    { behaviour: { push: 'reportFraud', afterSeconds: 2 }, after: 2, want: 'FraudReported', shown: 0 },
    { behaviour: { voice: 'approve' }, after: 2, want: 'Pending', shown: 1 },
  ])('$behaviour after $after s: $want', async ({ behaviour, after, want, shown }) => {
    const { phone, begin, mfa, owner, objectId, clock } = await openPhone(alice)
    await phone.behaviours.set(objectId, behaviour)
    const sessionId = await begin('PhoneAppNotification')
    await clock.advance(after * 1000)
    expect(await phone.pushes(objectId)).toHaveLength(shown)
    expect(await mfa.state(sessionId, owner)).toBe(want)
    expect(await mfa.redeem(sessionId, owner)).toBe(want === 'Success')
  })

  test.each<{ behaviour: Partial<PhoneBehaviour>; after: number; want: string; rings: number }>([
    { behaviour: { push: 'approve' }, after: 2, want: 'Pending', rings: 1 },
    { behaviour: { voice: 'approve', afterSeconds: 2 }, after: 1, want: 'Pending', rings: 1 },
    { behaviour: { voice: 'approve', afterSeconds: 2 }, after: 2, want: 'Success', rings: 0 },
    { behaviour: { voice: 'deny', afterSeconds: 2 }, after: 2, want: 'Denied', rings: 0 },
    { behaviour: { voice: 'reportFraud', afterSeconds: 2 }, after: 2, want: 'FraudReported', rings: 0 },
    { behaviour: { voice: 'ignore' }, after: 2, want: 'Pending', rings: 0 },
    { behaviour: { voice: 'ignore' }, after: 60, want: 'TimedOut', rings: 0 },
  ])('it rings, $behaviour, after $after s: $want', async ({ behaviour, after, want, rings }) => {
    const { phone, begin, mfa, owner, objectId, clock } = await openPhone('juergen@contoso.com')
    await phone.behaviours.set(objectId, behaviour)
    const sessionId = await begin('TwoWayVoiceOffice')
    await clock.advance(after * 1000)
    expect(await phone.calls(objectId)).toHaveLength(rings)
    if (behaviour.voice === 'ignore')
      expect(await phone.answerCall(objectId, { press: '#' })).toEqual({ outcome: 'noRingingCall' })
    expect(await mfa.state(sessionId, owner)).toBe(want)
    expect(await mfa.redeem(sessionId, owner)).toBe(want === 'Success')
  })

  test('text messages do not arrive while they are ignored; what is left out of a change stays', async () => {
    const { phone, begin, objectId } = await openPhone(alice)
    await phone.behaviours.set(objectId, { push: 'deny', afterSeconds: 3 })
    expect(await phone.behaviours.set(objectId, { sms: 'ignore' })).toEqual({
      ...{ push: 'deny', voice: 'ask', sms: 'ignore', afterSeconds: 3 },
    })
    await begin('OneWaySMS')
    expect(await phone.messages(objectId)).toEqual([])
    await phone.behaviours.set(objectId, { sms: 'deliver' })
    await begin('OneWaySMS')
    expect(await phone.messages(objectId)).toHaveLength(1)
  })

  test('a notification is reported as a fraud', async () => {
    const { phone, begin, mfa, owner, objectId } = await openPhone(alice)
    const id = await begin('PhoneAppNotification')
    expect(await phone.deny(objectId, { reportFraud: true })).toEqual({ outcome: 'fraudReported', id })
    expect(await mfa.state(id, owner)).toBe('FraudReported')
  })

  test('an approval by itself is worth nothing after five minutes, and asking again is the default', async () => {
    const { phone, begin, mfa, owner, objectId, clock } = await openPhone(alice)
    await phone.behaviours.set(objectId, { push: 'approve', afterSeconds: 0 })
    const sessionId = await begin('PhoneAppNotification')
    await clock.advance(5 * 60_000)
    expect(await mfa.redeem(sessionId, owner)).toBe(false)
    await phone.behaviours.set(objectId, { push: 'ask', afterSeconds: 0 })
    expect(await mfa.state(await begin('PhoneAppNotification'), owner)).toBe('Pending')
  })
})

test('whoever begins again and again has no more tries: after twenty wrong codes nothing begins for ten minutes', async () => {
  const { begin, mfa, owner, clock } = await openPhone('alice@contoso.com')
  for (let round = 0; round < 4; round += 1) {
    const sessionId = await begin('PhoneAppOTP')
    for (let tries = 0; tries < 5; tries += 1) await mfa.verify(sessionId, owner, '000000')
  }
  expect(await begin('PhoneAppOTP')).toBe('TooManyAttempts')
  expect(await begin('PhoneAppNotification')).toBe('TooManyAttempts')
  await clock.advance(10 * 60_000)
  expect(await begin('PhoneAppOTP')).not.toBe('TooManyAttempts')
})
