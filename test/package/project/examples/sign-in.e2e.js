import { test as base, expect } from '@playwright/test'
import { fauxchangeFixtures } from 'fauxchange/playwright'

const test = base.extend(fauxchangeFixtures())

test('a mailbox, by somebody who has signed in with a second factor', async ({ signedIn }) => {
  const profile = await signedIn('alice@contoso.com')
  const page = await profile.newPage()
  await page.goto('https://outlook.office.com/owa')
  await expect(page.locator('body')).toContainText('alice@contoso.com')
})

test('the second factor by hand: a code that the phone shows', async ({ page, mfa }) => {
  await page.goto('https://mail.contoso.com/owa')
  await page.locator('#userNameInput').fill('bob@contoso.com')
  await page.locator('#passwordInput').fill('Bob-Pass2')
  await page.locator('#submitButton').click()
  await page.locator('#verificationCodeInput').fill(await mfa('bob@contoso.com').code())
  await page.locator('#signInButton').click()
  await expect(page).toHaveURL('https://mail.contoso.com/owa/')
})

test('inside the network Exchange itself answers, outside the proxy', async ({ inside, outside }) => {
  const [within, without] = [await inside.newPage(), await outside.newPage()]
  await within.goto('https://mail.contoso.com/owa')
  await without.goto('https://mail.contoso.com/owa')
  expect(new URL(within.url()).searchParams.get('wtrealm')).toBe('https://mail.contoso.com/owa/')
  expect(new URL(without.url()).searchParams.get('realm')).toBe('urn:AppProxy:com')
})
