import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '#test/actors/eventually.ts'
import { type Browser, openMailboxOf, type Stage, testKeys } from '../../_stage.ts'
import { openStageBrowser, type StageBrowser } from '../../pages/_chromium.ts'

const open = new AsyncDisposableStack()
let stage: Stage & { readonly person: Browser }
let browser: StageBrowser

beforeAll(async () => {
  const keys = await testKeys()
  stage = open.use(await openMailboxOf('alice@contoso.com', await keys.key('Entra')))
  keys.remove()
  browser = open.use(await openStageBrowser())
})

afterAll(() => open.disposeAsync())

const compose = '/owa/?path=/mail/action/compose'

async function drafts(): Promise<number> {
  const { body } = await stage.person.get('/owa/?path=/mail/drafts')
  return (body.match(/data-testid="message"/g) ?? []).length
}

test('a message is kept while it is written, found after a reload, and gone when it is discarded', async () => {
  const page = await browser.visit(stage.person, '/owa/')
  await page.clock.install()
  await page.goto(`https://outlook.office.com${compose}`)
  await page.getByLabel('Subject').fill('Half a thought')
  await page.getByRole('textbox', { name: 'Message' }).fill('So far')
  await page.clock.runFor(6_000)
  await page.getByText(/^Draft saved at /).waitFor()
  await page.getByRole('textbox', { name: 'Message' }).fill('So far, so good')
  await page.clock.runFor(6_000)
  const { pathname, search } = new URL(page.url())
  await eventually(async () => expect((await stage.person.get(pathname + search)).body).toContain('So far, so good'))
  expect(await drafts()).toBe(1)
  await page.reload()
  expect(await page.getByRole('textbox', { name: 'Message' }).innerText()).toBe('So far, so good')
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('heading', { level: 1, name: /^Inbox/ }).waitFor()
  expect(await drafts()).toBe(0)
  await page.context().close()
})
