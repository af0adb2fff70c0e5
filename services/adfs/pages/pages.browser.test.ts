import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { darkAndNarrow, lightAndWide, problemsOf } from '#test/actors/look.ts'
import { code, defaultMethods } from '../_doubles.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import { openStageBrowser, type StageBrowser } from './_chromium.ts'

const origin = 'https://adfs.contoso.com'
const owa = `${origin}/adfs/ls/?wa=wsignin1.0&wtrealm=https%3a%2f%2fmail.contoso.com%2fowa%2f`
/** Names the provider, so that there is nothing to choose. */
const azureOnly =
  '=> issue(Type = "http://schemas.microsoft.com/claims/authnmethodsproviders", Value = "AzureMfaAuthentication");'
const partner = {
  name: 'Fabrikam',
  objectIdentifier: 'f0000000-0000-4000-8000-000000000001',
  identifier: 'http://sts.fabrikam.example/adfs/services/trust',
  wsFedEndpoint: 'https://sts.fabrikam.example/adfs/ls/',
  organizationalAccountSuffixes: ['fabrikam.example'],
}
const open = new AsyncDisposableStack()
let stage: AdfsStage
let browser: StageBrowser
let page: Page

beforeAll(async () => {
  const providers = ['AzureMfaAuthentication', 'CertificateAuthentication'] as const
  const globalAdditionalAuthentication = { providers: [...providers], rules: azureOnly }
  stage = open.use(
    await startAdfs((scenario) => ({ ...scenario, adfs: { ...scenario.adfs, globalAdditionalAuthentication } })),
  )
  const updatePassword = { enabled: true, throughProxy: true }
  await stage.manage('/properties', { method: 'PATCH', json: { updatePassword } })
  browser = open.use(await openStageBrowser(stage))
})

afterAll(() => open.disposeAsync())
beforeEach(() => void Object.assign(stage.mfa, { methods: defaultMethods(), result: 'Success', answers: ['Success'] }))
afterEach(() => page.context().close())

async function typeCredentials(): Promise<void> {
  await page.getByLabel('User Account').fill('CONTOSO\\alice')
  await page.getByLabel('Password').fill('Alice-Pass1')
}

/** The token leaves for the relying party, which is not there. */
function tokenLeaves() {
  return page.waitForRequest(
    (request) => request.method() === 'POST' && request.url() === 'https://mail.contoso.com/owa/',
  )
}

async function pushPage(): Promise<void> {
  stage.mfa.methods = defaultMethods().slice(0, 1)
  await page.goto(owa)
  await typeCredentials()
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('#validEntropyNumber').waitFor()
}

const pages: Readonly<Record<string, () => Promise<unknown>>> = {
  'forms page': () => page.goto(`${owa}&username=alice%40contoso.com`),
  'forms page with an error': async () => {
    await page.goto(owa)
    await page.getByRole('button', { name: 'Sign in' }).click()
  },
  'page for choosing an additional authentication': async () => {
    await stage.manage('/rules', { method: 'PATCH', json: { additionalAuthenticationRules: '' } })
    await page.goto(owa)
    await typeCredentials()
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Certificate Authentication' }).waitFor()
    await stage.manage('/rules', { method: 'PATCH', json: { additionalAuthenticationRules: azureOnly } })
  },
  'code page': async () => {
    await page.goto(owa)
    await typeCredentials()
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByLabel('Verification code').waitFor()
  },
  'push page': pushPage,
  'ended page': async () => {
    stage.mfa.answers = ['Denied']
    await pushPage()
    await page.getByRole('button', { name: 'Try again' }).waitFor()
  },
  'device code page': () => page.goto(`${origin}/adfs/oauth2/deviceauth`),
  'device code page with an error': async () => {
    await page.goto(`${origin}/adfs/oauth2/deviceauth`)
    await page.getByLabel('Code').fill('WRONG')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('That code is not valid.').waitFor()
  },
  'home realm page': () =>
    stage.manage('/claims-providers', { method: 'POST', json: partner }).then(() => page.goto(owa)),
  'home realm page with an error': async () => {
    await page.goto(owa)
    await page.getByLabel('Email address').fill('someone@nowhere.example')
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('There is no sign-in for this account here.').waitFor()
    await stage.manage(`/claims-providers/${partner.objectIdentifier}`, { method: 'DELETE' })
  },
  'forms page after an expired password': async () => {
    stage.directory.statuses.set('alice@contoso.com', 'STATUS_PASSWORD_EXPIRED')
    await page.goto(owa)
    await typeCredentials()
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('link', { name: 'Update your password' }).waitFor()
    stage.directory.statuses.clear()
  },
  'update password page': () => page.goto(`${origin}/adfs/portal/updatepassword/`),
  'update password page with an error': async () => {
    await page.goto(`${origin}/adfs/portal/updatepassword/`)
    await page.getByLabel('User Account').fill('CONTOSO\\alice')
    await page.getByLabel('Old password').fill('wrong')
    for (const label of ['New password', 'Confirm new password'])
      await page.getByLabel(label, { exact: true }).fill('Harbour-77')
    await page.getByRole('button', { name: 'Submit' }).click()
    await page.getByText('The user ID or password is incorrect.').waitFor()
  },
  'error page': () => page.goto(`${origin}/adfs/ls/?wa=wsignin1.0&wtrealm=urn:unknown`),
  'sign-out page': () =>
    page.goto(`${origin}/adfs/ls/?wa=wsignout1.0&wreply=${encodeURIComponent('https://mail.contoso.com/owa/')}`),
}

test.each(Object.keys(pages))('the %s is accessible and fits, light and wide, dark and narrow', async (name) => {
  stage.mfa.answers = ['Pending']
  page = await browser.visitor('outside')
  // The sign-out page would go on to a place that is not there.
  await page.route('https://mail.contoso.com/**', (route) => route.fulfill({ status: 204 }))
  await pages[name]?.()
  for (const details of await page.locator('details').all()) await details.locator('summary').click()
  expect(await problemsOf(page, [lightAndWide, darkAndNarrow])).toEqual([])
})

describe('with scripts', () => {
  test.each([
    { key: 'Enter', from: 'submitButton', tabs: 1 },
    { key: ' ', from: 'submitButton', tabs: 1 },
    { key: 'Enter', from: 'passwordInput', tabs: 0 },
  ])('"$key" on #$from signs in', async ({ key, from, tabs }) => {
    page = await browser.visitor('inside')
    await page.goto(owa)
    await typeCredentials()
    for (let tab = 0; tab < tabs; tab += 1) await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.id')).toBe(from)
    const token = tokenLeaves()
    await page.keyboard.press(key)
    expect((await token).postData()).toContain('wresult=')
  })

  test.each([
    { user: 'alice', password: 'x', text: 'Enter your user ID in the format "domain\\user" or "user@domain".' },
    { user: 'alice@contoso.com', password: '', text: 'Enter your password.' },
  ])('says "$text" before anything is sent', async ({ user, password, text }) => {
    page = await browser.visitor('inside')
    await page.goto(owa)
    await page.getByLabel('User Account').fill(user)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    expect(await page.getByRole('alert').innerText()).toBe(text)
  })

  test('a push page goes on by itself once the phone has approved', async () => {
    page = await browser.visitor('outside')
    stage.mfa.answers = ['Pending', 'Success']
    await pushPage()
    expect(await page.locator('#validEntropyNumber').innerText()).toBe('07')
    await tokenLeaves()
  })

  test('a push page shows a denial by itself, and tries again', async () => {
    page = await browser.visitor('outside')
    stage.mfa.answers = ['Pending', 'Denied', 'Success']
    await pushPage()
    await page.getByText('Authentication attempt failed.').waitFor()
    await page.getByRole('button', { name: 'Try again' }).click()
    await tokenLeaves()
  })

  test('nothing on the pages breaks their content security policy', async () => {
    page = await browser.visitor('outside')
    const complaints: string[] = []
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())))
    page.on('pageerror', (error) => void complaints.push(error.message))
    await pushPage()
    expect(complaints).toEqual([])
  })
})

test('without scripts: password, push by its button, another method, code, token', async () => {
  page = await browser.visitor('outside', { javaScriptEnabled: false })
  stage.mfa.methods = defaultMethods().map((method) => ({
    ...method,
    isDefault: method.authMethodId === 'PhoneAppNotification',
  }))
  stage.mfa.answers = ['Pending', 'Success']
  await page.goto(owa)
  await typeCredentials()
  await page.locator('input[type=submit][value="Sign in"]').click()
  await page.getByRole('button', { name: 'Continue' }).click()
  expect(await page.locator('#validEntropyNumber').innerText()).toBe('07')
  await page.getByRole('button', { name: 'Use a verification code from my authenticator app' }).click()
  await page.getByLabel('Verification code').fill(code)
  await page.getByRole('button', { name: 'Sign in' }).click()
  const token = tokenLeaves()
  await page.locator('input[type=submit][value=Submit]').click()
  expect((await token).postData()).toContain('wresult=')
})

test('without scripts: an expired password is changed on the way, and the new one signs in', async () => {
  page = await browser.visitor('inside', { javaScriptEnabled: false })
  stage.directory.statuses.set('bob@contoso.com', 'STATUS_PASSWORD_EXPIRED')
  const signIn = async (password: string) => {
    await page.goto(owa)
    await page.getByLabel('User Account').fill('bob@contoso.com')
    await page.getByLabel('Password').fill(password)
    await page.locator('input[type=submit][value="Sign in"]').click()
  }
  await signIn('Bob-Pass2')
  await page.getByRole('link', { name: 'Update your password' }).click()
  await page.getByLabel('Old password').fill('Bob-Pass2')
  for (const label of ['New password', 'Confirm new password'])
    await page.getByLabel(label, { exact: true }).fill('Harbour-78')
  await page.getByRole('button', { name: 'Submit' }).click()
  await page.getByText('Your password is successfully updated.').waitFor()
  await signIn('Harbour-78')
  const token = tokenLeaves()
  await page.locator('input[type=submit]').first().click()
  expect((await token).postData()).toContain('wresult=')
})
