import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AnswerChanges, type Device, newDevice, type PkeyAuthChallenge } from '#test/actors/device.ts'
import { userAgents } from '#test/actors/web-view.ts'
import { demands, policyOf } from '../../conditional-access/_policies.ts'
import { apps, claimsOf, type MobileWorld, openMobileWorld } from '../_mobile.ts'

const compliant = policyOf({ displayName: 'Compliant device', grant: demands(['compliantDevice']) })
const errorOf = (html: string) => /"sErrorCode":"(\d+)"/.exec(html)?.[1]

interface Logged {
  readonly status: { readonly errorCode: number }
  readonly deviceDetail: Readonly<Record<string, unknown>>
  readonly correlationId: string
}

async function logOf(world: MobileWorld): Promise<readonly Logged[]> {
  return (await world.manage<{ signIns: Logged[] }>('GET', '/signins?user=peggy@fabrikam.com')).signIns
}

describe('a compliant device is required', () => {
  let world: MobileWorld
  let phone: Device
  let deviceId: string
  beforeAll(async () => {
    world = await openMobileWorld([compliant])
    const registered = await world.phone({ isManaged: true, isCompliant: true })
    phone = registered.device
    deviceId = registered.deviceId
  })
  afterAll(async () => world[Symbol.asyncDispose]())

  test('a compliant one passes, and token and log name it', async () => {
    const webView = world.webView({ device: phone })
    const visit = await world.signIn(webView)
    expect(visit.url).toMatch(/^msauth:\/\/com\.microsoft\.office\.outlook\/.*code=/)
    const [challenge] = webView.challenges
    expect(challenge).toMatchObject({
      submitUrl: 'https://login.microsoftonline.com/common/DeviceAuthPKeyAuth',
      certificateAuthorities: 'OU=82dbaca4-3e81-46ca-9c73-0950c1eaca97,CN=MS-Organization-Access,DC=windows,DC=net',
    })
    const { body } = await world.redeem(visit)
    expect(claimsOf(body.access_token)).toMatchObject({ deviceid: deviceId, signin_state: ['dvc_mngd', 'dvc_cmp'] })
    const [done, ...before] = await logOf(world)
    const interrupt = before.find(({ status }) => status.errorCode === 50097)
    expect(done).toMatchObject({
      status: { errorCode: 0 },
      deviceDetail: {
        deviceId,
        displayName: "Peggy's Pixel",
        operatingSystem: 'Android 16',
        browser: 'Chrome 126.0.0',
        isCompliant: true,
        isManaged: true,
        trustType: 'Azure AD registered',
      },
    })
    expect(interrupt?.correlationId).toBe(done?.correlationId)
    expect(await world.manage('GET', `/devices/${deviceId}`)).toMatchObject({
      approximateLastSignInDateTime: expect.any(String),
    })
  })

  test('the session remembers it: the next application asks for nothing', async () => {
    const webView = world.webView({ device: phone })
    await world.signIn(webView)
    const again = await webView.open(world.authorizeUrl({ client: apps.broker }))
    expect(again.url).toMatch(/^msauth:\/\/Microsoft\.AAD\.BrokerPlugin.*code=/)
    expect(webView.challenges).toHaveLength(1)
  })

  test.each([
    { who: 'a phone without a certificate', userAgent: userAgents.outlookIos, code: '50129' },
    { who: 'a browser that cannot prove a device', userAgent: userAgents.safariIos, code: '53000' },
    { who: 'a browser on Windows', userAgent: userAgents.edgeWindows, code: '53000' },
  ])('$who stays on the page of $code', async ({ userAgent, code }) => {
    const visit = await world.signIn(world.webView({ userAgent }))
    expect(errorOf(visit.html)).toBe(code)
    expect((await logOf(world))[0]).toMatchObject({
      status: { errorCode: Number(code) },
      deviceDetail: { deviceId: '' },
    })
  })

  test('what device management says counts from the next evaluation on', async () => {
    await world.manage('PATCH', `/devices/${deviceId}`, { isCompliant: false })
    const webView = world.webView({ device: phone })
    expect(errorOf((await world.signIn(webView)).html)).toBe('53000')
    expect((await logOf(world))[0]).toMatchObject({ deviceDetail: { deviceId, isCompliant: false } })
    await world.manage('PATCH', `/devices/${deviceId}`, { isCompliant: true })
    expect((await world.signIn(webView)).url).toContain('code=')
  })

  const answers: readonly {
    what: string
    code: string
    change: (challenge: PkeyAuthChallenge, other: Device) => AnswerChanges
  }[] = [
    { what: 'signed by another key', code: '50099', change: (_challenge, forger) => ({ forger }) },
    { what: 'signed by another algorithm', code: '50099', change: () => ({ algorithm: 'none' }) },
    { what: 'with a nonce of its own', code: '50155', change: () => ({ nonce: 'invented' }) },
    { what: 'for another address', code: '50155', change: () => ({ audience: 'https://evil.example/submit' }) },
    { what: 'of an hour ago', code: '50155', change: () => ({ issuedAt: world.now - 3600 }) },
    { what: 'of tomorrow', code: '50155', change: () => ({ issuedAt: world.now + 86_400 }) },
  ]
  test.each(answers)('refuses an answer $what with $code', async ({ code, change }) => {
    const other = await newDevice()
    const answer = (challenge: PkeyAuthChallenge) => phone.answer(challenge, world.now, change(challenge, other))
    const visit = await world.signIn(world.webView({ answer }))
    expect(errorOf(visit.html)).toBe(code)
    expect((await logOf(world))[0]).toMatchObject({ status: { errorCode: Number(code) } })
  })

  test('refuses an answer that came too late, and one that was given before', async () => {
    const { clock } = world.authority.stack
    const before = clock.state
    const late = world.webView({ answer: () => undefined })
    const challenged = await world.signIn(late)
    expect(challenged.url).toMatch(/^urn:http-auth:PKeyAuth\?/)
    let used = ''
    const first = world.webView({
      answer: (challenge) => {
        used = phone.answer(challenge, world.now)
        return used
      },
    })
    expect((await world.signIn(first)).url).toContain('code=')
    const nonce = JSON.parse(Buffer.from(used.split('.')[1] ?? '', 'base64url').toString()).nonce as string
    const replay = world.webView({ answer: (challenge) => phone.answer(challenge, world.now, { nonce }) })
    expect(errorOf((await world.signIn(replay)).html)).toBe('50155')
    const slow = world.webView({
      answer: (challenge) => {
        void clock.advance(6 * 60_000)
        return phone.answer(challenge, world.now)
      },
    })
    expect(errorOf((await world.signIn(slow)).html)).toBe('50155')
    await clock.set(before)
  })

  test('refuses a certificate that it did not issue, and one that was replaced', async () => {
    const stranger = await newDevice()
    await stranger.certifyItself(deviceId)
    expect(errorOf((await world.signIn(world.webView({ device: stranger }))).html)).toBe('50155')
    const { device, deviceId: id } = await world.phone()
    const renewed = { certificateRequest: await (await newDevice()).certificateRequest() }
    await world.manage('POST', `/devices/${id}/certificate`, renewed)
    expect(errorOf((await world.signIn(world.webView({ device }))).html)).toBe('50155')
    await world.manage('DELETE', `/devices/${id}`)
  })

  test('the answer belongs to the browser that was challenged', async () => {
    const mine = await world.signIn(world.webView({ answer: () => undefined }))
    const context = new URLSearchParams(mine.url.slice(mine.url.indexOf('?') + 1)).get('Context') ?? ''
    const other = world.webView({ answer: (challenge) => phone.answer(challenge, world.now, { context }) })
    expect(errorOf((await world.signIn(other)).html)).toBe('50089')
  })

  test("refuses somebody else's registration, and takes a computer that everybody may use", async () => {
    const device = await newDevice()
    const scenarioDevice = async (id: string) => {
      const answer = await world.manage<{ certificate: string }>('POST', `/devices/${id}/certificate`, {
        certificateRequest: await device.certificateRequest(),
      })
      device.keepCertificate(answer.certificate)
      return world.signIn(world.webView({ device, userAgent: userAgents.brokerWindows }))
    }
    // Alice's iPhone, and her laptop.
    expect(errorOf((await scenarioDevice('d0000000-0000-4000-8000-000000000002')).html)).toBe('50155')
    expect((await scenarioDevice('d0000000-0000-4000-8000-000000000001')).url).toContain('code=')
  })

  test('a device that was switched off or deleted says so, and its sessions end', async () => {
    const { device, deviceId: id } = await world.phone({ isManaged: true, isCompliant: true })
    const webView = world.webView({ device })
    expect((await world.signIn(webView)).url).toContain('code=')
    await world.manage('PATCH', `/devices/${id}`, { accountEnabled: false })
    const page = await webView.open(world.authorizeUrl())
    expect(page.html).toContain('"pgid":"ConvergedSignIn"')
    expect(errorOf((await world.signIn(world.webView({ device }))).html)).toBe('135011')
    await world.manage('DELETE', `/devices/${id}`)
    expect(errorOf((await world.signIn(world.webView({ device }))).html)).toBe('700003')
  })
})

test('nobody is challenged where no policy is about devices', async () => {
  await using world = await openMobileWorld([policyOf({ displayName: 'MFA elsewhere', state: 'disabled' })])
  const { device, deviceId } = await world.phone({ isManaged: true, isCompliant: true })
  const webView = world.webView({ device })
  const visit = await world.signIn(webView)
  expect(webView.challenges).toEqual([])
  const { body } = await world.redeem(visit)
  expect(claimsOf(body.access_token)).not.toHaveProperty('deviceid')
  expect(deviceId).not.toBe('')
})

test('policies that only report are enough to ask, and a filter reads the device', async () => {
  const report = policyOf({
    displayName: 'Report',
    state: 'enabledForReportingButNotEnforced',
    grant: demands(['compliantDevice']),
  })
  const filtered = policyOf({
    displayName: 'Block what is not a lab phone',
    grant: demands(['block']),
    conditions: { devices: { deviceFilter: { mode: 'exclude', rule: 'device.extensionAttribute1 -eq "lab"' } } },
  })
  await using world = await openMobileWorld([report, filtered])
  const { device, deviceId } = await world.phone({ isManaged: true })
  expect(errorOf((await world.signIn(world.webView({ device }))).html)).toBe('53003')
  await world.manage('PATCH', `/devices/${deviceId}`, { extensionAttributes: { extensionAttribute1: 'lab' } })
  expect((await world.signIn(world.webView({ device }))).url).toContain('code=')
  expect(errorOf((await world.signIn(world.webView())).html)).toBe('53003')
})

test('a joined or hybrid joined computer: each grant control has its number', async () => {
  const hybrid = policyOf({ displayName: 'Hybrid joined', grant: demands(['domainJoinedDevice']) })
  await using world = await openMobileWorld([hybrid])
  const device = await newDevice()
  const use = async (id: string) => {
    const certificateRequest = await device.certificateRequest()
    const path = `/devices/${id}/certificate`
    device.keepCertificate(
      (await world.manage<{ certificate: string }>('POST', path, { certificateRequest })).certificate,
    )
    return world.signIn(world.webView({ device, userAgent: userAgents.brokerWindows }))
  }
  expect(errorOf((await use('d0000000-0000-4000-8000-000000000001')).html)).toBe('53001')
  const joined = await use('d0000000-0000-4000-8000-000000000004')
  const { body } = await world.redeem(joined)
  expect(claimsOf(body.access_token).signin_state).toEqual(['dvc_mngd', 'dvc_cmp', 'dvc_dmjd'])
  expect(errorOf((await world.signIn(world.webView({ userAgent: userAgents.edgeWindows }))).html)).toBe('53001')
})

describe('prompt=none', () => {
  const silent = { resource: apps.graph, more: { prompt: 'none', login_hint: 'peggy@fabrikam.com' } }
  const onGraph = policyOf({
    displayName: 'Compliant device for Graph',
    grant: demands(['compliantDevice']),
    applications: { includeApplications: [apps.graph] },
  })
  const codeIn = (url: string) => /AADSTS(\d+)/.exec(new URL(url).searchParams.get('error_description') ?? '')?.[1]

  test('a device answers without a page being shown', async () => {
    await using world = await openMobileWorld([onGraph])
    const { device } = await world.phone({ isManaged: true, isCompliant: true })
    const webView = world.webView({ device })
    await world.signIn(webView)
    expect(webView.challenges).toEqual([])
    const visit = await webView.open(world.authorizeUrl(silent))
    expect(webView.challenges).toHaveLength(1)
    expect(claimsOf((await world.redeem(visit)).body.access_token)).toHaveProperty('deviceid')
    // The session has learned it.
    await webView.open(world.authorizeUrl(silent))
    expect(webView.challenges).toHaveLength(1)
  })

  test.each([
    { userAgent: userAgents.outlookAndroid, code: '50129' },
    { userAgent: userAgents.safariIos, code: '53000' },
  ])('without a device the client is told $code', async ({ userAgent, code }) => {
    await using world = await openMobileWorld([onGraph])
    const webView = world.webView({ userAgent })
    await world.signIn(webView)
    const { url } = await webView.open(world.authorizeUrl(silent))
    expect(codeIn(url)).toBe(code)
    expect(new URL(url).searchParams.get('error')).toBe('interaction_required')
  })
})
