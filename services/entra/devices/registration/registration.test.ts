import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDevice } from '#test/actors/device.ts'
import { peggy } from '../../_authority.ts'
import { policyOf } from '../../conditional-access/_policies.ts'
import { apps, type MobileWorld, openMobileWorld, registration } from '../_mobile.ts'

let world: MobileWorld
beforeAll(async () => {
  world = await openMobileWorld()
})
afterAll(async () => world[Symbol.asyncDispose]())

/** Of the extension 1.2.840.113556.1.5.284.<last>: an OCTET STRING with a length of two bytes ([MS-DVRE] §2.2.2). */
function contentOf({ raw }: X509Certificate, last: number): Buffer {
  const start = raw.indexOf(Buffer.from([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x14, 1, 5, 0x82, 0x1c, last])) + 11
  expect(raw.subarray(start + 2, start + 4)).toEqual(Buffer.from([0x04, 0x81]))
  return raw.subarray(start + 5, start + 5 + (raw[start + 4] ?? 0))
}

test.each([
  { path: '/contoso.com/Discover?api-version=1.9&managed=True', federated: true },
  { path: '/fabrikam.com/discover?api-version=1.9', federated: false },
  { path: '/fabrikam.com/EnrollmentServer/contract?api-version=1.2', federated: false },
])('$path names the services of the tenant', async ({ path, federated }) => {
  const answer = await world.authority.fetch(registration + path)
  expect(await answer.json()).toMatchObject({
    DeviceRegistrationService: {
      RegistrationEndpoint: `${registration}/EnrollmentServer/device/`,
      RegistrationResourceId: 'urn:ms-drs:enterpriseregistration.windows.net',
      ServiceVersion: '2.0',
    },
    AuthenticationService: {
      OAuth2: {
        AuthCodeEndpoint: expect.stringMatching(/^https:\/\/login\.microsoftonline\.com\/[\w-]+\/oauth2\/authorize$/),
      },
    },
    IdentityProviderService: { Federated: federated },
    NonceService: { Endpoint: expect.stringContaining('/EnrollmentServer/nonce/') },
  })
})

test('a foreign domain is not discovered', async () => {
  const answer = await world.authority.fetch(`${registration}/example.org/Discover?api-version=1.9`)
  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({ code: 'invalid_request', operation: 'Discover' })
})

test.each([
  { joinType: 4, trustType: 'Workplace', ownership: 'Personal', mark: '0', groups: 0 },
  { joinType: 0, trustType: 'AzureAd', ownership: 'Company', mark: '1', groups: 1 },
])('JoinType $joinType makes a device of trust type $trustType', async ({ joinType, ...want }) => {
  const device = await newDevice()
  const { status, json } = await world.register(device, { JoinType: joinType, DeviceDisplayName: want.trustType })
  expect(status).toBe(200)
  expect(json).toMatchObject({ User: { Upn: 'peggy@fabrikam.com' }, Certificate: { Thumbprint: device.thumbprint } })
  expect(json.MembershipChanges).toHaveLength(want.groups)
  const certificate = new X509Certificate(Buffer.from(device.certificate, 'base64'))
  const deviceId = certificate.subject.replace('CN=', '')
  expect(certificate.issuer).toContain('CN=MS-Organization-Access')
  expect(await world.manage('GET', `/devices/${deviceId}`)).toMatchObject({
    displayName: want.trustType,
    trustType: want.trustType,
    deviceOwnership: want.ownership,
    isManaged: false,
    isCompliant: false,
    registered: true,
  })
  const deviceIdBytes = Buffer.from(deviceId.replaceAll('-', ''), 'hex').subarray(8)
  expect(contentOf(certificate, 2).subarray(8)).toEqual(deviceIdBytes)
  expect(contentOf(certificate, 7).toString()).toBe(want.mark)
})

test.each([
  { what: 'no certificate request', changes: { CertificateRequest: undefined }, subcode: 'error_invalid_parameter' },
  { what: 'a join type that is none', changes: { JoinType: 3 }, subcode: 'error_invalid_parameter' },
  { what: 'an empty name', changes: { DeviceDisplayName: ' ' }, subcode: 'error_invalid_parameter' },
  {
    what: 'bytes that are no request',
    changes: { CertificateRequest: { Type: 'pkcs10', Data: 'bm8gcmVxdWVzdA==' } },
    subcode: 'error_invalid_certificate_request',
  },
  { what: 'an unknown computer of AD', changes: { JoinType: 6 }, subcode: 'error_missing_device' },
])('refuses $what', async ({ changes, subcode }) => {
  const { status, json } = await world.register(await newDevice(), changes)
  expect(status).toBe(400)
  expect(json).toMatchObject({ code: 'invalid_request', subcode, operation: 'DeviceJoin' })
  expect(json.time).toMatch(/^\d\d-\d\d-\d{4} \d\d:\d\d:\d\dZ$/)
})

test('refuses a short key, and a request that somebody changed', async () => {
  expect(await world.register(await newDevice(1024))).toMatchObject({
    json: { subcode: 'error_invalid_certificate_request' },
  })
  const bytes = Buffer.from(await (await newDevice()).certificateRequest(), 'base64')
  const last = bytes.length - 1
  bytes[last] = (bytes[last] ?? 0) ^ 1
  const CertificateRequest = { Type: 'pkcs10', Data: bytes.toString('base64') }
  expect(await world.register(await newDevice(), { CertificateRequest })).toMatchObject({
    json: { subcode: 'error_invalid_certificate_request' },
  })
})

test('takes tokens for itself only, with a permission, and only while they last', async () => {
  const device = await newDevice()
  const visit = await world.signIn(world.webView())
  const { body } = await world.redeem(visit)
  const unconsented = await world.token(
    {
      grant_type: 'password',
      client_id: apps.desktop,
      resource: apps.registration,
      username: peggy.upn,
      password: peggy.password,
    },
    {},
    '/contoso.com/oauth2/token',
  )
  expect(unconsented.status).toBe(200)
  const mine = unconsented.body.access_token ?? ''
  for (const token of [body.access_token ?? '', mine, `${await world.registrationToken()}x`, 'garbage']) {
    expect(await world.register(device, {}, token)).toMatchObject({
      status: 401,
      json: { code: 'authentication_error', subcode: 'error_invalid_token' },
    })
  }
  const { clock } = world.authority.stack
  const before = clock.state
  const token = await world.registrationToken()
  await clock.advance(2 * 60 * 60 * 1000)
  expect(await world.register(device, {}, token)).toMatchObject({ status: 401 })
  await clock.set(before)
})

test('a person may register so many devices and no more', async () => {
  const { devices } = await world.manage<{ devices: { ownerId?: string; displayName: string }[] }>('GET', '/devices')
  const owner = devices.find((device) => device.displayName === 'AzureAd')?.ownerId
  const userDeviceQuota = devices.filter((device) => device.ownerId === owner).length
  await world.manage('PATCH', '/device-registration-policy', { userDeviceQuota })
  expect(await world.register(await newDevice())).toMatchObject({
    status: 400,
    json: { subcode: 'error_directory_quota_exceeded', message: expect.stringContaining("'DeviceCapReached'") },
  })
  await world.manage('PATCH', '/device-registration-policy', { userDeviceQuota: 50 })
})

test('the tenant may forbid joining, and ask for a second factor', async () => {
  await world.manage('PATCH', '/device-registration-policy', { azureADJoin: 'notAllowed' })
  expect(await world.register(await newDevice(), { JoinType: 0 })).toMatchObject({ status: 403 })
  expect(await world.register(await newDevice(), { JoinType: 4 })).toMatchObject({ status: 200 })
  const policy = { azureADJoin: 'allowed', multiFactorAuthConfiguration: 'required' }
  await world.manage('PATCH', '/device-registration-policy', policy)
  expect(await world.register(await newDevice())).toMatchObject({
    status: 401,
    json: { subcode: 'error_mfa_required' },
  })
  await world.manage('PATCH', '/device-registration-policy', { multiFactorAuthConfiguration: 'notRequired' })
})

test('a device leaves by its owner, and by nobody else', async () => {
  const { deviceId } = await world.phone()
  const of = (id: string) => world.registrationCall('DELETE', `/EnrollmentServer/device/${id}?api-version=1.0`)
  expect(await of('d0000000-0000-4000-8000-000000000003')).toMatchObject({ status: 403 })
  expect(await of(deviceId)).toMatchObject({ status: 200 })
  expect(await of(deviceId)).toMatchObject({ json: { subcode: 'error_missing_device', operation: 'DeviceDelete' } })
  expect(await world.manageRaw('GET', `/devices/${deviceId}`)).toMatchObject({ status: 404 })
})

test('what is not there says so', async () => {
  for (const [method, path] of [
    ['PUT', '/EnrollmentServer/device/d0000000-0000-4000-8000-000000000004?api-version=1.0'],
    ['POST', '/EnrollmentServer/key/?api-version=1.0'],
  ] as const) {
    expect(await world.registrationCall(method, path, { body: {} })).toMatchObject({ status: 501 })
  }
})

test('a policy for the user action is asked when somebody registers a device', async () => {
  const action = policyOf({
    displayName: 'MFA to register devices',
    applications: { includeUserActions: ['urn:user:registerdevice'] },
  })
  await using strict = await openMobileWorld([action])
  const asked = await strict.signIn(strict.webView(), { client: apps.broker, resource: apps.registration })
  expect(asked.html).toContain('"pgid":"ConvergedTFA"')
  expect((await strict.signIn(strict.webView())).url).toContain('code=')
})

test('a hybrid join completes the computer that Entra Connect brought, for its owner', async () => {
  await using world = await openMobileWorld([], (scenario) => ({
    ...scenario,
    devices: scenario.devices.map((device) => ({ ...device, owner: 'peggy@fabrikam.com' })),
  }))
  const device = await newDevice()
  const asked = { JoinType: 6, DeviceDisplayName: 'bob-pc', DeviceType: 'Windows' }
  expect(await world.register(device, asked)).toMatchObject({ status: 200 })
  const id = 'd0000000-0000-4000-8000-000000000004'
  expect(await world.manage('GET', `/devices/${id}`)).toMatchObject({ trustType: 'ServerAd', registered: true })
  // ALICE-LAPTOP is hers as well, and joined to the cloud only.
  expect(await world.register(device, { ...asked, DeviceDisplayName: 'ALICE-LAPTOP' })).toMatchObject({ status: 400 })
  // Active Directory decides that it is there: leaving takes the certificate only.
  expect(await world.registrationCall('DELETE', `/EnrollmentServer/device/${id}`)).toMatchObject({ status: 200 })
  expect(await world.manage('GET', `/devices/${id}`)).toMatchObject({ trustType: 'ServerAd', registered: false })
})
