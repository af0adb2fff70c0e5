import { TOTP } from 'otpauth'
import { expect, test } from 'vitest'
import { openTenant, userOf } from '../people/_tenant.ts'
import { createMethodRegistry } from './methods.ts'
import { createMfaService } from './mfa-service.ts'
import { createRegistrations, draftOf, type NewRegistration } from './registrations.ts'
import { createSimulatedPhone } from './simulated-phone.ts'

async function openDesk(name = 'carol@contoso.com') {
  const tenant = await openTenant()
  const registry = createMethodRegistry(tenant)
  const { entraObjectId: objectId } = userOf(tenant.scenario, name)
  const mfa = createMfaService(tenant)
  const begin = (draft: Parameters<typeof draftOf>[0]) => {
    const person = { objectId, userPrincipalName: name }
    const { authMethodId } = draftOf(draft)
    return mfa.begin({ person, authMethodId, application: 'x', address: 'x', caller: 'entra', draft: draftOf(draft) })
  }
  const registrations = createRegistrations({ ...tenant, registry })
  const phone = createSimulatedPhone(tenant.store, tenant.clock)
  return { ...tenant, registry, registrations, objectId, mfa, begin, phone, owner: { caller: 'entra', objectId } }
}

test('an authenticator app counts once its first code was right, and its code not a second time', async () => {
  const { registrations, registry, objectId, clock, mfa, owner } = await openDesk()
  const registration = await registrations.begin(objectId, { type: 'totp' })
  expect(registration.secret).toMatch(/^[A-Z2-7]{32}$/)
  const code = new TOTP({ secret: registration.secret ?? '' }).generate({ timestamp: clock.now().getTime() })
  expect(await registrations.tryCode(registration, '000000')).toBe('WrongCode')
  expect(await registry.methodsOf(objectId)).toEqual([])
  expect(await registrations.tryCode(registration, code)).toBe('Success')
  await registrations.complete(registration)
  expect(await registry.methodsOf(objectId)).toMatchObject([{ type: 'totp', isDefault: true }])
  const person = { objectId, userPrincipalName: 'carol@contoso.com' }
  const start = { person, authMethodId: 'PhoneAppOTP', application: 'x', address: 'x', caller: 'entra' } as const
  const begun = await mfa.begin(start)
  const sessionId = begun.result === 'Success' ? begun.sessionId : ''
  expect(await mfa.verify(sessionId, owner, code)).toBe('CodeAlreadyUsed')
})

test('five wrong first codes end a registration, and so do ten minutes', async () => {
  const { registrations, objectId, clock } = await openDesk()
  const registration = await registrations.begin(objectId, { type: 'totp' })
  const tries = []
  for (let count = 0; count < 5; count += 1) tries.push(await registrations.tryCode(registration, '000000'))
  expect(tries).toEqual(['WrongCode', 'WrongCode', 'WrongCode', 'WrongCode', 'TooManyAttempts'])
  expect(await registrations.find(objectId, registration.id)).toBeUndefined()
  const late = await registrations.begin(objectId, { type: 'push' })
  await clock.advance(10 * 60_000)
  expect(await registrations.find(objectId, late.id)).toBeUndefined()
  expect(await registrations.scan(objectId, {})).toEqual({ outcome: 'nothingWaits' })
})

test('the Authenticator app scans a code, and a notification tries it', async () => {
  const { registrations, registry, objectId, begin, phone, mfa, owner } = await openDesk()
  const waiting = await registrations.begin(objectId, { type: 'push' })
  expect(await registrations.scan(objectId, { activationCode: '123' })).toEqual({ outcome: 'wrongCode' })
  const spaced = waiting.activationCode?.replace(/(\d{3})/g, '$1 ')
  const scan = await registrations.scan(objectId, { activationCode: spaced, deviceName: "Carol's phone" })
  if (scan.outcome !== 'scanned') throw new Error(scan.outcome)
  expect(await registrations.waitingFor(objectId)).toEqual([])
  const begun = await begin(scan.registration)
  expect(begun).toMatchObject({ result: 'Success', entropy: expect.any(Number) })
  expect(await phone.approve(objectId, {})).toMatchObject({ outcome: 'approved' })
  expect(await mfa.redeem(begun.result === 'Success' ? begun.sessionId : '', owner)).toBe(true)
  await registrations.complete(scan.registration)
  expect(await registry.methodsOf(objectId)).toMatchObject([{ type: 'push', display: "Carol's phone" }])
})

test.each<{ wanted: NewRegistration; authMethodId: string }>([
  { wanted: { type: 'sms', phoneNumber: '+49 895550101', phoneType: 'mobile' }, authMethodId: 'OneWaySMS' },
  { wanted: { type: 'voice', phoneNumber: '+49 895550102', phoneType: 'mobile' }, authMethodId: 'TwoWayVoiceMobile' },
  { wanted: { type: 'voice', phoneNumber: '+1 4255550103', phoneType: 'office' }, authMethodId: 'TwoWayVoiceOffice' },
])('$authMethodId is registered with its number', async ({ wanted, authMethodId }) => {
  const { registrations, registry, objectId, begin } = await openDesk()
  const registration = await registrations.begin(objectId, wanted)
  expect(await begin(registration)).toMatchObject({ result: 'Success' })
  await registrations.complete(registration)
  const [method] = await registry.methodsOf(objectId)
  expect(method).toMatchObject({ authMethodId, phoneNumber: registration.phoneNumber })
})

test('nobody finds, scans or completes what somebody else registers', async () => {
  const { registrations, objectId, scenario } = await openDesk()
  const { entraObjectId: other } = userOf(scenario, 'dave@contoso.com')
  const registration = await registrations.begin(objectId, { type: 'push' })
  expect(await registrations.find(other, registration.id)).toBeUndefined()
  expect(await registrations.scan(other, { activationCode: registration.activationCode })).toEqual({
    outcome: 'nothingWaits',
  })
})

test('a phone has one number; the default goes to the next method when it is removed', async () => {
  const { registry, objectId } = await openDesk()
  await registry.add(objectId, { type: 'sms', phoneNumber: '+1 4255550101', phoneType: 'mobile' })
  await registry.add(objectId, { type: 'sms', phoneNumber: '+1 4255550102', phoneType: 'mobile' })
  const push = await registry.add(objectId, { type: 'push', deviceName: 'Phone' })
  expect(await registry.methodsOf(objectId)).toHaveLength(2)
  expect(await registry.makeDefault(objectId, push.id)).toBe(true)
  expect((await registry.methodsOf(objectId))[0]).toMatchObject({ type: 'push', isDefault: true })
  expect(await registry.remove(objectId, push.id)).toBe(true)
  expect(await registry.methodsOf(objectId)).toMatchObject([{ type: 'sms', isDefault: true }])
  expect(await registry.remove(objectId, push.id)).toBe(false)
})
