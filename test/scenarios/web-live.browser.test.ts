import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { openBrowser, type TestBrowser } from '../actors/browser.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { bob, peggy } from '../actors/people.ts'
import { atAdfs, atEntra } from '../actors/person.ts'
import { worldOf } from '../actors/world.ts'

const open = new AsyncDisposableStack()
let browser: TestBrowser
let lab: Lab

beforeAll(async () => {
  const world = worldOf(open.use(await startStack()))
  browser = open.use(await openBrowser(world))
  lab = labOf(world)
})

afterAll(() => open.disposeAsync())

/** From the internet: WAP asks for AD FS before Exchange hears of anybody. */
async function bobThroughProxy(): Promise<Page> {
  const page = await browser.visitor('internet')
  await page.goto('https://mail.contoso.com/owa')
  await atAdfs.signIn(page, bob.upn, bob.password)
  await atAdfs.typeCode(page, await lab.totpCode(bob.upn))
  await page.waitForURL('https://mail.contoso.com/owa/')
  return page
}

async function peggyOnline(): Promise<Page> {
  const page = await browser.visitor('internet')
  await page.goto('https://outlook.office.com/owa')
  await atEntra.typeEmail(page, peggy.upn)
  await atEntra.typePassword(page, peggy.password)
  await atEntra.typeCode(page, await lab.totpCode(peggy.upn))
  await atEntra.staySignedIn(page, 'no')
  await page.waitForURL(/^https:\/\/outlook\.office\.com\/owa\//)
  return page
}

test.each([
  { what: 'WEB-ONPREM-6: through WAP', deployment: 'exchange-onprem', upn: bob.upn, enter: bobThroughProxy },
  { what: 'WEB-ONLINE-6: online', deployment: 'exchange-online', upn: peggy.upn, enter: peggyOnline },
])('$what, new mail appears without a reload, and the calendar opens', async ({ deployment, upn, enter }) => {
  const page = await enter()
  const loads: string[] = []
  page.on('domcontentloaded', () => loads.push(page.url()))
  const mime = Buffer.from(`From: x@y.example\r\nTo: ${upn}\r\nSubject: Breaking news\r\n\r\nNow\r\n`).toString(
    'base64',
  )
  const { status } = await lab.call('POST', `/api/exchange/${deployment}/mailboxes/${upn}/messages`, { mime })
  expect(status).toBe(200)
  await page
    .getByRole('link', { name: /Breaking news/ })
    .first()
    .waitFor()
  expect(loads).toEqual([])

  await page.getByRole('link', { name: 'Calendar', exact: true }).click()
  await page.getByRole('link', { name: 'Week', exact: true }).click()
  expect(await page.getByRole('heading', { level: 2 }).count()).toBe(7)
  await page.getByRole('link', { name: 'New event' }).click()
  await page.getByLabel('Title').fill('Through every proxy')
  await page
    .getByRole('button', { name: /^Save|^Send/ })
    .first()
    .click()
  await page.getByText('Through every proxy').first().waitFor()
  await page.context().close()
})
