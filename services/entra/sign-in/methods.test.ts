import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { ConditionalAccessPolicy, Scenario } from '#shared/scenario/world.ts'
import { formsOf, type HttpVisitor, type Visit } from '#test/actors/http-visitor.ts'
import { openAuthority, owaRequest, pageConfig, pageId, peggy, postFrom, type TestAuthority } from '../_authority.ts'
import { SoftwareAuthenticator } from '../passkeys/_authenticator.ts'

const scenario = await loadDefaultScenario()
const trent = { upn: 'trent@wingtiptoys.com', password: 'Trent-Pass15' }
const [owaPolicy] = scenario.entra.conditionalAccess.policies
if (!owaPolicy) throw new Error('the default world has no policy')

/** The default world with another tenant-wide setting, or with other policies. */
function changed(
  multifactor: Partial<Scenario['entra']['multifactor']>,
  policies: readonly ConditionalAccessPolicy[] = scenario.entra.conditionalAccess.policies,
): Scenario {
  const { entra } = scenario
  return {
    ...scenario,
    entra: { ...entra, multifactor: { ...entra.multifactor, ...multifactor }, conditionalAccess: { policies } },
  }
}

interface Someone {
  readonly upn: string
  readonly password: string
}

async function withPassword(who: HttpVisitor, { upn, password }: Someone = peggy, url = owaRequest()): Promise<Visit> {
  const named = await who.submit(await who.open(url), { loginfmt: upn })
  return who.submit(named, { passwd: password })
}

function idTokenOf(visit: Visit) {
  return decodeJwt(formsOf(visit)[0]?.fields.id_token ?? '')
}

const leave = async (who: HttpVisitor, kmsi: Visit) => idTokenOf(await who.submit(kmsi, { LoginOptions: '3' }))

async function methodIds(authority: TestAuthority, upn: string): Promise<readonly string[]> {
  const { methods } = await authority.manage<{ methods: { id: string }[] }>(`/mfa/${upn}`)
  return methods.map(({ id }) => id)
}

describe('in the default world', () => {
  let authority: TestAuthority
  let visitor: HttpVisitor

  beforeAll(async () => {
    authority = await openAuthority()
  })
  afterAll(() => authority[Symbol.asyncDispose]())
  beforeEach(async () => {
    visitor = await authority.visitor()
    // Every code is good for one sign-in.
    await authority.stack.clock.advance(60_000)
  })

  const pass = (upn: string, wanted: object = {}) =>
    authority.manage<{ temporaryAccessPass: string }>(`/mfa/${upn}/access-pass`, wanted)

  test('a Temporary Access Pass is asked for instead of the password, and is a second factor too', async () => {
    const { temporaryAccessPass } = await pass(trent.upn, { isUsableOnce: true })
    const page = await visitor.submit(await visitor.open(owaRequest()), { loginfmt: trent.upn })
    expect(page.html).toContain('name="accesspass"')
    const wrong = await visitor.submit(page, { accesspass: 'wrong' })
    expect(pageConfig(wrong)).toMatchObject({ pgid: 'ConvergedSignIn', sErrorCode: '130503' })
    const kmsi = await visitor.submit(wrong, { accesspass: temporaryAccessPass })
    expect((await leave(visitor, kmsi)).amr).toEqual(['otp', 'mfa'])
    const [success] = await authority.signIns(trent.upn)
    expect(success?.authenticationDetails).toMatchObject([{ authenticationMethod: 'Temporary Access Pass' }])
    const next = await authority.visitor()
    const after = await next.submit(await next.open(owaRequest()), { loginfmt: trent.upn })
    expect(after.html, 'a pass that is used up is asked for no more').toContain('name="passwd"')
  })

  test('a pass goes before the federation service, and the password may be used instead', async () => {
    const { temporaryAccessPass } = await pass('alice@contoso.com', { lifetimeInMinutes: 10 })
    const page = await visitor.submit(await visitor.open(owaRequest()), { loginfmt: 'alice@contoso.com' })
    const kmsi = await visitor.submit(page, { accesspass: temporaryAccessPass })
    expect(pageId(kmsi)).toBe('KmsiInterrupt')
    await pass(peggy.upn)
    const other = await authority.visitor()
    const asked = await other.submit(await other.open(owaRequest()), { loginfmt: peggy.upn })
    const instead = await other.submit(asked, { credential: 'password' }, 1)
    expect(instead.html).toContain('name="passwd"')
    const second = await other.submit(instead, { passwd: peggy.password })
    const picker = await other.submit(second, { authMethodId: 'choose' }, 1)
    expect(picker.html).toContain('data-value="AccessPass"')
    await authority.manage(`/mfa/${peggy.upn}/access-pass`, undefined, 'DELETE')
  })

  test('a pass as the second factor is recorded as what it was', async () => {
    const { temporaryAccessPass } = await pass(peggy.upn, { isUsableOnce: true })
    const asked = await visitor.submit(await visitor.open(owaRequest()), { loginfmt: peggy.upn })
    const second = await visitor.submit(await visitor.submit(asked, { credential: 'password' }, 1), {
      passwd: peggy.password,
    })
    const page = await postFrom(visitor, second, '/common/reprocess', { authMethodId: 'AccessPass' })
    const refused = await visitor.submit(page, { otc: 'wrong' })
    expect(pageConfig(refused)).toMatchObject({ sErrorCode: '500121' })
    const kmsi = await visitor.submit(refused, { otc: temporaryAccessPass })
    expect((await leave(visitor, kmsi)).amr).toEqual(['pwd', 'mfa'])
    const [success] = await authority.signIns(peggy.upn)
    expect(success?.authenticationDetails.map((each) => each.authenticationMethod)).toEqual([
      'Password',
      'Temporary Access Pass',
    ])
  })

  test('"Don’t ask again": this browser is spared the second factor of this person for fourteen days', async () => {
    const page = await withPassword(visitor)
    expect(page.html).toContain('id="idChkBx_SAOTCC_TileRememberMFA"')
    const otc = await authority.totpCode(peggy.upn)
    await leave(visitor, await visitor.submit(page, { otc, rememberMFA: 'true' }))
    const again = () => visitor.open(owaRequest({ prompt: 'login', login_hint: peggy.upn }))
    const spared = await visitor.submit(await again(), { passwd: peggy.password })
    expect(pageId(spared)).toBe('KmsiInterrupt')
    expect((await leave(visitor, spared)).amr).toEqual(['pwd', 'mfa'])
    const [success] = await authority.signIns(peggy.upn)
    expect(success?.authenticationDetails.at(-1)?.authenticationStepResultDetail).toBe(
      'MFA requirement skipped due to remembered device',
    )
    const elsewhere = await withPassword(await authority.visitor())
    expect(pageId(elsewhere), 'another browser').toBe('ConvergedTFA')
    expect(pageId(await withPassword(visitor, trent, owaRequest({ prompt: 'login' }))), 'another person').toBe(
      'ConvergedTFA',
    )
    await authority.stack.clock.advance(14 * 24 * 60 * 60_000)
    expect(pageId(await visitor.submit(await again(), { passwd: peggy.password })), 'two weeks later').toBe(
      'ConvergedTFA',
    )
  })

  test('whoever does not tick the box is asked again', async () => {
    const kmsi = await visitor.submit(await withPassword(visitor), { otc: await authority.totpCode(peggy.upn) })
    await leave(visitor, kmsi)
    const again = await visitor.open(owaRequest({ prompt: 'login', login_hint: peggy.upn }))
    expect(pageId(await visitor.submit(again, { passwd: peggy.password }))).toBe('ConvergedTFA')
  })

  test('a phone that approves by itself needs nobody; one that is switched off lets the request run out', async () => {
    await authority.manage(`/mfa/${peggy.upn}/behaviour`, { push: 'approve', afterSeconds: 5 }, 'PUT')
    const toPush = async (who: HttpVisitor) =>
      postFrom(who, await withPassword(who), '/common/reprocess', { authMethodId: 'PhoneAppNotification' })
    const page = await toPush(visitor)
    expect(pageId(await visitor.submit(page))).toBe('ConvergedTFA')
    await authority.stack.clock.advance(5000)
    expect(pageId(await visitor.submit(page))).toBe('KmsiInterrupt')
    await authority.manage(`/mfa/${peggy.upn}/behaviour`, { push: 'ignore' }, 'PUT')
    const other = await authority.visitor()
    const unanswered = await toPush(other)
    expect((await authority.manage<{ pushes: object[] }>(`/mfa/${peggy.upn}`)).pushes).toEqual([])
    await authority.stack.clock.advance(60_000)
    expect((await other.submit(unanswered)).html).toContain('We didn&#39;t hear from you')
    expect((await authority.signIns(peggy.upn))[0]?.status).toMatchObject({
      errorCode: 500121,
      additionalDetails: 'MFA denied; user did not respond to mobile app notification',
    })
    await authority.manage(`/mfa/${peggy.upn}/behaviour`, { push: 'ask' }, 'PUT')
  })
})

describe('security info', () => {
  const entrance = 'https://login.microsoftonline.com/common/SecurityInfo'
  let authority: TestAuthority
  let visitor: HttpVisitor

  beforeAll(async () => {
    authority = await openAuthority()
  })
  afterAll(() => authority[Symbol.asyncDispose]())
  beforeEach(async () => {
    visitor = await authority.visitor()
    await authority.stack.clock.advance(60_000)
  })

  const act = (page: Visit, fields: Readonly<Record<string, string>>) =>
    postFrom(visitor, page, '/common/SecurityInfo', fields)

  async function opened(): Promise<Visit> {
    const second = await withPassword(visitor, peggy, entrance)
    expect(pageId(second), 'whoever has methods must use one').toBe('ConvergedTFA')
    expect(second.html, 'and no cookie takes its place').not.toContain('rememberMFA')
    return visitor.submit(second, { otc: await authority.totpCode(peggy.upn) })
  }

  test('lists the methods, changes the default, adds and removes', async () => {
    const page = await opened()
    expect(page.html).toContain('id="securityInfoMethods"')
    const [totp = '', push = ''] = await methodIds(authority, peggy.upn)
    const changedDefault = await act(page, { action: 'default', methodId: push })
    expect(changedDefault.html.indexOf('(default)')).toBeLessThan(changedDefault.html.indexOf(totp))
    expect((await methodIds(authority, peggy.upn))[0]).toBe(push)
    const number = await act(await act(page, { action: 'begin' }), { action: 'choose', method: 'sms' })
    const texted = await act(number, { action: 'number', countryCode: '+1', phoneNumber: '4255550123' })
    const { sms } = await authority.manage<{ sms: { code: string }[] }>(`/mfa/${peggy.upn}`)
    const listed = await act(texted, { action: 'confirm', otc: sms[0]?.code ?? '' })
    expect(listed.html).toContain('+1 XXXXXXXX23')
    const [, , third = ''] = await methodIds(authority, peggy.upn)
    expect((await act(listed, { action: 'remove', methodId: third })).html).not.toContain('+1 XXXXXXXX23')
    expect((await act(listed, { action: 'remove', methodId: third })).html).toContain('not registered any more')
    await act(page, { action: 'default', methodId: totp })
    expect((await act(page, { action: 'done' })).html).toContain('id="allSet"')
    expect(pageConfig(await act(page, { action: 'begin' }))).toMatchObject({ sErrorCode: '50089' })
  })

  test('an hour later, and five minutes later for a passkey, the second factor is asked again', async () => {
    const page = await opened()
    await authority.stack.clock.advance(6 * 60_000)
    const choice = await act(page, { action: 'begin' })
    expect(choice.html).toContain('value="fido2"')
    const asked = await act(choice, { action: 'choose', method: 'fido2' })
    expect(pageId(asked)).toBe('ConvergedTFA')
    const passkey = await visitor.submit(asked, { otc: await authority.totpCode(peggy.upn) })
    expect(passkey.html).toContain('name="displayName"')
    await act(passkey, { action: 'back' })
    await authority.stack.clock.advance(61 * 60_000)
    expect(pageId(await act(passkey, { action: 'begin' }))).toBe('ConvergedTFA')
  })

  test('nobody else’s method is removed', async () => {
    const page = await opened()
    const [foreign = ''] = await methodIds(authority, trent.upn)
    expect((await act(page, { action: 'remove', methodId: foreign })).html).toContain('not registered any more')
    expect(await methodIds(authority, trent.upn)).toContain(foreign)
  })
})

describe('other tenants', () => {
  test('the registration policy may be put off for some days, and then no more', async () => {
    const world = changed({ rememberDeviceDays: 0, registration: { required: true, skipDays: 3 } }, [])
    await using authority = await openAuthority({ scenario: world })
    for (const id of await methodIds(authority, trent.upn))
      await authority.manage(`/mfa/${trent.upn}/methods/${id}`, undefined, 'DELETE')
    const visitor = await authority.visitor()
    const interrupt = await withPassword(visitor, trent)
    expect(pageConfig(interrupt)).toMatchObject({
      pgid: 'ConvergedProofUpRedirect',
      iRemainingDaysToSkipMfaRegistration: 3,
      urlSkipMfaRegistration: '/common/SkipMfaRegistration',
    })
    const kmsi = await postFrom(visitor, interrupt, '/common/SkipMfaRegistration', {})
    expect(pageId(kmsi)).toBe('KmsiInterrupt')
    expect((await authority.signIns(trent.upn)).map(({ status }) => status.errorCode)).toContain(50203)
    await authority.stack.clock.advance(3 * 24 * 60 * 60_000)
    const late = await withPassword(await authority.visitor(), trent)
    expect(pageConfig(late)).toMatchObject({ pgid: 'ConvergedProofUpRedirect', iRemainingDaysToSkipMfaRegistration: 0 })
    expect(late.html).not.toContain('skipMfaRegistrationLink')
    expect(pageId(await withPassword(await authority.visitor())), 'whoever has a method').toBe('KmsiInterrupt')
  })

  const frequency = { isEnabled: true, value: 1, type: 'hours', frequencyInterval: 'timeBased' } as const
  const hourly = {
    applicationEnforcedRestrictions: null,
    cloudAppSecurity: null,
    persistentBrowser: null,
    disableResilienceDefaults: null,
    signInFrequency: { ...frequency, authenticationType: 'primaryAndSecondaryAuthentication' },
  } as NonNullable<ConditionalAccessPolicy['sessionControls']>

  test('a sign-in frequency is not met by the memory of a browser', async () => {
    await using authority = await openAuthority({ scenario: changed({}, [{ ...owaPolicy, sessionControls: hourly }]) })
    const visitor = await authority.visitor()
    const otc = await authority.totpCode(peggy.upn)
    await leave(visitor, await visitor.submit(await withPassword(visitor), { otc, rememberMFA: 'true' }))
    const again = async () => {
      const page = await visitor.open(owaRequest({ prompt: 'login', login_hint: peggy.upn }))
      return pageId(await visitor.submit(page, { passwd: peggy.password }))
    }
    expect(await again()).toBe('KmsiInterrupt')
    await authority.stack.clock.advance(61 * 60_000)
    expect(await again()).toBe('ConvergedTFA')
  })

  test('a session that is too old for a sign-in frequency: 70044 in the log, and for who asks silently', async () => {
    await using authority = await openAuthority({ scenario: changed({}, [{ ...owaPolicy, sessionControls: hourly }]) })
    const visitor = await authority.visitor()
    const otc = await authority.totpCode(peggy.upn)
    await leave(visitor, await visitor.submit(await withPassword(visitor), { otc }))
    await authority.stack.clock.advance(61 * 60_000)
    const silent = await visitor.open(owaRequest({ prompt: 'none' }))
    expect(silent.html).toContain('interaction_required')
    expect(silent.html).toContain('AADSTS70044')
    expect(pageId(await visitor.open(owaRequest({ login_hint: peggy.upn })))).toBe('ConvergedSignIn')
    const codes = (await authority.signIns(peggy.upn)).map(({ status }) => status.errorCode)
    expect(codes.slice(0, 2)).toEqual([70044, 70044])
  })

  test('where a policy blocks registering from here, the interrupt ends in 53010', async () => {
    const { applications } = owaPolicy.conditions
    const registering = {
      ...applications,
      includeApplications: [],
      includeUserActions: ['urn:user:registersecurityinfo'],
    }
    const block = {
      ...owaPolicy,
      id: '99999999-0000-4000-8000-000000000001',
      displayName: 'No registering',
      conditions: { ...owaPolicy.conditions, applications: registering, clientAppTypes: ['all'] },
      grantControls: owaPolicy.grantControls && { ...owaPolicy.grantControls, builtInControls: ['block'] },
    } as ConditionalAccessPolicy
    await using authority = await openAuthority({ scenario: changed({}, [owaPolicy, block]) })
    for (const id of await methodIds(authority, trent.upn))
      await authority.manage(`/mfa/${trent.upn}/methods/${id}`, undefined, 'DELETE')
    const visitor = await authority.visitor()
    const interrupt = await withPassword(visitor, trent)
    const refused = await postFrom(visitor, interrupt, '/common/SecurityInfo', { action: 'begin' })
    expect(pageConfig(refused)).toMatchObject({ pgid: 'ConvergedError', sErrorCode: '53010' })
    const page = await withPassword(
      await authority.visitor(),
      peggy,
      'https://login.microsoftonline.com/common/SecurityInfo',
    )
    expect(pageConfig(page)).toMatchObject({ pgid: 'ConvergedError', sErrorCode: '53003' })
  })

  test('a phishing-resistant strength leads to a passkey, behind another second factor', async () => {
    const authenticationStrength = { id: '00000000-0000-0000-0000-000000000004' }
    const strict = {
      ...owaPolicy,
      grantControls: owaPolicy.grantControls && {
        ...owaPolicy.grantControls,
        builtInControls: [],
        authenticationStrength,
      },
    } as ConditionalAccessPolicy
    await using authority = await openAuthority({ scenario: changed({}, [strict]) })
    const visitor = await authority.visitor()
    const second = await withPassword(visitor)
    expect(pageId(second)).toBe('ConvergedTFA')
    const interrupt = await visitor.submit(second, { otc: await authority.totpCode(peggy.upn) })
    expect(pageId(interrupt)).toBe('ConvergedProofUpRedirect')
    const choice = await postFrom(visitor, interrupt, '/common/SecurityInfo', { action: 'begin' })
    expect(choice.html).toContain('value="fido2"')
    expect(choice.html).not.toContain('value="totp"')
    const naming = await postFrom(visitor, choice, '/common/SecurityInfo', { action: 'choose', method: 'fido2' })
    const key = new SoftwareAuthenticator()
    const made = await visitor.submit(naming)
    const { sFidoChallenge, oFidoUser } = pageConfig(made) as { sFidoChallenge: string; oFidoUser: { id: string } }
    const attestation = JSON.stringify(key.create(sFidoChallenge, oFidoUser.id))
    const asked = await visitor.submit(made, { attestation })
    expect(pageConfig(asked)).toMatchObject({ pgid: 'ConvergedTFA', arrUserProofs: [{ authMethodId: 'FidoKey' }] })
    const ceremony = await visitor.submit(asked)
    const assertion = JSON.stringify(key.get(String(pageConfig(ceremony).sFidoChallenge)))
    const kmsi = await visitor.submit(ceremony, { assertion })
    expect((await leave(visitor, kmsi)).amr).toEqual(['pwd', 'fido', 'mfa'])
  })
})
