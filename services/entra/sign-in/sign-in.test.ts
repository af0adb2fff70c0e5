import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { formsOf, type HttpVisitor, type Visit } from '#test/actors/http-visitor.ts'
import { openAuthority, owaRequest, pageConfig, pageId, peggy, type TestAuthority } from '../_authority.ts'

const login = 'https://login.microsoftonline.com'
let authority: TestAuthority
let visitor: HttpVisitor

beforeAll(async () => {
  authority = await openAuthority()
})

afterAll(() => authority[Symbol.asyncDispose]())

beforeEach(async () => {
  visitor = await authority.visitor()
})

async function toSecondFactor(url = owaRequest(), who: HttpVisitor = visitor): Promise<Visit> {
  const named = await who.submit(await who.open(url), { loginfmt: peggy.upn })
  expect(pageConfig(named)).toMatchObject({ pgid: 'ConvergedSignIn', sPOST_Username: peggy.upn })
  return who.submit(named, { passwd: peggy.password })
}

async function toStaySignedIn(url = owaRequest(), who: HttpVisitor = visitor): Promise<Visit> {
  await authority.stack.clock.advance(60_000)
  return who.submit(await toSecondFactor(url, who), { otc: await authority.totpCode(peggy.upn) })
}

/** What the page posts to the application by itself. */
function posted(visit: Visit): Readonly<Record<string, string>> {
  const [form] = formsOf(visit)
  expect(form?.action).toBe('https://outlook.office.com/owa/')
  return form?.fields ?? {}
}

test('WEB-ONLINE-2…6: user name, password, code, "stay signed in", and the hybrid answer for Outlook on the web', async () => {
  const kmsi = await toStaySignedIn()
  expect(pageId(kmsi)).toBe('KmsiInterrupt')
  expect(visitor.cookie('ESTSAUTH')).toBeUndefined()
  const answer = await visitor.submit(kmsi, { LoginOptions: '3' })
  const fields = posted(answer)
  expect(Object.keys(fields).sort()).toEqual(['code', 'correlation_id', 'id_token', 'session_state', 'state'])
  expect(fields.state).toBe('a-state_of~owa')
  const keys = await (await authority.fetch(`${login}/common/discovery/keys`)).json()
  const { payload, protectedHeader } = await jwtVerify(fields.id_token ?? '', createLocalJWKSet(keys as never), {
    currentDate: authority.stack.clock.now(),
    issuer: 'https://sts.windows.net/6babcaad-604b-40ac-a9d7-9fd97c0b779f/',
    audience: '00000002-0000-0ff1-ce00-000000000000',
  })
  expect(protectedHeader).toMatchObject({ typ: 'JWT', alg: 'RS256', x5t: protectedHeader.kid })
  expect(payload).toMatchObject({
    upn: peggy.upn,
    ver: '1.0',
    amr: ['pwd', 'mfa'],
    name: 'Peggy Patel',
    c_hash: expect.any(String),
  })
  expect(payload.nonce).toBe('639000000000000000.8c1d3a52-3f1c-4a63-9d43-53b1e7b4f6a1')
  expect(visitor.cookie('ESTSAUTH')).toBeDefined()
  expect(visitor.cookie('ESTSAUTHPERSISTENT')).toBeUndefined()
  const { steps } = await authority.lastEvent('/kmsi')
  expect(steps).toEqual(expect.arrayContaining(['WEB-ONLINE-3', 'WEB-ONLINE-6']))
})

test('the sign-in log has the interrupts and the success with the policy that asked', async () => {
  await visitor.submit(await toStaySignedIn(), { LoginOptions: '3' })
  const [success, kmsi, mfa] = await authority.signIns(peggy.upn)
  expect([success?.status.errorCode, kmsi?.status.errorCode, mfa?.status.errorCode]).toEqual([0, 50140, 50074])
  expect(success).toMatchObject({ conditionalAccessStatus: 'success' })
  expect(mfa).toMatchObject({ conditionalAccessStatus: 'failure' })
  const applied = success?.appliedConditionalAccessPolicies ?? []
  expect(applied).toContainEqual(
    expect.objectContaining({ displayName: 'Require MFA for Outlook on the web', result: 'success' }),
  )
  expect(applied).toContainEqual(expect.objectContaining({ result: 'reportOnlyFailure' }))
  expect(applied).toContainEqual(expect.objectContaining({ result: 'notEnabled' }))
})

test('single sign-on: the next application is answered without a page, prompt=none too', async () => {
  await visitor.submit(await toStaySignedIn(), { LoginOptions: '1' })
  expect(visitor.cookie('ESTSAUTHPERSISTENT')).toBe(visitor.cookie('ESTSAUTH'))
  const again = posted(await visitor.open(owaRequest({ state: 'second' })))
  expect(again.state).toBe('second')
  expect(posted(await visitor.open(owaRequest({ prompt: 'none' }))).code).toBeDefined()
  const picker = await visitor.open(owaRequest({ prompt: 'select_account' }))
  expect(picker.html).toContain(`value="${peggy.upn}"`)
  expect(posted(await visitor.submit(picker, { account: peggy.upn })).code).toBeDefined()
  const fresh = await visitor.open(owaRequest({ prompt: 'login', login_hint: peggy.upn }))
  expect(fresh.html).toContain('id="i0118"')
})

test.each<{ case: string; more: Record<string, string>; error: string; code: number }>([
  { case: 'nobody is signed in', more: {}, error: 'login_required', code: 50058 },
  {
    case: 'the name is of no session',
    more: { login_hint: 'trent@wingtiptoys.com' },
    error: 'login_required',
    code: 50058,
  },
])('prompt=none, $case: $error by redirect, never a page', async ({ more, error, code }) => {
  const fields = posted(await visitor.open(owaRequest({ prompt: 'none', ...more })))
  expect(fields).toMatchObject({ error, state: 'a-state_of~owa', error_uri: `${login}/error?code=${code}` })
  expect(fields).not.toHaveProperty('code')
})

test('sign-out ends the session everywhere', async () => {
  await visitor.submit(await toStaySignedIn(), { LoginOptions: '1' })
  const signedOut = await visitor.open(
    `${login}/common/oauth2/logout?post_logout_redirect_uri=${encodeURIComponent('https://evil.example/')}`,
  )
  expect(pageId(signedOut)).toBe('ConvergedSignOut')
  expect(signedOut.html).not.toContain('evil.example')
  expect(posted(await visitor.open(owaRequest({ prompt: 'none' }))).error).toBe('login_required')
})

test.each([
  { case: 'a wrong password', upn: peggy.upn, password: 'wrong', code: 50126, field: 'passwordError' },
  {
    case: 'a name of no domain of the tenant',
    upn: 'mallory@evil.example',
    password: undefined,
    code: 50034,
    field: 'usernameError',
  },
  {
    case: 'a name the directory lacks',
    upn: 'nobody@fabrikam.com',
    password: undefined,
    code: 50034,
    field: 'usernameError',
  },
])('$case stays on the page with AADSTS$code, without a session', async ({ upn, password, code, field }) => {
  let page = await visitor.submit(await visitor.open(owaRequest()), { loginfmt: upn })
  if (password !== undefined) page = await visitor.submit(page, { passwd: password })
  expect(pageConfig(page)).toMatchObject({ pgid: 'ConvergedSignIn', sErrorCode: String(code) })
  expect(page.html).toContain(`id="${field}"`)
  expect(visitor.cookie('ESTSAUTH')).toBeUndefined()
  const event = await authority.lastEvent('/common/login')
  expect(event.decisions).toContain(`AADSTS${code}`)
  expect(event.reasons.join()).not.toBe('')
  expect((await authority.signIns(upn))[0]?.status.errorCode).toBe(code)
})

test('a wrong code and a code used twice keep the person out (500121)', async () => {
  const page = await toSecondFactor()
  const refused = await visitor.submit(page, { otc: '000000' })
  expect(pageConfig(refused)).toMatchObject({ pgid: 'ConvergedTFA', sErrorCode: '500121' })
  expect((await authority.lastEvent('/common/SAS/ProcessAuth')).reasons).toContain('second factor: WrongCode')
  expect(visitor.cookie('ESTSAUTH')).toBeUndefined()
})

async function toPush(): Promise<Visit> {
  const picker = await visitor.submit(await toSecondFactor(), { authMethodId: 'choose' }, 1)
  expect(picker.html).toContain('data-value="PhoneAppNotification"')
  return visitor.submit(picker, { authMethodId: 'PhoneAppNotification' })
}

test('a push shows the number to match; pending, then approved', async () => {
  const page = await toPush()
  const number = Number(/id="idRichContext_DisplaySign"[^>]*>(\d+)</.exec(page.html)?.[1])
  const { pushes } = await authority.manage<{ pushes: { number: number; application: string }[] }>(`/mfa/${peggy.upn}`)
  expect(pushes[0]).toMatchObject({ number, application: 'Office 365 Exchange Online' })
  expect(pageId(await visitor.submit(page))).toBe('ConvergedTFA')
  await authority.manage(`/mfa/${peggy.upn}/approve`, { number })
  expect(pageId(await visitor.submit(page))).toBe('KmsiInterrupt')
})

test('a denied push ends in 500121; asking again sends another request', async () => {
  const page = await toPush()
  await authority.manage(`/mfa/${peggy.upn}/deny`, {})
  const denied = await visitor.submit(page)
  expect(pageConfig(denied)).toMatchObject({ sErrorCode: '500121' })
  expect(denied.html).not.toContain('idRichContext_DisplaySign')
  expect((await authority.lastEvent('/common/SAS/ProcessAuth')).reasons).toContain('second factor: Denied')
  const again = await visitor.submit(denied, { authMethodId: 'PhoneAppNotification' })
  expect(again.html).toContain('idRichContext_DisplaySign')
})

test('programs drive the second factor by BeginAuth, EndAuth and ProcessAuth', async () => {
  const page = await toSecondFactor()
  const { sFT, sCtx, apiCanary } = pageConfig(page) as Record<string, string>
  const sas = async (name: string, body: object) => {
    const headers = {
      'content-type': 'application/json',
      canary: apiCanary ?? '',
      cookie: `esctx=${visitor.cookie('esctx')}`,
    }
    const answer = await authority.fetch(`${login}/common/SAS/${name}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    return (await answer.json()) as Record<string, unknown>
  }
  const begun = await sas('BeginAuth', {
    AuthMethodId: 'PhoneAppNotification',
    Method: 'BeginAuth',
    ctx: sCtx,
    flowToken: sFT,
  })
  expect(begun).toMatchObject({ Success: true, ResultValue: 'Success', Entropy: expect.any(Number), Retry: false })
  const poll = {
    AuthMethodId: 'PhoneAppNotification',
    Method: 'EndAuth',
    SessionId: begun.SessionId,
    FlowToken: sFT,
    Ctx: sCtx,
    PollCount: 1,
  }
  expect(await sas('EndAuth', poll)).toMatchObject({
    Success: false,
    ResultValue: 'AuthenticationPending',
    Retry: true,
  })
  expect(await sas('EndAuth', { ...poll, SessionId: 'another' })).toMatchObject({ Success: false, Retry: false })
  await authority.manage(`/mfa/${peggy.upn}/approve`, { number: begun.Entropy })
  expect(await sas('EndAuth', poll)).toMatchObject({ Success: true, ResultValue: 'AuthenticationSucceeded' })
  const done = await visitor.submit(page, { mfaAuthMethod: 'PhoneAppNotification' })
  expect(pageId(done)).toBe('KmsiInterrupt')
})

test.each([
  {
    case: 'without the cookie of the browser it began in',
    break: (fields: Record<string, string>) => fields,
    foreign: true,
  },
  {
    case: 'with a ctx that never was',
    break: (fields: Record<string, string>) => ({ ...fields, ctx: 'rQQIARAAnothing' }),
    foreign: false,
  },
  {
    case: 'without a ctx',
    break: ({ ctx: _, request: __, ...fields }: Record<string, string>) => fields,
    foreign: false,
  },
  {
    case: 'with another flowToken',
    break: (fields: Record<string, string>) => ({ ...fields, flowToken: 'AQABAAEAAADx' }),
    foreign: false,
  },
  {
    case: 'with another canary, as a foreign page would post',
    break: (fields: Record<string, string>) => ({ ...fields, canary: '' }),
    foreign: false,
  },
])('a form posted $case is refused with AADSTS50089', async ({ break: breakIt, foreign }) => {
  const page = await toSecondFactor()
  const [form] = formsOf(page)
  const sender = foreign ? await authority.visitor() : visitor
  if (foreign) await sender.open(owaRequest())
  const answer = await sender.post(
    form?.action ?? '',
    breakIt({ ...form?.fields, otc: await authority.totpCode(peggy.upn) }),
  )
  expect(pageConfig(answer)).toMatchObject({ pgid: 'ConvergedError', sErrorCode: '50089' })
  expect(sender.cookie('ESTSAUTH')).toBeUndefined()
  expect((await authority.lastEvent('/common/SAS/ProcessAuth')).reasons.join()).toMatch(/ctx|flowToken|canary/)
})

test('a conversation ends after a day', async () => {
  const page = await visitor.open(owaRequest())
  await authority.stack.clock.advance(25 * 60 * 60 * 1000)
  expect(pageConfig(await visitor.submit(page, { loginfmt: peggy.upn }))).toMatchObject({ sErrorCode: '50089' })
})

test('a form of an earlier page is answered with the page of now', async () => {
  const start = await visitor.open(owaRequest())
  const password = await visitor.submit(start, { loginfmt: peggy.upn })
  expect(pageId(await visitor.submit(password, { passwd: peggy.password }))).toBe('ConvergedTFA')
  expect(pageId(await visitor.submit(password, { passwd: 'something else' }))).toBe('ConvergedTFA')
})

test('a session cookie that nobody issued signs nobody in', async () => {
  const answer = await authority.fetch(owaRequest({ prompt: 'none' }), { headers: { cookie: 'ESTSAUTH=1.Aforged' } })
  expect(await answer.text()).toContain('AADSTS50058')
})

test('too many wrong passwords lock the account for a while (AADSTS50053), with the right one too', async () => {
  await authority.stack.clock.advance(60 * 60 * 1000)
  let page = await visitor.submit(await visitor.open(owaRequest()), { loginfmt: 'trent@wingtiptoys.com' })
  const codes: unknown[] = []
  for (let attempt = 0; attempt < 12; attempt += 1) {
    page = await visitor.submit(page, { passwd: `wrong ${attempt}` })
    codes.push(pageConfig(page).sErrorCode)
  }
  expect(codes[0]).toBe('50126')
  expect(codes.at(-1)).toBe('50053')
  const refused = await visitor.submit(page, { passwd: 'Trent-Pass15' })
  expect(pageConfig(refused)).toMatchObject({ pgid: 'ConvergedSignIn', sErrorCode: '50053' })
  expect(visitor.cookie('ESTSAUTH')).toBeUndefined()
})

test('sign-out returns to a registered address only', async () => {
  const signOut = (uri: string) =>
    authority.fetch(`${login}/common/oauth2/v2.0/logout?state=s&post_logout_redirect_uri=${encodeURIComponent(uri)}`, {
      redirect: 'manual',
    })
  const registered = await signOut('http://localhost:3000/auth/callback')
  expect(registered.headers.get('location')).toBe('http://localhost:3000/auth/callback?state=s')
  expect((await signOut('https://evil.example/')).status).toBe(200)
})
