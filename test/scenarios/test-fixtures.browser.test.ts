import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fauxchangeMatchers, type WalkedStack } from '#services/matchers.ts'
import { profileOptions, signIn, trustArguments } from '#services/playwright.ts'
import { type Stack, startStack } from '#services/stack.ts'
import type {} from '#services/vitest.ts'
import { launchChromium } from '../actors/browser.ts'
import { alice, bob, peggy } from '../actors/people.ts'

expect.extend(fauxchangeMatchers)

/** As long as it takes: none of these walks ends by it. */
const patience = 300_000
const open = new AsyncDisposableStack()
let stack: Stack
let browser: Browser

beforeAll(async () => {
  stack = open.use(await startStack())
  browser = open.adopt(await launchChromium(trustArguments(stack)), (each) => each.close())
})
beforeEach(() => stack.reset())
afterAll(() => open.disposeAsync())

async function signedIn(user: string, zone: 'internet' | 'corp', wish = {}) {
  const context = await browser.newContext(profileOptions(stack, zone))
  await signIn(context, stack, user, { patience, ...wish })
  return context
}

describe('a person signed in', () => {
  test.each([
    { who: alice.upn, zone: 'internet', flow: 'WEB-ONLINE', mailbox: 'https://outlook.office.com/owa/' },
    { who: peggy.upn, zone: 'internet', flow: 'WEB-ONLINE', mailbox: 'https://outlook.office.com/owa/' },
    { who: bob.upn, zone: 'internet', flow: 'WEB-ONPREM', mailbox: 'https://mail.contoso.com/owa/' },
    { who: bob.upn, zone: 'corp', flow: undefined, mailbox: 'https://mail.contoso.com/owa/' },
  ] as const)('$who from $zone walks the pages, second factor included', async ({ who, zone, flow, mailbox }) => {
    await using profile = await signedIn(who, zone)
    const page = await profile.newPage()
    await page.goto(mailbox)
    expect(page.url()).toBe(mailbox)
    expect(await page.locator('body').innerText()).toContain(who)
    if (flow) await expect(stack).toHaveWalked(flow, { user: who })
    else {
      await expect(stack).toHaveWalkedStep('WEB-ONPREM-2', { user: who })
      await expect(stack).not.toHaveWalkedStep('MOBILE-ONPREM-2', { user: who })
    }
  })

  test('who cannot be gets an error that tells page and reason', async () => {
    await using profile = await browser.newContext(profileOptions(stack, 'internet'))
    const wrong = signIn(profile, stack, peggy.upn, { password: 'wrong', patience })
    await expect(wrong).rejects.toThrow(/asked once more[\s\S]*entra refused: .*password/i)
    await expect(stack).toHaveRefused({ deployment: 'entra', user: peggy.upn, reason: /password/i })
    await expect(stack).not.toHaveRefused({ deployment: 'adfs' })
    await expect(stack.lab).not.toHaveWalked('WEB-ONLINE', { user: peggy.upn })
  })
})

test('an application of this machine is reached past the gateway, and what it asks for is agreed to', async () => {
  await using server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost')
    if (searchParams.has('code')) return response.end('signed in')
    return response.writeHead(302, { location: authorize }).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const added = await stack.lab.call<{ appId: string }>('POST', '/api/applications', {
    ...{ name: 'Of this machine', kind: 'web', redirectUri: origin },
  })
  const asked = { client_id: added.appId, redirect_uri: origin, response_type: 'code', scope: 'openid email' }
  const authorize = `https://login.microsoftonline.com/contoso.com/oauth2/v2.0/authorize?${new URLSearchParams(asked)}`
  await using profile = await signedIn(peggy.upn, 'internet', { url: origin })
  const page = await profile.newPage()
  await page.goto(origin)
  expect(await page.locator('body').innerText()).toBe('signed in')
})

describe('what matchers say', () => {
  const told = async (judge: (subject: WalkedStack) => Promise<{ pass: boolean; message: () => string }>) => {
    const { pass, message } = await judge(stack)
    return { pass, message: message() }
  }
  const { toHaveWalked, toHaveWalkedStep, toHaveRefused } = fauxchangeMatchers

  test('of a flow that nobody began', async () => {
    expect(await told((subject) => toHaveWalked(subject, 'WEB-ONPREM', { user: bob.upn }))).toEqual({
      pass: false,
      message: 'WEB-ONPREM was not begun by bob@contoso.com',
    })
    expect(await told((subject) => toHaveRefused(subject))).toEqual({
      pass: false,
      message: 'There is no refusal.\nNothing was refused.',
    })
  })

  test('of one that was broken off: the steps that are missing, and the last refusal', async () => {
    await using profile = await browser.newContext(profileOptions(stack, 'internet'))
    await signIn(profile, stack, bob.upn, { password: 'wrong', patience }).catch(() => undefined)
    const walked = await told((subject) => toHaveWalked(subject, 'WEB-ONPREM'))
    expect(walked.pass).toBe(false)
    expect(walked.message).toMatch(
      /Missing:\n {2}WEB-ONPREM-3 {2}[\s\S]*Last refusal: adfs 200 POST adfs\.contoso\.com/,
    )
    expect(walked.message).not.toContain('wrong-')
    const step = await told((subject) => toHaveWalkedStep(subject, 'WEB-ONPREM-6'))
    expect(step.message).toMatch(/^WEB-ONPREM-6 was not walked: The user reads mail\nSteps that were: WEB-ONPREM-1, /)
    const refused = await told((subject) => toHaveRefused(subject, { deployment: 'entra', reason: 'rainy' }))
    expect(refused.message).toMatch(/^There is no refusal by entra with the reason rainy\.\nRefused was:\nadfs /)
  })

  test('of a step that is none', async () => {
    await expect(toHaveWalkedStep(stack, 'WEB-ONPREM-7')).rejects.toThrow(/no step WEB-ONPREM-7/)
  })
})
