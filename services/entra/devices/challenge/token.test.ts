import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { challengeIn, type Device, newDevice } from '#test/actors/device.ts'
import { userAgents } from '#test/actors/web-view.ts'
import { demands, policyOf } from '../../conditional-access/_policies.ts'
import { apps, claimsOf, type MobileWorld, openMobileWorld } from '../_mobile.ts'

const onExchange = { includeApplications: [apps.exchange] }
const compliant = policyOf({
  displayName: 'Compliant device',
  grant: demands(['compliantDevice']),
  applications: onExchange,
})
const managed = policyOf({
  displayName: 'Compliant or hybrid joined',
  grant: demands(['compliantDevice', 'domainJoinedDevice'], { operator: 'OR' }),
  applications: { includeApplications: [apps.graph] },
})
const announced = { 'x-ms-PKeyAuth': '1.0' }

let world: MobileWorld
let phone: Device
let deviceId: string
beforeAll(async () => {
  world = await openMobileWorld([compliant, managed])
  const registered = await world.phone({ isManaged: true, isCompliant: true })
  phone = registered.device
  deviceId = registered.deviceId
})
afterAll(async () => world[Symbol.asyncDispose]())

/** A refresh token of a sign-in that proved no device: to the registration service, which no policy here is about. */
async function unboundToken(): Promise<string> {
  const ask = { client: apps.broker, resource: apps.registration }
  const { body } = await world.redeem(await world.signIn(world.webView(), ask), ask)
  return body.refresh_token ?? ''
}

async function boundToken(device: Device): Promise<string> {
  const { body } = await world.redeem(await world.signIn(world.webView({ device })))
  return body.refresh_token ?? ''
}

const renew = (refreshToken: string, headers: Readonly<Record<string, string>> = {}) =>
  world.refresh(refreshToken, headers, apps.broker)

async function challengeFor(refreshToken: string) {
  const answer = await renew(refreshToken, announced)
  const challenge = challengeIn(answer.headers.get('www-authenticate'))
  if (!challenge) throw new Error(`no challenge: ${JSON.stringify(answer.body)}`)
  return { answer, challenge }
}

describe('a grant that is bound to a device', () => {
  test('carries it through renewals, without being asked again', async () => {
    const first = await world.refresh(await boundToken(phone))
    const { status, body, headers } = await world.refresh(first.body.refresh_token, announced)
    expect(status).toBe(200)
    expect(headers.get('www-authenticate')).toBeNull()
    expect(claimsOf(body.access_token)).toMatchObject({ deviceid: deviceId, signin_state: ['dvc_mngd', 'dvc_cmp'] })
  })

  test.each([
    { path: '/common/oauth2/token', error: 'interaction_required' },
    { path: '/common/oauth2/v2.0/token', error: 'invalid_grant' },
  ])('is refused by $path as soon as the device is not compliant any more', async ({ path, error }) => {
    const refresh_token = await boundToken(phone)
    const scope = 'https://outlook.office365.com/.default'
    const resource: Readonly<Record<string, string>> = path.includes('v2.0') ? { scope } : { resource: apps.exchange }
    const grant = { grant_type: 'refresh_token', client_id: apps.outlook, refresh_token }
    const ask = () => world.token({ ...grant, ...resource }, {}, path)
    expect((await ask()).status).toBe(200)
    await world.manage('PATCH', `/devices/${deviceId}`, { isCompliant: false })
    const { status, body } = await ask()
    expect({ status, ...body }).toMatchObject({
      status: 400,
      error,
      suberror: 'additional_action',
      error_codes: [53000],
      claims: JSON.stringify({ access_token: { capolids: { essential: true, values: [compliant.id] } } }),
    })
    await world.manage('PATCH', `/devices/${deviceId}`, { isCompliant: true })
    expect((await ask()).status).toBe(200)
  })

  test('is refused while the device is switched off, and for good once it is deleted', async () => {
    const { device, deviceId: id } = await world.phone({ isManaged: true, isCompliant: true })
    const token = await boundToken(device)
    await world.manage('PATCH', `/devices/${id}`, { accountEnabled: false })
    expect((await world.refresh(token)).body).toMatchObject({ error: 'invalid_grant', error_codes: [135011] })
    await world.manage('PATCH', `/devices/${id}`, { accountEnabled: true })
    expect((await world.refresh(token)).status).toBe(200)
    await world.manage('DELETE', `/devices/${id}`)
    expect((await world.refresh(token)).body).toMatchObject({ error: 'invalid_grant', error_codes: [700003] })
  })

  test('cannot be used from another device', async () => {
    const { device: other } = await world.phone({ isManaged: true, isCompliant: true })
    const { challenge } = await challengeFor(await unboundToken())
    const authorization = other.answer(challenge, world.now)
    const answer = await world.refresh(await boundToken(phone), { authorization })
    expect(answer.body).toMatchObject({ suberror: 'device_authentication_failed', error_codes: [50155] })
  })
})

describe('a grant without a device', () => {
  test('is refused for clients that cannot prove one: 53000, or 530003 where a joined one would do', async () => {
    const token = await unboundToken()
    expect((await renew(token)).body).toMatchObject({
      error: 'interaction_required',
      suberror: 'additional_action',
      error_codes: [53000],
    })
    const graph = { grant_type: 'refresh_token', client_id: apps.broker, refresh_token: token, resource: apps.graph }
    expect((await world.token(graph)).body).toMatchObject({ error_codes: [530003] })
  })

  test.each([announced, { 'user-agent': userAgents.outlookIos }])(
    'a client that announces PKeyAuth by %o is challenged, and gets tokens with its answer',
    async (headers) => {
      const token = await unboundToken()
      const asked = await renew(token, headers as Readonly<Record<string, string>>)
      expect(asked).toMatchObject({ status: 401, body: { error: 'interaction_required', error_codes: [50097] } })
      const challenge = challengeIn(asked.headers.get('www-authenticate'))
      if (!challenge) throw new Error('no challenge')
      expect(challenge.submitUrl).toBe('https://login.microsoftonline.com/common/oauth2/token')
      const { status, body } = await renew(token, { authorization: phone.answer(challenge, world.now) })
      expect(status).toBe(200)
      expect(claimsOf(body.access_token)).toMatchObject({ deviceid: deviceId })
      // The tokens that come of it are bound.
      expect((await renew(body.refresh_token ?? '')).status).toBe(200)
    },
  )

  test('a client without a certificate is told that its device is not registered', async () => {
    const token = await unboundToken()
    const { challenge } = await challengeFor(token)
    const authorization = (await newDevice()).answer(challenge, world.now)
    expect((await renew(token, { authorization })).body).toMatchObject({
      error: 'interaction_required',
      suberror: 'additional_action',
      error_codes: [50129],
    })
  })

  test('an authorization code is redeemed with the device of its client', async () => {
    const ask = { client: apps.broker, resource: apps.registration }
    const visit = await world.signIn(world.webView(), ask)
    const { challenge } = await challengeFor(await unboundToken())
    const { body } = await world.redeem(visit, ask, { authorization: phone.answer(challenge, world.now) })
    expect(claimsOf(body.access_token)).toMatchObject({ deviceid: deviceId })
  })
})

describe('answers that prove nothing', () => {
  test.each([
    { what: 'another key', code: 50099, error: 'invalid_client' },
    { what: 'another address', code: 50155, error: 'invalid_grant' },
    { what: 'another context', code: 50155, error: 'invalid_grant' },
    { what: 'an old clock', code: 50155, error: 'invalid_grant' },
  ])('$what: $code', async ({ what, code, error }) => {
    const token = await unboundToken()
    const { challenge } = await challengeFor(token)
    const changes = {
      'another key': { forger: await newDevice() },
      'another address': { audience: 'https://login.microsoftonline.com/common/DeviceAuthPKeyAuth' },
      'another context': { context: 'elsewhere' },
      'an old clock': { issuedAt: world.now - 3600 },
    }[what]
    const { body } = await renew(token, { authorization: phone.answer(challenge, world.now, changes) })
    expect(body).toMatchObject({ error, error_codes: [code] })
    // The right answer is still to come: none of these used the nonce up but those that the device itself signed.
    const again = await renew(token, { authorization: phone.answer(challenge, world.now) })
    expect(again.status).toBe(code === 50099 ? 200 : 400)
  })

  test('a nonce is good for one answer, and for five minutes', async () => {
    const token = await unboundToken()
    const { challenge } = await challengeFor(token)
    const authorization = phone.answer(challenge, world.now)
    expect((await renew(token, { authorization })).status).toBe(200)
    expect((await renew(token, { authorization })).body).toMatchObject({ error_codes: [50155] })
    const late = await challengeFor(token)
    const { clock } = world.authority.stack
    const before = clock.state
    await clock.advance(5 * 60_000 + 1)
    const tooLate = phone.answer(late.challenge, world.now)
    expect((await renew(token, { authorization: tooLate })).body).toMatchObject({ error_codes: [50155] })
    await clock.set(before)
  })

  test('tokens that are none', async () => {
    for (const text of ['x', 'a.b.c', 'a.b.c.d', `${'e30'}.${'e30'}.${'e30'}`]) {
      const authorization = `PKeyAuth AuthToken="${text}",Context="c",Version="1.0"`
      expect((await renew('1.Anything', { authorization })).body).toMatchObject({ error_codes: [50099] })
    }
  })
})
