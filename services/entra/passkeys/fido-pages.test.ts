import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { HttpVisitor, Visit } from '#test/actors/http-visitor.ts'
import { openAuthority, owaRequest, pageConfig, pageId, peggy, postFrom, type TestAuthority } from '../_authority.ts'
import { type AnswerChanges, SoftwareAuthenticator } from './_authenticator.ts'

const login = 'https://login.microsoftonline.com'
const authenticator = new SoftwareAuthenticator()
let authority: TestAuthority
let visitor: HttpVisitor

beforeAll(async () => {
  authority = await openAuthority()
  await registerPasskey(await authority.visitor())
})

afterAll(() => authority[Symbol.asyncDispose]())

beforeEach(async () => {
  visitor = await authority.visitor()
})

/** Through the security info page, as a browser does. */
async function registerPasskey(who: HttpVisitor): Promise<void> {
  const named = await who.submit(await who.open(`${login}/common/SecurityInfo`), { loginfmt: peggy.upn })
  const second = await who.submit(named, { passwd: peggy.password })
  const info = await who.submit(second, { otc: await authority.totpCode(peggy.upn) })
  const act = (page: Visit, fields: Readonly<Record<string, string>>) =>
    postFrom(who, page, '/common/SecurityInfo', fields)
  const naming = await act(await act(info, { action: 'begin' }), { action: 'choose', method: 'fido2' })
  const ceremony = await who.submit(naming, { displayName: 'Software key' })
  const { sFidoChallenge, oFidoUser, sFidoRpId } = pageConfig(ceremony) as {
    sFidoChallenge: string
    oFidoUser: { id: string }
    sFidoRpId: string
  }
  expect(new URL(ceremony.url).host).toBe('login.microsoft.com')
  expect(sFidoRpId).toBe('login.microsoft.com')
  const attestation = authenticator.create(sFidoChallenge, oFidoUser.id)
  const listed = await who.submit(ceremony, { attestation: JSON.stringify(attestation) })
  expect(listed.html).toContain('Software key')
}

/** The page of "Sign-in options", with its challenge. */
async function toCeremony(who = visitor): Promise<Visit> {
  const start = await who.open(owaRequest())
  const page = await who.submit(start, {}, 1)
  expect(page.url).toBe('https://login.microsoft.com/common/fido/get?uiflavor=Web')
  return page
}

/** Tests ask for counts of their own; each is beyond all before it. */
let count = 100
const nextCount = () => {
  count += 1
  return count
}

const answerTo = (page: Visit, changes: AnswerChanges = {}) =>
  JSON.stringify(authenticator.get(String(pageConfig(page).sFidoChallenge), changes))

async function expectRefusal(visit: Visit, code: number, reason: RegExp): Promise<void> {
  expect(pageConfig(visit)).toMatchObject({ pgid: 'ConvergedSignIn', sErrorCode: String(code) })
  const { reasons, decisions } = await authority.lastEvent('/common/login')
  expect(decisions).toContain(`AADSTS${code}`)
  expect(reasons.join()).toMatch(reason)
  expect(visitor.cookie('ESTSAUTH')).toBeUndefined()
}

test('a passkey signs in with neither name nor password', async () => {
  const page = await toCeremony()
  const kmsi = await visitor.submit(page, { assertion: answerTo(page) })
  expect(pageConfig(kmsi)).toMatchObject({ pgid: 'KmsiInterrupt', sPOST_Username: peggy.upn })
})

test.each<{ case: string; changes: AnswerChanges; reason: RegExp }>([
  { case: 'another origin', changes: { origin: login }, reason: /origin/ },
  { case: 'another challenge', changes: { challenge: 'O.made-up' }, reason: /challenge/ },
  { case: 'a counter that went back', changes: { counter: 0 }, reason: /counter/ },
  { case: 'somebody else’s userHandle', changes: { userHandle: 'c29tZWJvZHk' }, reason: /userHandle/ },
])('$case is refused: 130005, a reason in the journal, no session', async ({ changes, reason }) => {
  const before = await toCeremony()
  await visitor.submit(before, { assertion: answerTo(before, { counter: nextCount() }) })
  visitor.forgetCookies()
  const page = await toCeremony()
  await expectRefusal(await visitor.submit(page, { assertion: answerTo(page, changes) }), 130005, reason)
})

test('an unknown passkey is refused with 130004, nonsense with 130005, and the page offers another way', async () => {
  const stranger = new SoftwareAuthenticator()
  const page = await toCeremony()
  stranger.create('', 'x')
  const assertion = JSON.stringify(stranger.get(String(pageConfig(page).sFidoChallenge)))
  const refused = await visitor.submit(page, { assertion })
  await expectRefusal(refused, 130004, /no account has a passkey/)
  await expectRefusal(await visitor.submit(page, { assertion: '{"id":1}' }), 130005, /no answer of an authenticator/)
  expect((await visitor.submit(refused, { account: 'other' }, 1)).html).toContain('name="loginfmt"')
})

test('an answer of another browser, or to the challenge of another sign-in, is worth nothing', async () => {
  const page = await toCeremony()
  const assertion = answerTo(page, { counter: nextCount() })
  const thief = await authority.visitor()
  const stolen = await thief.submit(page, { assertion })
  expect(pageConfig(stolen)).toMatchObject({ pgid: 'ConvergedError', sErrorCode: '50089' })
  const elsewhere = await toCeremony(thief)
  expect(pageConfig(await thief.submit(elsewhere, { assertion }))).toMatchObject({ sErrorCode: '130005' })
  expect(pageConfig(await visitor.submit(page, { assertion }))).toMatchObject({ sErrorCode: '130005' })
})

test('the ceremony begins at its own host, and only for a sign-in of ours', async () => {
  const start = await visitor.open(owaRequest())
  const { sCtx, sFT } = pageConfig(start) as Record<string, string>
  const moved = await visitor.post(`${login}/common/fido/get`, { ctx: sCtx ?? '', canary: sFT ?? '' })
  expect(new URL(moved.url).host).toBe('login.microsoft.com')
  const forms: readonly Record<string, string>[] = [{}, { ctx: sCtx ?? '' }, { ctx: sCtx ?? '', canary: 'guessed' }]
  for (const form of forms) {
    const refused = await visitor.post('https://login.microsoft.com/common/fido/get', form)
    expect(pageConfig(refused)).toMatchObject({ pgid: 'ConvergedError', sErrorCode: '50089' })
  }
  const evil = {
    ctx: sCtx ?? '',
    canary: sFT ?? '',
    postBackUrl: 'https://evil.example/',
    cancelUrl: 'https://evil.example/',
  }
  const page = await visitor.post('https://login.microsoft.com/common/fido/get', evil)
  expect(page.html).not.toContain('evil.example')
})

test('GetCredentialType names the passkeys, with a challenge for a sign-in of this browser only', async () => {
  const { sCtx, sFT } = pageConfig(await visitor.open(owaRequest())) as Record<string, string>
  const ask = async (cookie: string) => {
    const answer = await authority.fetch(`${login}/common/GetCredentialType`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify({ username: peggy.upn, originalRequest: sCtx, flowToken: sFT }),
    })
    return ((await answer.json()) as { Credentials: Record<string, unknown> }).Credentials
  }
  const own = await ask(`esctx=${visitor.cookie('esctx')}`)
  expect(own).toMatchObject({
    HasFido: true,
    HasAccessPass: false,
    PrefCredential: 1,
    FidoParams: { AllowList: [authenticator.credentialId], Challenge: expect.stringMatching(/^O\./) },
  })
  expect(await ask('')).toMatchObject({ HasFido: true, FidoParams: null })
  await authority.manage(`/mfa/${peggy.upn}/access-pass`, {})
  expect(await ask('')).toMatchObject({ HasAccessPass: true, PrefCredential: 13 })
  await authority.manage(`/mfa/${peggy.upn}/access-pass`, undefined, 'DELETE')
})

test('as a second factor it must be that very person’s', async () => {
  await authority.stack.clock.advance(60_000)
  const named = await visitor.submit(await visitor.open(owaRequest()), { loginfmt: peggy.upn })
  const second = await visitor.submit(named, { passwd: peggy.password })
  const chosen = await postFrom(visitor, second, '/common/reprocess', { authMethodId: 'FidoKey' })
  expect(pageId(chosen)).toBe('ConvergedTFA')
  const page = await visitor.submit(chosen)
  expect(pageConfig(page)).toMatchObject({ arrFidoAllowList: [{ id: authenticator.credentialId }] })
  const foreign = answerTo(page, { userHandle: 'c29tZWJvZHk', counter: nextCount() })
  const refused = await visitor.submit(page, { assertion: foreign })
  expect(pageConfig(refused)).toMatchObject({ pgid: 'ConvergedTFA', sErrorCode: '500121' })
  const again = await visitor.submit(refused)
  expect(pageId(await visitor.submit(again, { assertion: answerTo(again, { counter: nextCount() }) }))).toBe(
    'KmsiInterrupt',
  )
})
