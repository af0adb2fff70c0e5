import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { formsOf, type HttpVisitor, type Visit } from '#test/actors/http-visitor.ts'
import { openAuthority, owaRequest, pageConfig, pageId, type TestAuthority } from '../_authority.ts'
import { type AssertionChanges, scenarioUser, TestProvider } from './_provider.ts'

const scenario = await loadDefaultScenario()
const alice = scenarioUser(scenario, 'alice@contoso.com')
const loginReturn = 'https://login.microsoftonline.com/login.srf'
const provider = new TestProvider()
let authority: TestAuthority
let visitor: HttpVisitor

beforeAll(async () => {
  const only = ['directory', 'entra', 'wap', 'gateway-internet']
  authority = await openAuthority({ scenario, only, services: { wap: provider.build } })
})

afterAll(() => authority[Symbol.asyncDispose]())

beforeEach(async () => {
  visitor = await authority.visitor()
})

/** Alice types her name at Entra ID, which sends her to her federation service. */
async function atProvider(who: HttpVisitor = visitor, name: string = alice.userPrincipalName): Promise<URL> {
  const visit = await who.submit(await who.open(owaRequest()), { loginfmt: name })
  return new URL(visit.url)
}

async function comeBack(changes: AssertionChanges = {}, who: HttpVisitor = visitor): Promise<Visit> {
  const wctx = (await atProvider(who)).searchParams.get('wctx') ?? ''
  return who.post(loginReturn, { wa: 'wsignin1.0', wresult: await provider.wresult(alice, changes), wctx })
}

async function expectRefusal(visit: Visit, code: number, reason: RegExp): Promise<void> {
  expect(pageConfig(visit)).toMatchObject({ pgid: 'ConvergedError', sErrorCode: String(code) })
  const event = await authority.lastEvent('/login.srf')
  expect(event.reasons.join()).toMatch(reason)
  expect(visitor.cookie('ESTSAUTH')).toBeUndefined()
  const page = await visitor.open(owaRequest({ prompt: 'none' }))
  expect(formsOf(page)[0]?.fields).toMatchObject({ error: 'login_required' })
}

test('the redirect to the federation service has the parameters of a sign-in at Entra ID', async () => {
  const url = await atProvider()
  expect(url.origin + url.pathname).toBe('https://adfs.contoso.com/adfs/ls/')
  expect([...url.searchParams.keys()]).toEqual(['client-request-id', 'username', 'wa', 'wtrealm', 'wctx'])
  expect(url.search).toContain('wtrealm=urn%3afederation%3aMicrosoftOnline')
  expect(url.searchParams.get('wctx')).toMatch(/^LoginOptions=3&estsredirect=2&estsrequest=rQQIA[\w-]+$/)
})

test.each<{ hint: Record<string, string>; username: string | null }>([
  { hint: { login_hint: 'alice@contoso.com' }, username: 'alice@contoso.com' },
  { hint: { domain_hint: 'contoso.com' }, username: null },
  { hint: { whr: 'contoso.com' }, username: null },
])('$hint goes there at once', async ({ hint, username }) => {
  const url = new URL((await visitor.open(owaRequest(hint))).url)
  expect(url.hostname).toBe('adfs.contoso.com')
  expect(url.searchParams.get('username')).toBe(username)
})

test('prompt=login asks for a fresh password', async () => {
  const url = new URL((await visitor.open(owaRequest({ login_hint: alice.userPrincipalName, prompt: 'login' }))).url)
  expect(url.searchParams.get('wauth')).toBe('urn:oasis:names:tc:SAML:1.0:am:password')
  expect(url.searchParams.get('wfresh')).toBe('0')
})

test('WEB-ONLINE-2…4: the assertion signs Alice in, and the policy asks for a second factor', async () => {
  const page = await comeBack()
  expect(pageConfig(page)).toMatchObject({ pgid: 'ConvergedTFA', sPOST_Username: 'alice@contoso.com' })
  const { steps, decisions } = await authority.lastEvent('/login.srf')
  expect(steps).toEqual(['WEB-ONLINE-2', 'WEB-ONLINE-3', 'WEB-ONLINE-4'])
  expect(decisions).toContain('assertionAccepted')
})

test('multifactor authentication that the federation service did counts; psso decides about the session', async () => {
  const methods = 'http://schemas.microsoft.com/claims/multipleauthn'
  const page = await comeBack({ claims: { methods, persistent: 'true' } })
  expect(formsOf(page)[0]?.action).toBe('https://outlook.office.com/owa/')
  const { id_token: idToken = '' } = formsOf(page)[0]?.fields ?? {}
  const claims = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString())
  expect(claims).toMatchObject({ upn: 'alice@contoso.com', amr: ['pwd', 'mfa'], onprem_sid: alice.sid })
  expect(visitor.cookie('ESTSAUTHPERSISTENT')).toBeDefined()
})

test('one farm for several domains: the issuerid claim names the domain', async () => {
  const issuerId = 'http://contoso.com/adfs/services/trust/'
  expect(pageId(await comeBack({ issuer: 'http://adfs.contoso.com/adfs/services/trust', claims: { issuerId } }))).toBe(
    'ConvergedTFA',
  )
})

test.each<{ case: string; changes: AssertionChanges; code: number; reason: RegExp }>([
  {
    case: 'for another audience',
    changes: { audience: 'https://mail.contoso.com/owa/' },
    code: 50008,
    reason: /wrongAudience/,
  },
  { case: 'that has expired', changes: { age: 2 * 60 * 60 * 1000 }, code: 50008, reason: /expired/ },
  { case: 'that is not valid yet', changes: { age: -20 * 60 * 1000 }, code: 50008, reason: /notYetValid/ },
  {
    case: 'of an unknown issuer',
    changes: { issuer: 'http://evil.example/adfs/services/trust/' },
    code: 50107,
    reason: /is no issuerUri/,
  },
  {
    case: 'whose issuerid claim is of no domain',
    changes: { claims: { issuerId: 'http://evil.example/' } },
    code: 50107,
    reason: /is no issuerUri/,
  },
  { case: 'without ImmutableID', changes: { claims: { immutableId: undefined } }, code: 90020, reason: /ImmutableID/ },
  { case: 'without UPN', changes: { claims: { upn: undefined } }, code: 20012, reason: /UPN/ },
  {
    case: 'about somebody of another domain',
    changes: { claims: { upn: 'peggy@fabrikam.com' } },
    code: 50008,
    reason: /may speak/,
  },
  {
    case: 'with the name of one person and the ImmutableID of another',
    changes: { claims: { upn: 'admin@contoso.com' } },
    code: 51004,
    reason: /is alice@contoso.com's/,
  },
  {
    case: 'about somebody who was not synchronized',
    changes: { claims: { upn: 'judy@contoso.com', immutableId: 'AAAAAAAAAAAAAAAAAAAAAA==' } },
    code: 51004,
    reason: /synchronized/,
  },
])('an assertion $case is refused with AADSTS$code', async ({ changes, code, reason }) => {
  await expectRefusal(await comeBack(changes), code, reason)
})

test('an assertion that was changed on the way is refused (AADSTS50008)', async () => {
  const wctx = (await atProvider()).searchParams.get('wctx') ?? ''
  const wresult = (await provider.wresult(alice)).replaceAll('alice@contoso.com', 'admin@contoso.com')
  await expectRefusal(await visitor.post(loginReturn, { wa: 'wsignin1.0', wresult, wctx }), 50008, /badSignature/)
})

test('an assertion without signature is refused', async () => {
  const wctx = (await atProvider()).searchParams.get('wctx') ?? ''
  const wresult = (await provider.wresult(alice)).replace(/<ds:Signature[ >].*?<\/ds:Signature>/s, '')
  await expectRefusal(await visitor.post(loginReturn, { wa: 'wsignin1.0', wresult, wctx }), 50008, /notSigned/)
})

test('an assertion signs in once: the replay is refused, in another conversation too', async () => {
  const wresult = await provider.wresult(alice)
  const wctx = (await atProvider()).searchParams.get('wctx') ?? ''
  expect(pageId(await visitor.post(loginReturn, { wa: 'wsignin1.0', wresult, wctx }))).toBe('ConvergedTFA')
  const other = (await atProvider()).searchParams.get('wctx') ?? ''
  await expectRefusal(await visitor.post(loginReturn, { wa: 'wsignin1.0', wresult, wctx: other }), 50008, /replay/)
})

test('a wctx of another browser, of no conversation or without any is refused (AADSTS50089)', async () => {
  const stranger = await authority.visitor()
  const foreign = (await atProvider(stranger)).searchParams.get('wctx') ?? ''
  await atProvider()
  for (const wctx of [foreign, 'estsredirect=2&estsrequest=rQQIARAAgone', '']) {
    const visit = await visitor.post(loginReturn, { wa: 'wsignin1.0', wresult: await provider.wresult(alice), wctx })
    await expectRefusal(visit, 50089, /ctx/)
  }
})

test.each<{ form: Record<string, string>; code: number }>([
  { form: { wa: 'wsignout1.0' }, code: 20012 },
  { form: { wa: 'wsignin1.0', wresult: '<not xml' }, code: 20012 },
  { form: { wa: 'wsignin1.0', wresult: '<!DOCTYPE x [<!ENTITY e "e">]><x>&e;</x>' }, code: 20012 },
])('$form is no answer of a federation service (AADSTS$code)', async ({ form, code }) => {
  const wctx = (await atProvider()).searchParams.get('wctx') ?? ''
  const visit = await visitor.post(loginReturn, { ...form, wctx })
  await expectRefusal(visit, code, /./)
})

test('a new signing certificate is looked up once; one that is in no metadata is refused', async () => {
  await authority.stack.clock.advance(2 * 60 * 1000)
  const reads = provider.metadataReads
  await expectRefusal(await comeBack({ key: await provider.key(3) }), 50008, /untrustedCertificate/)
  await expectRefusal(await comeBack({ key: await provider.key(3) }), 50008, /untrustedCertificate/)
  expect(provider.metadataReads, 'a flood of bad signatures does not become a flood of look-ups').toBe(reads + 1)
  await authority.stack.clock.advance(2 * 60 * 1000)
  provider.rollOver(await provider.key(2))
  expect(pageId(await comeBack())).toBe('ConvergedTFA')
})

test('a person without a method ends at the registration interrupt (50072)', async () => {
  const carol = scenarioUser(scenario, 'carol@contoso.com')
  const wctx = (await atProvider(visitor, carol.userPrincipalName)).searchParams.get('wctx') ?? ''
  const page = await visitor.post(loginReturn, { wa: 'wsignin1.0', wresult: await provider.wresult(carol), wctx })
  expect(pageConfig(page)).toMatchObject({ pgid: 'ConvergedProofUpRedirect', sErrorCode: '50072' })
  expect(visitor.cookie('ESTSAUTH')).toBeUndefined()
  expect((await authority.signIns(carol.userPrincipalName))[0]?.status.errorCode).toBe(50072)
})

test('an account that is disabled in the directory is refused after its federation service let it in (50057)', async () => {
  const frank = scenarioUser(scenario, 'frank@contoso.com')
  const wctx = (await atProvider(visitor, frank.userPrincipalName)).searchParams.get('wctx') ?? ''
  const page = await visitor.post(loginReturn, { wa: 'wsignin1.0', wresult: await provider.wresult(frank), wctx })
  await expectRefusal(page, 50057, /accountEnabled/)
})
