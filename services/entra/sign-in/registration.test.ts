import { decodeJwt } from 'jose'
import { TOTP } from 'otpauth'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import { formsOf, type HttpVisitor, type Visit } from '#test/actors/http-visitor.ts'
import { openAuthority, owaRequest, pageConfig, pageId, postFrom, type TestAuthority } from '../_authority.ts'
import { scenarioUser, TestProvider } from '../federation/_provider.ts'

const login = 'https://login.microsoftonline.com'
const scenario = await loadDefaultScenario()
const carol = scenarioUser(scenario, 'carol@contoso.com')

interface World {
  readonly authority: TestAuthority
  readonly provider: TestProvider
}

async function openWorld(changed: Scenario = scenario): Promise<World> {
  const provider = new TestProvider()
  const only = ['directory', 'entra', 'wap', 'gateway-internet']
  const authority = await openAuthority({ scenario: changed, only, services: { wap: provider.build } })
  return { authority, provider }
}

/** Carol comes from her federation service with a password and nothing else. */
async function carolArrives({ provider }: World, who: HttpVisitor, url = owaRequest()): Promise<Visit> {
  const away = await who.submit(await who.open(url), { loginfmt: carol.userPrincipalName })
  const wctx = new URL(away.url).searchParams.get('wctx') ?? ''
  return who.post(`${login}/login.srf`, { wa: 'wsignin1.0', wresult: await provider.wresult(carol), wctx })
}

const act = (who: HttpVisitor, page: Visit, fields: Readonly<Record<string, string>>) =>
  postFrom(who, page, '/common/SecurityInfo', fields)

async function chosen(who: HttpVisitor, interrupt: Visit, method: string): Promise<Visit> {
  return act(who, await act(who, interrupt, { action: 'begin' }), { action: 'choose', method })
}

/** What the application gets in the end. */
function idTokenOf(visit: Visit) {
  return decodeJwt(formsOf(visit)[0]?.fields.id_token ?? '')
}

describe('a policy asks for a second factor of somebody who has none', () => {
  let world: World
  let authority: TestAuthority
  let visitor: HttpVisitor
  const upn = carol.userPrincipalName

  beforeAll(async () => {
    world = await openWorld()
    authority = world.authority
  })
  afterAll(() => authority[Symbol.asyncDispose]())
  beforeEach(async () => {
    visitor = await authority.visitor()
    const { methods } = await authority.manage<{ methods: { id: string }[] }>(`/mfa/${upn}`)
    for (const { id } of methods) await authority.manage(`/mfa/${upn}/methods/${id}`, undefined, 'DELETE')
  })

  test('the interrupt is a page of its own, in the log and for programs', async () => {
    const interrupt = await carolArrives(world, visitor)
    expect(pageConfig(interrupt)).toMatchObject({
      pgid: 'ConvergedProofUpRedirect',
      sErrorCode: '50072',
      sProofUpAuthState: expect.any(String),
      iRemainingDaysToSkipMfaRegistration: 0,
    })
    expect(interrupt.html).not.toContain('skipMfaRegistrationLink')
    expect((await authority.signIns(upn))[0]?.status.errorCode).toBe(50072)
  })

  test('an authenticator app: secret, QR code, first code, and the sign-in goes on', async () => {
    const page = await chosen(visitor, await carolArrives(world, visitor), 'totp')
    expect(page.html).toContain('src="data:image/png;base64,')
    const secret = /id="secretKey">([A-Z2-7 ]+)</.exec(page.html)?.[1]?.replaceAll(' ', '') ?? ''
    const wrong = await act(visitor, page, { action: 'confirm', otc: '000000' })
    expect(wrong.html).toContain('id="registrationError"')
    const otc = new TOTP({ secret }).generate({ timestamp: authority.stack.clock.now().getTime() })
    const kmsi = await act(visitor, wrong, { action: 'confirm', otc })
    expect(pageId(kmsi)).toBe('KmsiInterrupt')
    const token = idTokenOf(await visitor.submit(kmsi, { LoginOptions: '3' }))
    expect(token.amr).toEqual(['pwd', 'mfa'])
    const [success] = await authority.signIns(upn)
    expect(success?.authenticationDetails.map(({ authenticationMethod }) => authenticationMethod)).toEqual([
      'Federated',
      'OATH verification code',
    ])
    expect((await authority.manage<{ methods: object[] }>(`/mfa/${upn}`)).methods).toMatchObject([
      { type: 'totp', isDefault: true },
    ])
  })

  test('the Authenticator app: scanned by the phone, tried by a notification', async () => {
    const scan = await chosen(visitor, await carolArrives(world, visitor), 'push')
    const early = await act(visitor, scan, { action: 'scanned' })
    expect(early.html).toContain('No app has scanned this code yet')
    const activationCode = /id="activationCode">([\d ]+)</.exec(scan.html)?.[1] ?? ''
    expect(await authority.manage(`/mfa/${upn}`)).toMatchObject({
      registrations: [{ type: 'push', activationCode: activationCode.replaceAll(' ', '') }],
    })
    await authority.manage(`/mfa/${upn}/register`, { activationCode, deviceName: "Carol's phone" })
    const trial = await act(visitor, early, { action: 'scanned' })
    const number = Number(/id="idRichContext_DisplaySign"[^>]*>(\d+)</.exec(trial.html)?.[1])
    expect((await act(visitor, trial, { action: 'confirm' })).html).toContain('It is not approved yet')
    await authority.manage(`/mfa/${upn}/approve`, { number })
    expect(pageId(await act(visitor, trial, { action: 'confirm' }))).toBe('KmsiInterrupt')
    const { methods } = await authority.manage<{ methods: { display: string }[] }>(`/mfa/${upn}`)
    expect(methods).toMatchObject([{ type: 'push', display: "Carol's phone" }])
  })

  test('a phone: by text message', async () => {
    const page = await chosen(visitor, await carolArrives(world, visitor), 'sms')
    const nonsense = await act(visitor, page, { action: 'number', countryCode: '+49', phoneNumber: 'call me' })
    expect(nonsense.html).toContain('This is no phone number')
    const texted = await act(visitor, page, { action: 'number', countryCode: '+49', phoneNumber: '0895 550-199' })
    const { sms } = await authority.manage<{ sms: { code: string; phoneNumber: string }[] }>(`/mfa/${upn}`)
    expect(sms[0]?.phoneNumber).toBe('+49 895550199')
    expect(pageId(await act(visitor, texted, { action: 'confirm', otc: sms[0]?.code ?? '' }))).toBe('KmsiInterrupt')
  })

  test('a phone: by call; the next sign-in calls it', async () => {
    const page = await chosen(visitor, await carolArrives(world, visitor), 'voice')
    const number = { action: 'number', countryCode: '+1', phoneNumber: '425 555 0199', phoneType: 'office' }
    const calling = await act(visitor, page, number)
    expect((await authority.manage<{ calls: object[] }>(`/mfa/${upn}`)).calls).toHaveLength(1)
    await authority.manage(`/mfa/${upn}/answer-call`, { press: '#' })
    expect(pageId(await act(visitor, calling, { action: 'confirm' }))).toBe('KmsiInterrupt')
    const later = await authority.visitor()
    const again = await carolArrives(world, later)
    expect(again.html).toContain('calling your phone')
    expect(pageConfig(again)).toMatchObject({ arrUserProofs: [{ authMethodId: 'TwoWayVoiceOffice' }] })
    await authority.manage(`/mfa/${upn}/answer-call`, { press: '#' })
    expect(pageId(await later.submit(again))).toBe('KmsiInterrupt')
  })

  test('a passkey is not offered to somebody who has proved nothing but a password, nor taken', async () => {
    const choice = await act(visitor, await carolArrives(world, visitor), { action: 'begin' })
    expect(choice.html).not.toContain('value="fido2"')
    const refused = await act(visitor, choice, { action: 'choose', method: 'fido2' })
    expect(refused.html).toContain('Choose one of the methods')
    const forged = await act(visitor, refused, { action: 'passkey', attestation: '{}' })
    expect(forged.html).toContain('This registration is over')
  })

  test.each(['', 'constructor', '__proto__', 'nonsense'])(
    'the action %j leads back to where it was',
    async (action) => {
      const choice = await act(visitor, await carolArrives(world, visitor), { action: 'begin' })
      const page = await act(visitor, choice, { action })
      expect(pageConfig(page)).toMatchObject({ pgid: 'ConvergedProofUpRedirect', sErrorCode: '50072' })
    },
  )

  test('nobody registers before the first factor, or in another browser', async () => {
    const named = await visitor.open(owaRequest())
    const early = await act(visitor, named, { action: 'choose', method: 'totp' })
    expect(pageId(early)).toBe('ConvergedSignIn')
    const interrupt = await carolArrives(world, visitor)
    const stranger = await authority.visitor()
    const stolen = await act(stranger, interrupt, { action: 'begin' })
    expect(pageConfig(stolen)).toMatchObject({ pgid: 'ConvergedError', sErrorCode: '50089' })
  })
})
