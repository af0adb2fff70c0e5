import { TOTP } from 'otpauth'
import { expect, test } from 'vitest'
import { openSurface } from '../people/_surface.ts'
import { userOf } from '../people/_tenant.ts'
import { addConnectorRoutes } from './connector-routes.ts'
import { createMfaService } from './mfa-service.ts'
import { createSimulatedPhone } from './simulated-phone.ts'

const host = 'adnotifications.windowsazure.com'

async function openConnector() {
  const surface = await openSurface()
  await surface.synchronizeEverybody()
  const mfa = createMfaService(surface)
  addConnectorRoutes(surface.app, { ...surface, host, mfa })
  const ask = (operation: string, body: object, as = 'adfs') =>
    surface.post(host, `/StrongAuthenticationService.svc/Connector/${operation}`, { as, body })
  return {
    ...surface,
    mfa,
    ask,
    methods: async (userPrincipalName: string) =>
      (await ask('GetAvailableAuthenticationMethods', { userPrincipalName, contextId: 'c' })).json,
    begin: async (userPrincipalName: string, authMethodId: string) => {
      const caller = { callerIp: '203.0.113.10', callerName: 'AD FS' }
      return (await ask('BeginTwoWayAuthentication', { userPrincipalName, authMethodId, contextId: 'c', ...caller }))
        .json
    },
    end: async (sessionId: string, additionalAuthData?: string) =>
      (await ask('EndTwoWayAuthentication', { sessionId, additionalAuthData })).json,
  }
}

test.each([
  { who: 'bob@contoso.com', want: 'Success', count: 1 },
  { who: 'ALICE@contoso.com', want: 'Success', count: 3 },
  { who: 'carol@contoso.com', want: 'NoMethods', count: 0 },
  { who: 'ivan@contoso.com', want: 'UserNotLicensed', count: 0 },
  { who: 'judy@contoso.com', want: 'UserNotFound', count: 0 },
])('ENV-4 the methods of $who, who must be synchronized and licensed: $want', async ({ who, want, count }) => {
  await using connector = await openConnector()
  const { result, methods } = await connector.methods(who)
  expect(result).toBe(want)
  expect(methods).toHaveLength(count)
  for (const method of methods) expect(Object.keys(method)).toEqual(['authMethodId', 'display', 'isDefault'])
})

test('AD FS verifies a code, once', async () => {
  await using connector = await openConnector()
  const { result, sessionId, entropy } = await connector.begin('bob@contoso.com', 'PhoneAppOTP')
  expect({ result, entropy }).toEqual({ result: 'Success', entropy: 0 })
  expect(await connector.end(sessionId, '000000')).toEqual({ result: 'WrongCode' })
  const code = new TOTP({ secret: 'MJXWEIDCOJQW4ZDUGIZTINJW' }).generate({ timestamp: connector.clock.now().getTime() })
  expect(await connector.end(sessionId, code)).toEqual({ result: 'Success' })
  expect(await connector.end(sessionId, code)).toEqual({ result: 'NoSuchSession' })
})

test('AD FS polls for a notification until it is approved', async () => {
  await using connector = await openConnector()
  const { sessionId, entropy } = await connector.begin('alice@contoso.com', 'PhoneAppNotification')
  expect(await connector.end(sessionId)).toEqual({ result: 'Pending' })
  const { entraObjectId } = userOf(connector.scenario, 'alice@contoso.com')
  const phone = createSimulatedPhone(connector.store, connector.clock)
  expect((await phone.pushes(entraObjectId))[0]).toMatchObject({ application: 'AD FS', address: '203.0.113.10' })
  await phone.approve(entraObjectId, { number: entropy })
  expect(await connector.end(sessionId)).toEqual({ result: 'Success' })
  expect(await connector.end(sessionId)).toEqual({ result: 'NoSuchSession' })
})

test.each([
  { who: 'bob@contoso.com', method: 'OneWaySMS', want: 'NoMethods' },
  { who: 'ivan@contoso.com', method: 'PhoneAppOTP', want: 'UserNotLicensed' },
  { who: 'nobody@contoso.com', method: 'PhoneAppOTP', want: 'UserNotFound' },
])('begins nothing for $who with $method: $want', async ({ who, method, want }) => {
  await using connector = await openConnector()
  expect(await connector.begin(who, method)).toEqual({ result: want })
})

test('does not end a session that Entra ID’s own pages began', async () => {
  await using connector = await openConnector()
  const person = userOf(connector.scenario, 'bob@contoso.com')
  const beginning = await connector.mfa.begin({
    person: { objectId: person.entraObjectId, userPrincipalName: person.userPrincipalName },
    authMethodId: 'PhoneAppOTP',
    application: 'Outlook',
    address: '203.0.113.10',
    caller: 'entra',
  })
  const sessionId = beginning.result === 'Success' ? beginning.sessionId : ''
  expect(await connector.end(sessionId, '000000')).toEqual({ result: 'NoSuchSession' })
})

test('answers AD FS only, and only what it can read', async () => {
  await using connector = await openConnector()
  const body = { userPrincipalName: 'bob@contoso.com', contextId: 'c' }
  expect((await connector.ask('GetAvailableAuthenticationMethods', body, 'wap')).status).toBe(401)
  expect((await connector.ask('GetAvailableAuthenticationMethods', {})).status).toBe(400)
})
