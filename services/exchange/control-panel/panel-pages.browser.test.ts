import { afterAll, beforeAll, expect, test } from 'vitest'
import { darkAndNarrow, lightAndWide, problemsOf } from '#test/actors/look.ts'
import { type Browser, openMailboxOf, type Stage, testKeys } from '../_stage.ts'
import { openStageBrowser, type StageBrowser } from '../pages/_chromium.ts'

const open = new AsyncDisposableStack()
let stage: Stage & { readonly person: Browser }
let browser: StageBrowser

beforeAll(async () => {
  const keys = await testKeys()
  stage = open.use(await openMailboxOf('admin@contoso.com', await keys.key('Entra')))
  keys.remove()
  browser = open.use(await openStageBrowser())
})

afterAll(() => open.disposeAsync())

test.each([
  '/ecp/UsersGroups/Mailboxes.slab',
  '/ecp/UsersGroups/EditMailbox.aspx?id=peggy%40fabrikam.com',
  '/ecp/MobileDevices/AccessRules.slab',
])('%s passes axe and fits its window', async (url) => {
  const page = await browser.visit(stage.person, url, { bypassCSP: true })
  expect(await problemsOf(page, [lightAndWide, darkAndNarrow])).toEqual([])
  expect(await page.getByTestId('mock-mark').innerText()).toContain('Fauxchange mock')
  await page.context().close()
})

test('a policy is made by keyboard, without scripts', async () => {
  const url = '/ecp/Organization/AuthenticationPolicies.slab'
  const page = await browser.visit(stage.person, url, { javaScriptEnabled: false })
  await page.getByLabel('Name', { exact: true }).focus()
  await page.keyboard.type('Pilot')
  await page.keyboard.press('Enter')
  await page.getByText("New-AuthenticationPolicy -Name 'Pilot'", { exact: true }).waitFor()
  expect(await page.getByRole('link', { name: 'Pilot' }).count()).toBe(1)
  await page.context().close()
})
