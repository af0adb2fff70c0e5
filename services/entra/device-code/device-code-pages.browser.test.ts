import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, type TestBrowser } from '#test/actors/browser.ts'
import { type Look, problemsOf } from '#test/actors/look.ts'
import { openAuthority, peggy, type TestAuthority } from '../_authority.ts'
import { login, tenantId } from '../token/_token-requests.ts'

const open = new AsyncDisposableStack()
let authority: TestAuthority
let browser: TestBrowser

beforeAll(async () => {
  authority = open.use(await openAuthority())
  const internet = authority.stack.proxy('internet')
  browser = open.use(await openBrowser({ gateways: { internet, corp: internet } }))
})

afterAll(() => open.disposeAsync())

const looks: readonly Look[] = [
  { colorScheme: 'light', size: { width: 1000, height: 800 } },
  { colorScheme: 'dark', size: { width: 360, height: 800 } },
]

/** Needs no consent. */
const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'

async function userCode(): Promise<string> {
  const body = new URLSearchParams({ client_id: azureCli, scope: 'openid User.Read' })
  const answer = await authority.fetch(`${login}/${tenantId}/oauth2/v2.0/devicecode`, { method: 'POST', body })
  return ((await answer.json()) as { user_code: string }).user_code
}

/** By keyboard alone, looking at every page that only this flow has. */
async function walk(page: Page, look: (what: string) => Promise<void>): Promise<void> {
  await page.goto('https://microsoft.com/devicelogin')
  await look('code')
  await page.keyboard.type('WRONGCODE')
  await page.keyboard.press('Enter')
  await page.locator('#otcError').waitFor()
  await look('wrong code')
  await page.getByLabel('Code').fill(await userCode())
  await page.keyboard.press('Enter')
  await page.getByLabel('Email address').fill(peggy.upn)
  await look('user name')
  await page.keyboard.press('Enter')
  await page.getByLabel('Password').fill(peggy.password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Are you trying to sign in to Microsoft Azure CLI?' }).waitFor()
  await look('confirmation')
  await page.getByRole('button', { name: 'Continue' }).press('Enter')
  await page.getByText('You may now close this window').waitFor()
  await look('done')
}

test('the pages of a device code pass axe, fit their window and work by keyboard', async () => {
  const page = await browser.visitor('internet', { bypassCSP: true })
  const seen: string[] = []
  await walk(page, async (what) => {
    seen.push(what)
    expect(await problemsOf(page, looks), what).toEqual([])
    expect(await page.locator('footer').innerText()).toContain('Fauxchange mock')
  })
  expect(seen).toHaveLength(5)
  await page.context().close()
})

test('they work without scripts, and their content security policy holds', async () => {
  const page = await browser.visitor('internet', { javaScriptEnabled: false })
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  await walk(page, async () => undefined)
  expect(complaints).toEqual([])
  await page.context().close()
})
