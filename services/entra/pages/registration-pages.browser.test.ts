import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, type TestBrowser } from '#test/actors/browser.ts'
import { darkAndNarrow, lightAndWide, problemsOf } from '#test/actors/look.ts'
import { openAuthority, owaRequest, type TestAuthority } from '../_authority.ts'

const trent = { upn: 'trent@wingtiptoys.com', password: 'Trent-Pass15' }
const open = new AsyncDisposableStack()
let authority: TestAuthority
let browser: TestBrowser

beforeAll(async () => {
  authority = open.use(await openAuthority())
  const internet = authority.stack.proxy('internet')
  browser = open.use(await openBrowser({ gateways: { internet, corp: internet } }))
})

afterAll(() => open.disposeAsync())

type Look = (what: string) => Promise<void>

async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.getByLabel('Email address').fill(trent.upn)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByLabel('Password').fill(trent.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

const back = (page: Page) => page.getByRole('button', { name: 'Choose another method' }).click()

/** Nobody has a method: every way to register one, as far as its last page. */
async function registerEveryWay(page: Page, look: Look): Promise<void> {
  await signIn(page, owaRequest())
  await look('interrupt')
  await page.getByRole('button', { name: 'Next' }).click()
  await look('choice')
  await page.getByRole('button', { name: /^Microsoft Authenticator/ }).click()
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('alert').waitFor()
  await look('scan')
  await authority.manage(`/mfa/${trent.upn}/register`, { deviceName: "Trent's phone" })
  await page.getByRole('button', { name: 'Next' }).click()
  await page.locator('#idRichContext_DisplaySign').waitFor()
  await look('trial of a notification')
  await back(page)
  await page.getByRole('button', { name: /^Another authenticator app/ }).click()
  await page.getByLabel('Code of the app').fill('000000')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('alert').waitFor()
  await look('secret')
  await back(page)
  await page.getByRole('button', { name: /by call/ }).click()
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('alert').waitFor()
  await look('number')
  await page.getByLabel('Phone number').fill('4255550177')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByText("We're calling").waitFor()
  await look('trial of a call')
  await back(page)
  await page.getByRole('button', { name: /by text message/ }).click()
  await page.getByLabel('Phone number').fill('4255550177')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByLabel('Code', { exact: true }).waitFor()
  await look('texted code')
  const { sms } = await authority.manage<{ sms: { code: string }[] }>(`/mfa/${trent.upn}`)
  await page.getByLabel('Code', { exact: true }).fill(sms[0]?.code ?? '')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.locator('#KmsiCheckboxField').waitFor()
}

async function visitSecurityInfo(page: Page, look: Look): Promise<void> {
  const pass = await authority.manage<{ temporaryAccessPass: string }>(`/mfa/${trent.upn}/access-pass`, {})
  await page.goto('https://login.microsoftonline.com/common/SecurityInfo')
  await page.getByLabel('Email address').fill(trent.upn)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByLabel('Temporary Access Pass').fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').waitFor()
  await look('Temporary Access Pass')
  await page.getByLabel('Temporary Access Pass').fill(pass.temporaryAccessPass)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('#securityInfoMethods').waitFor()
  await look('security info')
  await page.getByRole('button', { name: 'Add sign-in method' }).click()
  await page.getByRole('button', { name: /^Passkey/ }).click()
  await page.getByLabel('Name of the passkey').waitFor()
  await look('new passkey')
  await back(page)
  await page.getByRole('button', { name: 'Back' }).click()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.locator('#allSet').waitFor()
  await look('all set')
  await authority.manage(`/mfa/${trent.upn}/access-pass`, undefined, 'DELETE')
}

async function forgetMethods(): Promise<void> {
  const { methods } = await authority.manage<{ methods: { id: string }[] }>(`/mfa/${trent.upn}`)
  for (const { id } of methods) await authority.manage(`/mfa/${trent.upn}/methods/${id}`, undefined, 'DELETE')
}

async function expectAccessible(page: Page, what: string): Promise<void> {
  for (const details of await page.locator('details').all()) await details.locator('summary').click()
  expect(await problemsOf(page, [lightAndWide, darkAndNarrow]), what).toEqual([])
}

test('every page of a registration is accessible and fits, light and wide, dark and narrow', async () => {
  await forgetMethods()
  const page = await browser.visitor('internet')
  const seen: string[] = []
  const look: Look = async (what) => {
    seen.push(what)
    await expectAccessible(page, what)
  }
  await registerEveryWay(page, look)
  await page.context().clearCookies()
  await visitSecurityInfo(page, look)
  expect(seen).toHaveLength(12)
  await page.context().close()
})

test('the same without scripts', async () => {
  await forgetMethods()
  const page = await browser.visitor('internet', { javaScriptEnabled: false })
  await registerEveryWay(page, async () => undefined)
  await page.context().clearCookies()
  await visitSecurityInfo(page, async () => undefined)
  await page.context().close()
})
