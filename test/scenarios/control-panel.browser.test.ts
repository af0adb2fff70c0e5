import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { openBrowser, type TestBrowser } from '../actors/browser.ts'
import { darkAndNarrow, lightAndWide, problemsOf } from '../actors/look.ts'
import { worldOf } from '../actors/world.ts'
import { enterPanel, fillPanels } from './_panel-rows.ts'

const open = new AsyncDisposableStack()
let stack: Stack
let browser: TestBrowser

beforeAll(async () => {
  stack = open.use(await startStack())
  browser = open.use(await openBrowser(worldOf(stack)))
  await fillPanels(stack)
})
afterAll(() => open.disposeAsync())

/** Those of the menu, and those that their rows lead to. */
async function addresses(page: Page, own: string, elsewhere: string): Promise<readonly string[]> {
  const at = (path: string, query = {}) => new URL(`/ecp/${path}?${new URLSearchParams(query)}`, page.url()).href
  await page.goto(at('MailFlow/MessageTrace.slab'))
  const linked = `[...document.querySelectorAll('nav.panel a, a[href*="MessageTraceDetail"]')].map(({ href }) => href)`
  const shown = await page.evaluate<readonly string[]>(linked)
  return [
    ...shown.filter((url) => !url.includes('MessageTraceDetail')),
    ...shown.filter((url) => url.includes('MessageTraceDetail')).slice(0, 1),
    at('UsersGroups/EditMailbox.aspx', { id: own }),
    at('UsersGroups/EditMailUser.aspx', { id: elsewhere }),
    at('UsersGroups/EditDistributionGroup.aspx', { id: 'launch@contoso.com' }),
    at('UsersGroups/EditMailContact.aspx', { id: 'Olga Out' }),
    at('Organization/EditAuthenticationPolicy.aspx', { id: 'Pilot' }),
  ]
}

test.each([
  { place: 'exchange-online', own: 'peggy@fabrikam.com', elsewhere: 'bob@contoso.com', pages: 19, tables: 12 },
  { place: 'exchange-onprem', own: 'bob@contoso.com', elsewhere: 'alice@contoso.com', pages: 18, tables: 10 },
] as const)('every page of $place with rows passes axe and fits its window', async (expected) => {
  const page = await enterPanel(stack, browser, expected.place)
  const urls = await addresses(page, expected.own, expected.elsewhere)
  expect(urls).toHaveLength(expected.pages)
  let tables = 0
  for (const url of urls) {
    const answer = await page.goto(url)
    expect([url, answer?.status()]).toEqual([url, 200])
    if ((await page.locator('main tbody tr').count()) > 0) tables++
    expect([url, await problemsOf(page, [lightAndWide, darkAndNarrow])]).toEqual([url, []])
  }
  expect(tables).toBe(expected.tables)
})
