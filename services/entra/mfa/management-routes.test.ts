import { type TOTP, URI } from 'otpauth'
import { expect, test } from 'vitest'
import { StackClock } from '#shared/clock.ts'
import { FaultTable } from '#shared/faults.ts'
import { Journal } from '#shared/journal.ts'
import { createLog } from '#shared/log.ts'
import { createManagement, managementHeader } from '#shared/stack/management.ts'
import { singleUseStore } from '#shared/store/single-use.ts'
import { openTenant, userOf } from '../people/_tenant.ts'
import { addManagementRoutes } from './management-routes.ts'
import { createMfaService } from './mfa-service.ts'
import { createSecurityInfo } from './security-info.ts'

async function openLab() {
  const tenant = await openTenant()
  await tenant.synchronizeEverybody()
  const securityInfo = createSecurityInfo({ ...tenant, singleUse: singleUseStore(tenant.store.db) })
  const app = createManagement({
    name: 'entra',
    log: createLog('silent'),
    clock: new StackClock(),
    journal: new Journal(tenant.clock),
    faults: new FaultTable(),
    status: () => 'ready',
    reset: async () => undefined,
    more: (scope) => addManagementRoutes(scope, { ...tenant, ...securityInfo }),
  })
  const call = async (method: 'GET' | 'POST', url: string, payload?: object) => {
    const response = await app.inject({
      method,
      url,
      headers: { [managementHeader]: '1' },
      ...(payload && { payload }),
    })
    return { status: response.statusCode, json: response.json() }
  }
  const { entraObjectId, userPrincipalName } = userOf(tenant.scenario, 'alice@contoso.com')
  const person = { objectId: entraObjectId, userPrincipalName }
  const mfa = createMfaService(tenant)
  const begin = (authMethodId: 'PhoneAppNotification' | 'OneWaySMS') =>
    mfa.begin({ person, authMethodId, application: 'Outlook', address: '203.0.113.10', caller: 'entra' })
  return { ...tenant, call, begin }
}

test('shows the phone: methods, current code, pushes and messages', async () => {
  const { call, begin, clock } = await openLab()
  await begin('PhoneAppNotification')
  await begin('OneWaySMS')
  const { status, json } = await call('GET', '/mfa/Alice@contoso.com')
  expect(status).toBe(200)
  expect(json.methods.map((method: { type: string }) => method.type)).toEqual(['push', 'totp', 'sms'])
  const totp = URI.parse(json.methods[1].otpauthUri) as TOTP
  expect(totp).toMatchObject({ issuer: 'Contoso', label: 'alice@contoso.com' })
  const timestamp = clock.now().getTime()
  expect(json.totp).toEqual({
    code: totp.generate({ timestamp }),
    previousCode: totp.generate({ timestamp: timestamp - 30_000 }),
    secondsLeft: 30,
  })
  expect(json.pushes).toHaveLength(1)
  expect(json.sms[0].text).toContain(json.sms[0].code)
})

test('approves and denies by hand', async () => {
  const { call, begin } = await openLab()
  expect(await call('POST', '/mfa/alice@contoso.com/approve', {})).toMatchObject({ status: 404 })
  await begin('PhoneAppNotification')
  const [push] = (await call('GET', '/mfa/alice@contoso.com')).json.pushes
  const number = push.number === 99 ? 98 : push.number + 1
  expect(await call('POST', '/mfa/alice@contoso.com/approve', { number })).toMatchObject({ status: 409 })
  const approve = { id: push.id, number: push.number }
  const approved = { status: 200, json: { id: push.id, state: 'approved' } }
  expect(await call('POST', '/mfa/alice@contoso.com/approve', approve)).toEqual(approved)
  await begin('PhoneAppNotification')
  expect(await call('POST', '/mfa/alice@contoso.com/deny')).toMatchObject({ status: 200, json: { state: 'denied' } })
})

test('refuses what it cannot read and whom it does not know', async () => {
  const { call } = await openLab()
  expect(await call('POST', '/mfa/alice@contoso.com/approve', { number: 'x' })).toMatchObject({ status: 400 })
  expect(await call('GET', '/mfa/nobody@contoso.com')).toMatchObject({ status: 404 })
  expect(await call('POST', '/mfa/nobody@contoso.com/approve', {})).toMatchObject({ status: 404 })
})

test('has no code for a person without an authenticator app', async () => {
  const { call } = await openLab()
  expect((await call('GET', '/mfa/carol@contoso.com')).json).toMatchObject({
    methods: [],
    totp: null,
    pushes: [],
    sms: [],
  })
})

test('lists people with where they come from', async () => {
  const { call } = await openLab()
  const { users } = (await call('GET', '/users')).json
  expect(users).toHaveLength(15)
  expect(users).toContainEqual(
    expect.objectContaining({
      userPrincipalName: 'frank@contoso.com',
      source: 'synchronized',
      enabled: false,
      licensed: true,
    }),
  )
})
