import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, type TestBrowser } from '#test/actors/browser.ts'
import { type Look, problemsOf } from '#test/actors/look.ts'
import { openAuthority, owaRequest, peggy, type TestAuthority } from '../_authority.ts'

const open = new AsyncDisposableStack()
let authority: TestAuthority
let browser: TestBrowser

beforeAll(async () => {
  authority = open.use(await openAuthority())
  const internet = authority.stack.proxy('internet')
  browser = open.use(await openBrowser({ gateways: { internet, corp: internet } }))
})

afterAll(() => open.disposeAsync())

const desktop = `https://login.microsoftonline.com/contoso.com/oauth2/v2.0/authorize?${new URLSearchParams({
  client_id: 'a0000000-0000-4000-8000-000000000001',
  redirect_uri: 'http://localhost/',
  response_type: 'code',
  scope: 'openid User.Read',
})}`

async function typeName(page: Page, name: string = peggy.upn): Promise<void> {
  await page.getByLabel('Email address').fill(name)
  await page.getByRole('button', { name: 'Next' }).click()
}

async function typePassword(page: Page, password: string = peggy.password): Promise<void> {
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function choosePush(page: Page): Promise<number> {
  await page.locator('#signInAnotherWay').click()
  await page.locator('#idDiv_SAOTCS_Proofs [data-value="PhoneAppNotification"]').click()
  return Number(await page.locator('#idRichContext_DisplaySign').innerText())
}

type Stop = (what: string) => Promise<void>

/** Every page once, as one person meets them. */
async function walk(page: Page, look: Stop): Promise<void> {
  await page.goto(owaRequest())
  await look('user name')
  await typeName(page, 'nobody@fabrikam.com')
  await page.locator('#usernameError').waitFor()
  await look('unknown user name')
  await typeName(page)
  await typePassword(page, 'wrong')
  await page.locator('#passwordError').waitFor()
  await look('wrong password')
  await typePassword(page)
  await page.getByLabel('Code').fill('000000')
  await page.getByRole('button', { name: 'Verify' }).click()
  await page.locator('#idSpan_SAOTCC_Error_OTC').waitFor()
  await look('wrong code')
  await choosePush(page)
  await page.locator('.journey summary').click()
  expect(await page.locator('.journey').innerText()).toContain('Require MFA for Outlook on the web')
  await look('push')
  await authority.manage(`/mfa/${peggy.upn}/deny`, {})
  await page.getByRole('button', { name: 'Send another request' }).click()
  await page.locator('#idRichContext_DisplaySign').waitFor()
  await authority.manage(`/mfa/${peggy.upn}/approve`, {})
  await page.locator('#KmsiCheckboxField').waitFor()
  await look('stay signed in')
  await page.goto(owaRequest({ redirect_uri: 'https://evil.example/' }))
  await look('error')
  await page.goto(desktop)
  await typeName(page)
  await typePassword(page)
  await page.locator('#idSIButton9').click()
  await page.getByRole('button', { name: 'Accept' }).waitFor()
  await look('consent')
  await page.goto('https://login.microsoftonline.com/common/oauth2/logout')
  await look('signed out')
}

const looks: readonly Look[] = [
  { colorScheme: 'light', size: { width: 1000, height: 800 } },
  { colorScheme: 'dark', size: { width: 360, height: 800 } },
]

test('pages pass axe, fit their window and say that they are a mock, light and wide, dark and narrow', async () => {
  const page = await browser.visitor('internet', { bypassCSP: true })
  const seen: string[] = []
  await walk(page, async (what) => {
    seen.push(what)
    expect(await problemsOf(page, looks), what).toEqual([])
    expect(await page.locator('footer').innerText()).toContain('Fauxchange mock')
  })
  expect(seen).toHaveLength(9)
  await page.context().close()
})

test('without scripts a push is approved and the page goes on by its button', async () => {
  const page = await browser.visitor('internet', { javaScriptEnabled: false })
  await page.goto(owaRequest())
  await typeName(page)
  await typePassword(page)
  const number = await choosePush(page)
  await page.getByRole('button', { name: 'I have approved it' }).click()
  expect(await page.getByRole('alert').innerText()).toContain('not approved yet')
  await authority.manage(`/mfa/${peggy.upn}/approve`, { number })
  await page.getByRole('button', { name: 'I have approved it' }).click()
  await page.getByLabel("Don't show this again").check()
  await page.getByRole('button', { name: 'No' }).click()
  expect(await page.locator('form[name="hiddenform"]').getAttribute('action')).toBe('https://outlook.office.com/owa/')
  await page.context().close()
})

test('with scripts the page of a push goes on by itself, and its content security policy holds', async () => {
  const page = await browser.visitor('internet')
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  await page.goto(owaRequest())
  await typeName(page)
  await typePassword(page)
  const number = await choosePush(page)
  await authority.manage(`/mfa/${peggy.upn}/approve`, { number })
  await page.locator('#KmsiCheckboxField').waitFor()
  expect(await page.evaluate('window.$Config.pgid')).toBe('KmsiInterrupt')
  expect(complaints).toEqual([])
  await page.context().close()
})
