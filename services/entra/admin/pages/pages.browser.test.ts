import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, type TestBrowser } from '#test/actors/browser.ts'
import { darkAndNarrow, lightAndWide, problemsOf } from '#test/actors/look.ts'
import { atEntra } from '#test/actors/person.ts'
import type { TestAuthority } from '../../_authority.ts'
import { breakGlass, openPortal, portal } from '../_administrator.ts'

const open = new AsyncDisposableStack()
let authority: TestAuthority
let browser: TestBrowser

beforeAll(async () => {
  authority = open.use(await openPortal())
  const internet = authority.stack.proxy('internet')
  browser = open.use(await openBrowser({ gateways: { internet, corp: internet } }))
})

afterAll(() => open.disposeAsync())

async function administrator(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.visitor('internet', options)
  await page.goto(portal)
  await atEntra.typeEmail(page, breakGlass.upn)
  await atEntra.typePassword(page, breakGlass.password)
  await atEntra.staySignedIn(page, 'no')
  // The authority's answer is a form that posts itself, or has a button.
  if (options.javaScriptEnabled === false) await page.getByRole('button').click()
  await page.getByRole('heading', { level: 1, name: 'Policies' }).waitFor()
  return page
}

describe('pages of the administrator', () => {
  test.each([{ javaScriptEnabled: true }, { javaScriptEnabled: false }])(
    'a policy is made, edited as JSON, switched on and deleted, %o',
    async (options) => {
      const page = await administrator(options)
      await page.getByRole('link', { name: 'New policy', exact: true }).click()
      await page.getByLabel('Name', { exact: true }).fill('Phones only')
      await page.getByLabel('Off', { exact: true }).check()
      await page.getByLabel('Include users').fill('All')
      await page.getByLabel('Exclude users').fill(breakGlass.upn)
      await page.getByLabel('Include applications').fill('Office365')
      await page.getByRole('group', { name: 'Exclude device platforms' }).getByLabel('iOS').check()
      await page.getByRole('group', { name: 'Include device platforms' }).getByLabel('all').check()
      await page.getByLabel('Block access').check()
      await page.getByRole('button', { name: 'Create' }).click()
      await page.getByRole('status').getByText('The policy was created').waitFor()
      await page.getByRole('link', { name: 'Phones only', exact: true }).click()
      expect(await page.getByLabel('Exclude users').inputValue()).toBe(breakGlass.upn)
      await page.getByRole('link', { name: 'Edit as JSON' }).click()
      const json = page.getByLabel('Policy, as Microsoft Graph has it')
      expect(JSON.parse(await json.inputValue())).toMatchObject({
        conditions: { platforms: { includePlatforms: ['all'], excludePlatforms: ['iOS'] } },
      })
      await json.fill('{"displayName":"Phones and more"}')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('button', { name: 'Report-only Phones and more' }).click()
      const row = page.getByRole('row').filter({ hasText: 'Phones and more' })
      expect(await row.locator('.state').innerText()).toBe('Report-only')
      await page.getByRole('link', { name: 'Delete Phones and more' }).click()
      await page.getByRole('button', { name: 'Delete it' }).click()
      await page.getByRole('status').getByText('The policy was deleted').waitFor()
      await page.context().close()
    },
  )

  test('are accessible, and no wider than the screen', async () => {
    const page = await administrator({ bypassCSP: true })
    const first = await page.getByRole('table').getByRole('link').first().getAttribute('href')
    const query = new URLSearchParams({ user: breakGlass.upn, application: 'Office365', client: 'browser' })
    const paths = [
      '/',
      first,
      `${first}/json`,
      `${first}/delete`,
      '/policies/new',
      `/what-if?${query}`,
      '/report',
      '/no',
    ]
    for (const path of paths) {
      await page.goto(`${portal}${path}`)
      expect(await problemsOf(page, [lightAndWide, darkAndNarrow]), String(path)).toEqual([])
      expect(await page.locator('footer').innerText(), String(path)).toContain('Fauxchange mock')
    }
    await page.context().close()
  })

  test('a refused form says why, and keeps what was typed', async () => {
    const page = await administrator({ bypassCSP: true })
    await page.goto(`${portal}/policies/new`)
    await page.getByLabel('Name', { exact: true }).fill('Nothing asked')
    await page.getByLabel('Include users').fill('All')
    await page.getByRole('button', { name: 'Create' }).click()
    const alert = page.getByRole('alert')
    await alert.getByText('1032: ConditionalActionPolicy validation failed due to InvalidApplications.').waitFor()
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Nothing asked')
    expect(await problemsOf(page, [lightAndWide, darkAndNarrow])).toEqual([])
    await page.context().close()
  })
})
