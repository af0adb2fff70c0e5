import { spawn } from 'node:child_process'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { findBrowser } from '#services/browser-executable.ts'
import { LabClient, type LabPhone } from '#services/lab-client.ts'
import { PipedBrowser, pipeArgument, pipeStreams } from '#services/piped-browser.ts'
import { trustArguments } from '#services/playwright.ts'
import { attachPasskeys, type PageSession } from '#services/virtual-authenticator.ts'
import { darkAndNarrow, lightAndWide, problemsOf } from '#test/actors/look.ts'
import { packagedChromium } from '#test/actors/packaged-chromium.ts'
import { type Bench, expectVisible, openBench } from '../_bench.ts'

const peggy = { upn: 'peggy@fabrikam.com', password: 'Peggy-Pass14' }
const mailbox = 'https://outlook.office.com/owa/'
const securityInfo = 'https://login.microsoftonline.com/common/SecurityInfo'
let bench: Bench
let phone: LabPhone

beforeAll(async () => {
  bench = await openBench()
  phone = new LabClient(bench.base).mfa(peggy.upn)
})
beforeEach(() => bench.lab.reset())
afterEach(() => bench.closePages())
afterAll(() => bench[Symbol.asyncDispose]())

async function attached(page: Page) {
  return attachPasskeys((await page.context().newCDPSession(page)) as unknown as PageSession, phone)
}

async function signInWithPasskey(page: Page): Promise<void> {
  await page.goto(mailbox)
  await page.getByText('Sign-in options').click()
  await page.getByRole('button', { name: 'Face, fingerprint, PIN or security key' }).click()
  await page.getByRole('button', { name: 'No', exact: true }).click()
  await page.waitForURL(/^https:\/\/outlook\.office\.com\/owa\/(?!auth)/)
}

test('a passkey is made on the phone, signs in in a browser, is renamed and removed', async () => {
  const lab = await bench.visit(`/phone/${peggy.upn}`)
  await lab.getByLabel('Name of a new one').fill('Test phone')
  await lab.getByRole('button', { name: 'Make a passkey on this phone' }).click()
  await expectVisible(lab.getByRole('status').getByText('on the phone and registered'))
  await expectVisible(lab.getByText('never used'))
  const page = await bench.newPage()
  await using _passkeys = await attached(page)
  await signInWithPasskey(page)
  await lab.reload()
  await expectVisible(lab.getByText(/last used .*, \d+ signatures/))
  expect(await problemsOf(lab, [lightAndWide, darkAndNarrow])).toEqual([])
  await lab.getByText('Change Test phone').click()
  await lab.getByLabel('Name', { exact: true }).fill('Old phone')
  await lab.getByRole('button', { name: 'Rename' }).click()
  await lab.getByText('Change Old phone').click()
  await lab.getByRole('button', { name: 'Remove' }).click()
  await expectVisible(lab.getByText('None is registered.'))
  expect(await phone.passkeys()).toEqual([])
})

test('what a page makes with the virtual authenticator is on the phone, and signs in elsewhere', async () => {
  const page = await bench.newPage()
  const passkeys = await attached(page)
  await page.goto(securityInfo)
  await page.getByLabel('Email address').fill(peggy.upn)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByLabel('Password').fill(peggy.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('Code').fill(await phone.code())
  await page.getByRole('button', { name: 'Verify' }).click()
  await page.getByRole('button', { name: 'Add sign-in method' }).click()
  await page.getByRole('button', { name: /^Passkey/ }).click()
  await page.getByLabel('Name of the passkey').fill('Made on a page')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Create a passkey' }).click()
  await page.getByText('Made on a page').waitFor()
  await passkeys[Symbol.asyncDispose]()
  const [held] = await phone.passkeys()
  expect(held).toMatchObject({ name: 'Made on a page', rpId: 'login.microsoft.com' })
  const elsewhere = await bench.newPage()
  await using _again = await attached(elsewhere)
  await signInWithPasskey(elsewhere)
  const { json } = await bench.lab.call('GET', `/api/sign-ins?user=${peggy.upn}`)
  expect(json).toMatchObject({
    signIns: expect.arrayContaining([
      expect.objectContaining({ authenticationDetails: [expect.objectContaining({ authenticationMethod: 'FIDO2' })] }),
    ]),
  })
  expect(JSON.stringify(await bench.lab.journal())).not.toContain(held?.privateKey)
})

test('a browser of one’s own signs with them by its debugging pipe', async () => {
  const made = await phone.createPasskey()
  const found = findBrowser({ platform: process.platform, environment: process.env })
  const { executablePath, environment } = found ? { executablePath: found, environment: {} } : await packagedChromium()
  const way = [`--proxy-server=${bench.base}`, ...trustArguments(bench.stack)]
  const args = [pipeArgument, '--headless', '--no-sandbox', ...way, 'about:blank']
  const child = spawn(executablePath, args, { env: { ...process.env, ...environment }, stdio: [...pipeStreams] })
  const prepared = Promise.withResolvers<PageSession>()
  await new PipedBrowser(child).eachPage(async (page) => {
    await attachPasskeys(page, phone)
    prepared.resolve(page)
  })
  const page = await prepared.promise
  const loaded = new Promise((resolve) => page.on('Page.domContentEventFired', resolve))
  await page.send('Page.enable')
  await page.send('Page.navigate', { url: 'https://login.microsoft.com/common/fido/get' })
  await loaded
  const publicKey = `{ challenge: new Uint8Array(32), rpId: 'login.microsoft.com', userVerification: 'required' }`
  const expression = `navigator.credentials.get({ publicKey: ${publicKey} }).then(({ id }) => id)`
  const signed = await page.send('Runtime.evaluate', { expression, awaitPromise: true })
  expect(signed).toMatchObject({ result: { value: made.credentialId } })
  child.kill()
})
