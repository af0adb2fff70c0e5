import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SigningKey } from '#certs/authority.ts'
import { derivedGuid } from '#shared/scenario/identifiers.ts'
import { darkAndNarrow, lightAndWide, problemsOf } from '#test/actors/look.ts'
import { type Browser, openMailboxOf, type Stage, signInOnline, testKeys } from '../../_stage.ts'
import { openStageBrowser, type StageBrowser } from '../../pages/_chromium.ts'

const open = new AsyncDisposableStack()
let stage: Stage & { readonly person: Browser }
let browser: StageBrowser
let entra: SigningKey

beforeAll(async () => {
  const keys = await testKeys()
  entra = await keys.key('Entra')
  stage = open.use(await openMailboxOf('alice@contoso.com', entra))
  keys.remove()
  browser = open.use(await openStageBrowser())
})

afterAll(() => open.disposeAsync())

async function newestOfPeggy(): Promise<string> {
  const peggy = await signInOnline(stage, entra, 'peggy@fabrikam.com')
  const [, url = ''] = /data-testid="message"><a href="([^"]+)">/.exec((await peggy.get('/owa/')).body) ?? []
  return (await peggy.get(url.replaceAll('&amp;', '&'))).body
}

test('mail is written with emphasis, lists and links, by keyboard', async () => {
  const page = await browser.visit(stage.person, '/owa/?path=/mail/action/compose', { bypassCSP: true })
  expect(await problemsOf(page, [lightAndWide, darkAndNarrow])).toEqual([])
  await page.getByLabel('To').fill('peggy@fabrikam.com')
  await page.getByLabel('Subject').fill('Formatted')
  await page.getByRole('textbox', { name: 'Message' }).focus()
  await page.keyboard.type('Plain and ')
  await page.getByRole('button', { name: 'Bold' }).focus()
  await page.keyboard.press('Enter')
  await page.keyboard.type('bold')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('heading', { level: 1, name: /^Inbox/ }).waitFor()
  expect(await newestOfPeggy()).toContain('Plain and <b>bold</b>')
  await page.context().close()
})

test('an answer quotes the original as it looked, and can be written as plain text instead', async () => {
  const id = derivedGuid('message', 'alice@contoso.com/1')
  const page = await browser.visit(stage.person, `/owa/?path=/mail/action/compose&mode=reply&ItemID=${id}`)
  const editor = page.getByRole('textbox', { name: 'Message' })
  expect(await editor.locator('table').count()).toBe(1)
  await page.getByRole('button', { name: 'Plain text' }).click()
  expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toMatch(
    /From: "Peggy Patel"[\s\S]+I like B best/,
  )
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('heading', { level: 1, name: /^Inbox/ }).waitFor()
  expect(await newestOfPeggy()).toContain('<div class="mail text"')
  await page.context().close()
})
