import axe, { type AxeResults } from 'axe-core'
import { decodeJwt } from 'jose'
import type { CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, type TestBrowser } from '#test/actors/browser.ts'
import { openAuthority, owaRequest, peggy, type TestAuthority } from '../_authority.ts'

const entrance = 'https://login.microsoftonline.com/common/SecurityInfo'
const open = new AsyncDisposableStack()
let authority: TestAuthority
let browser: TestBrowser

beforeAll(async () => {
  authority = open.use(await openAuthority())
  const internet = authority.stack.proxy('internet')
  browser = open.use(await openBrowser({ gateways: { internet, corp: internet } }))
})

afterAll(() => open.disposeAsync())

/** A browser with an authenticator of its own that says yes to everything. */
async function visitorWithAuthenticator(): Promise<{ page: Page; cdp: CDPSession; authenticatorId: string }> {
  const page = await browser.visitor('internet')
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return { page, cdp, authenticatorId }
}

async function typeName(page: Page): Promise<void> {
  await page.getByLabel('Email address').fill(peggy.upn)
  await page.getByRole('button', { name: 'Next' }).click()
}

async function typePasswordAndCode(page: Page): Promise<void> {
  await authority.stack.clock.advance(60_000)
  await page.getByLabel('Password').fill(peggy.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('Code').fill(await authority.totpCode(peggy.upn))
  await page.getByRole('button', { name: 'Verify' }).click()
}

async function registerPasskey(page: Page, name: string): Promise<void> {
  await page.goto(entrance)
  await typeName(page)
  await typePasswordAndCode(page)
  await page.getByRole('button', { name: 'Add sign-in method' }).click()
  await page.getByRole('button', { name: /^Passkey/ }).click()
  await page.getByLabel('Name of the passkey').fill(name)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.waitForURL(/^https:\/\/login\.microsoft\.com\/common\/fido\/create/)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Create a passkey' }).click()
  await page.getByText(name).waitFor()
}

async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<AxeResults>('axe.run()')
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
}

/** The hybrid answer leaves for an application that is not there. */
function answerOf(page: Page) {
  return page.waitForRequest((request) => request.url() === 'https://outlook.office.com/owa/')
}

async function claimsOf(answer: ReturnType<typeof answerOf>) {
  const fields = new URLSearchParams((await answer).postData() ?? '')
  return decodeJwt(fields.get('id_token') ?? '')
}

test('a passkey is created, signs in without a name or password, and is recorded as fido2', async () => {
  const { page, cdp, authenticatorId } = await visitorWithAuthenticator()
  await registerPasskey(page, "Peggy's laptop")
  const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId })
  expect(credentials).toMatchObject([{ rpId: 'login.microsoft.com', isResidentCredential: true }])
  await page.context().clearCookies()
  await page.goto(owaRequest())
  await page.getByText('Sign-in options').click()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Face, fingerprint, PIN or security key' }).click()
  await page.getByRole('button', { name: 'No', exact: true }).waitFor()
  expect(new URL(page.url()).host).toBe('login.microsoftonline.com')
  const answer = answerOf(page)
  await page.getByRole('button', { name: 'No', exact: true }).click()
  expect(await claimsOf(answer)).toMatchObject({ upn: peggy.upn, amr: ['fido', 'mfa'] })
  const [success] = await authority.signIns(peggy.upn)
  expect(success?.status.errorCode).toBe(0)
  expect(success?.authenticationDetails).toMatchObject([{ authenticationMethod: 'FIDO2' }])
  await page.context().close()
})

test('as a second factor, chosen among the others', async () => {
  const { page } = await visitorWithAuthenticator()
  await registerPasskey(page, "Peggy's tablet")
  await page.context().clearCookies()
  await authority.stack.clock.advance(60_000)
  await page.goto(owaRequest())
  await typeName(page)
  await page.getByLabel('Password').fill(peggy.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('#signInAnotherWay').click()
  await page.locator('[data-value="FidoKey"] button').click()
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.getByRole('button', { name: 'No', exact: true }).waitFor()
  const answer = answerOf(page)
  await page.getByRole('button', { name: 'No', exact: true }).click()
  expect(await claimsOf(answer)).toMatchObject({ amr: ['pwd', 'fido', 'mfa'] })
  await page.context().close()
})

test('an authenticator that refuses, or has no passkey, leaves the person on the page with a way back', async () => {
  const { page, cdp, authenticatorId } = await visitorWithAuthenticator()
  await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
  await page.goto(owaRequest())
  await page.getByText('Sign-in options').click()
  await page.getByRole('button', { name: 'Face, fingerprint, PIN or security key' }).click()
  await page.getByRole('alert').waitFor()
  expect(await page.getByRole('alert').innerText()).toContain('The passkey was not used')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Use another method' }).click()
  await page.getByLabel('Email address').waitFor()
  await page.context().close()
})

test('without scripts the page says that passkeys need them', async () => {
  const page = await browser.visitor('internet', { javaScriptEnabled: false })
  await page.goto(owaRequest())
  await page.getByText('Sign-in options').click()
  await page.getByRole('button', { name: 'Face, fingerprint, PIN or security key' }).click()
  expect(await page.locator('.gap').innerText()).toContain('Passkeys need scripts')
  await page.getByRole('button', { name: 'Use another method' }).click()
  await page.getByLabel('Email address').waitFor()
  await page.context().close()
})
