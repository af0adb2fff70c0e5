import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Scenario } from '#shared/scenario/world.ts'
import { type Browser, inputsOf, type Page } from '../_browser.ts'
import { code, defaultMethods } from '../_doubles.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'

const app = '/adfs/ls/?wa=wsignin1.0&wtrealm=urn%3asample%3awsfed'
const multiple = 'http://schemas.microsoft.com/claims/multipleauthn'
const byMultiple = `${app}&wauth=${encodeURIComponent(multiple)}`
const both = ['AzureMfaAuthentication', 'CertificateAuthentication']
const open = new AsyncDisposableStack()
let stage: AdfsStage
let browser: Browser

beforeAll(async () => {
  stage = open.use(await startAdfs(withBothProviders))
})

afterAll(() => open.disposeAsync())

beforeEach(async () => {
  await stage.reset()
  Object.assign(stage.mfa, { methods: defaultMethods(), result: 'Success', answers: ['Success'] })
  stage.mfa.calls.length = 0
  browser = stage.browser()
})

function withBothProviders(scenario: Scenario): Scenario {
  const providers = ['AzureMfaAuthentication', 'CertificateAuthentication'] as const
  return {
    ...scenario,
    adfs: { ...scenario.adfs, globalAdditionalAuthentication: { providers: [...providers], rules: '' } },
  }
}

function choicesIn({ html }: Page): readonly (string | undefined)[] {
  return [...html.matchAll(/name="AuthMethod" value="([^"]*Authentication)"><span/g)].map((match) => match[1])
}

function signIn(url: string): Promise<Page> {
  return browser.signIn(url, 'CONTOSO\\alice', 'Alice-Pass1')
}

test('several providers: a page to choose from, and nothing begins before', async () => {
  const page = await signIn(byMultiple)
  expect(choicesIn(page)).toEqual(both)
  expect(page.html).toContain('Welcome CONTOSO\\alice')
  expect(page.html).toContain('For security reasons, we require additional information to verify your account')
  expect(stage.mfa.calls).toEqual([])
})

test('Azure MFA, chosen: its page, the way back to the others, the token', async () => {
  const page = await browser.submit(await signIn(byMultiple), { AuthMethod: 'AzureMfaAuthentication' }, 'options')
  expect(page.html).toContain('id="verificationCodeInput"')
  expect(page.html).toContain('Use another kind of verification')
  const done = await browser.follow(await browser.submit(page, { VerificationCode: code }))
  expect(inputsOf(done.html).wresult).toContain(multiple)
})

test('a certificate, chosen: the browser is sent to the certificate host', async () => {
  const answer = await browser.submit(await signIn(byMultiple), { AuthMethod: 'CertificateAuthentication' }, 'options')
  expect(answer.status).toBe(302)
  expect(answer.headers.location).toMatch(/^https:\/\/certauth\.adfs\.contoso\.com:443\/adfs\/ls\/\?wa=wsignin1\.0/)
})

test('additional authentication rules may name the provider (authnmethodsproviders)', async () => {
  const rules = (name: string) =>
    `=> issue(Type = "http://schemas.microsoft.com/ws/2008/06/identity/claims/authenticationmethod", Value = "${multiple}");
     => issue(Type = "http://schemas.microsoft.com/claims/authnmethodsproviders", Value = "${name}");`
  const change = (name: string) =>
    stage.manage('/rules', { method: 'PATCH', json: { additionalAuthenticationRules: rules(name) } })
  await change('AzureMfaAuthentication')
  expect((await signIn(app)).html).toContain('id="verificationCodeInput"')
  await change('CertificateAuthentication')
  expect((await browser.open(app)).headers.location).toContain('https://certauth.adfs.contoso.com:443/adfs/ls/')
  await change('SecurIDAuthentication')
  expect((await browser.open(app)).html).toContain('No valid strong authentication method found.')
})

test.each([
  { uri: 'http://schemas.microsoft.com/ws/2012/12/authmethod/phoneappnotification', method: 'PhoneAppNotification' },
  { uri: 'http://schemas.microsoft.com/ws/2012/12/authmethod/smsotp', method: 'OneWaySMS' },
])('wauth of a single method begins $method, whatever the default', async ({ uri, method }) => {
  await signIn(`${app}&wauth=${encodeURIComponent(uri)}`)
  expect(stage.mfa.calls.at(-1)).toMatchObject({
    operation: 'BeginTwoWayAuthentication',
    body: { authMethodId: method },
  })
})

test('another method than the one that was asked for does not do; once asked for, it lasts', async () => {
  const first = await browser.submit(await signIn(byMultiple), { AuthMethod: 'AzureMfaAuthentication' }, 'options')
  await browser.submit(first, { VerificationCode: code })
  const sms = `${app}&wauth=${encodeURIComponent('http://schemas.microsoft.com/ws/2012/12/authmethod/smsotp')}`
  const again = await browser.open(sms)
  expect(again.html).toContain('id="verificationCodeInput"')
  const done = await browser.follow(await browser.submit(again, { VerificationCode: code }))
  expect(done.html).toContain('hiddenform')
  expect((await browser.open(sms)).html).toContain('hiddenform')
  expect((await browser.open(byMultiple)).html).toContain('hiddenform')
})

test('a session of a password does not do where a certificate is asked for', async () => {
  await signIn(app)
  expect((await browser.open(app)).html).toContain('hiddenform')
  const other = await browser.open(`${app}&wauth=${encodeURIComponent('urn:ietf:rfc:2246')}`)
  expect(other.headers.location).toContain('https://certauth.adfs.contoso.com:443/adfs/ls/')
  const password = `${app}&wauth=${encodeURIComponent('urn:oasis:names:tc:SAML:1.0:am:password')}`
  expect((await browser.open(password)).html).toContain('hiddenform')
})
