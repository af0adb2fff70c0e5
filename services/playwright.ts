import './refuse-old-node.ts'

import { createHash, X509Certificate } from 'node:crypto'
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Fixtures,
  Page,
  PlaywrightTestArgs,
  PlaywrightTestOptions,
  PlaywrightWorkerArgs,
  PlaywrightWorkerOptions,
} from '@playwright/test'
import { CleanUp } from '#shared/clean-up.ts'
import type { Zone } from '#shared/stack/deployment.ts'
import type { LabPhone } from './lab-client.ts'
import { walkSignIn } from './sign-in-walk.ts'
import { type Stack, type StackOptions, startStack } from './stack.ts'
import { attachPasskeys, type PageSession } from './virtual-authenticator.ts'

/*
 * `fauxchange/playwright`: fixtures for @playwright/test, which is needed by the compiler alone.
 *
 *   import { test as base } from '@playwright/test'
 *   import { fauxchangeFixtures } from 'fauxchange/playwright'
 *   export const test = base.extend(fauxchangeFixtures())
 */

export interface SignInWish {
  /** Where the browser stands; the internet when left out. */
  readonly zone?: Zone
  /** Where to go, and to be at the end; the person's mailbox when left out. */
  readonly url?: string
  /** The scenario's when left out. */
  readonly password?: string
}

export interface FauxchangeTestFixtures {
  /** Where `page`, `context` and `request` stand: `test.use({ zone: 'corp' })`. */
  readonly zone: Zone
  /** A browser profile whose owner has signed in on the real pages, second factor included; closed after the test. */
  readonly signedIn: (user: string, wish?: SignInWish) => Promise<BrowserContext>
  /** Somebody's phone. */
  readonly mfa: (user: string) => LabPhone
  /** Lets a page of Chromium sign with the passkeys on somebody's phone; those that it makes are on the phone, too. */
  readonly passkeys: (page: Page, user: string) => Promise<void>
  /** An empty browser profile in the company's network. */
  readonly inside: BrowserContext
  /** An empty browser profile in the internet. */
  readonly outside: BrowserContext
  /** The state of the scenario, before each test. */
  readonly freshWorld: undefined
}

export interface FauxchangeWorkerFixtures {
  /** A stack for each worker, with ports of its own. */
  readonly stack: Stack
}

type TestsOfPlaywright = PlaywrightTestArgs & PlaywrightTestOptions
type WorkersOfPlaywright = PlaywrightWorkerArgs & PlaywrightWorkerOptions
type FauxchangeFixtures = Fixtures<
  FauxchangeTestFixtures,
  FauxchangeWorkerFixtures,
  TestsOfPlaywright,
  WorkersOfPlaywright
>

// A machine that is busy, or that compiles and makes certificates for the first time, may need long.
const startTimeoutMs = 120_000

/**
 * For `base.extend()`. Chromium is told to trust the stack's CA; other engines ignore certificate errors. The type is
 * written out, as the compiler infers what a test may ask for only from Playwright's own name for it.
 */
export function fauxchangeFixtures(
  options: StackOptions = {},
): Fixtures<FauxchangeTestFixtures, FauxchangeWorkerFixtures, TestsOfPlaywright, WorkersOfPlaywright> {
  return {
    ...worldFixtures(options),
    signedIn: async ({ stack, browser }, use) => {
      await using profiles = new CleanUp()
      await use(async (user, wish = {}) => {
        const context = await openProfile(browser, stack, wish.zone ?? 'internet')
        profiles.defer(() => context.close())
        await signIn(context, stack, user, wish)
        return context
      })
    },
    mfa: async ({ stack }, use) => use((user) => stack.mfa(user)),
    passkeys: async ({ stack }, use) => {
      await using attached = new CleanUp()
      await use(async (page, user) => void attached.use(await passkeysIn(page, stack.mfa(user))))
    },
    inside: async ({ stack, browser }, use) => useProfile(await openProfile(browser, stack, 'corp'), use),
    outside: async ({ stack, browser }, use) => useProfile(await openProfile(browser, stack, 'internet'), use),
  }
}

function worldFixtures(options: StackOptions): FauxchangeFixtures {
  return {
    stack: [
      // biome-ignore lint/correctness/noEmptyPattern: the runner reads what a fixture depends on from this pattern.
      async ({}, use) => {
        await using stack = await startStack(options)
        await use(stack)
      },
      { scope: 'worker', timeout: startTimeoutMs },
    ],
    launchOptions: [
      async ({ stack, launchOptions, browserName }, use) => {
        const trust = browserName === 'chromium' ? trustArguments(stack) : []
        await use({ ...launchOptions, args: [...(launchOptions.args ?? []), ...trust] })
      },
      { scope: 'worker' },
    ],
    zone: ['internet', { option: true }],
    proxy: async ({ stack, zone }, use) => use(wayInto(stack, zone)),
    ignoreHTTPSErrors: async ({ browserName, ignoreHTTPSErrors }, use) =>
      use(browserName === 'chromium' ? ignoreHTTPSErrors : true),
    freshWorld: [
      async ({ stack }, use) => {
        await stack.reset()
        await use(undefined)
      },
      { auto: true },
    ],
  }
}

/**
 * Signs somebody in, in a profile of one's own browser.
 * @param context one that goes through a gateway of the stack
 * @throws Error with the page where it ended and what was refused last
 */
export async function signIn(
  context: BrowserContext,
  stack: Stack,
  user: string,
  wish: Omit<SignInWish, 'zone'> & { readonly patience?: number } = {},
): Promise<void> {
  const known = stack.scenario.users.find((each) => each.userPrincipalName === user)
  const password = wish.password ?? known?.password
  if (password === undefined) throw new Error(`${user} is nobody of the scenario: give a password`)
  const { hosts } = stack.scenario.organization
  const online = known?.mailbox?.location !== 'onPremises'
  const url = wish.url ?? (online ? 'https://outlook.office.com/owa' : `https://${hosts.mail}/owa`)
  const page = await context.newPage()
  const walk = { user, password, phone: stack.mfa(user), url, patience: wish.patience ?? 30_000 }
  try {
    await walkSignIn(page, walk)
  } catch (cause) {
    const refused = (await stack.journal({ user, verdict: 'refused' })).at(-1)
    const why = refused ? `\n${refused.deployment} refused: ${refused.reasons.join('; ')}` : ''
    throw new Error(`${(cause as Error).message}${why}`, { cause })
  }
  await page.close()
}

/** A virtual authenticator belongs to one page, and to pages that it opens not. */
async function passkeysIn(page: Page, phone: LabPhone) {
  const session = await page.context().newCDPSession(page)
  return attachPasskeys(session as unknown as PageSession, phone)
}

/** What a profile in a zone is made with: `browser.newContext(profileOptions(stack, 'corp'))`. */
export function profileOptions(stack: Stack, zone: Zone): BrowserContextOptions {
  return { proxy: wayInto(stack, zone) }
}

/** An application under test on this machine is reached directly: a gateway leads to names of the stack alone. */
function wayInto(stack: Stack, zone: Zone): NonNullable<BrowserContextOptions['proxy']> {
  return { server: stack.proxy(zone), bypass: 'localhost, 127.0.0.1, [::1]' }
}

function openProfile(browser: Browser, stack: Stack, zone: Zone): Promise<BrowserContext> {
  return browser.newContext(profileOptions(stack, zone))
}

async function useProfile(context: BrowserContext, use: (context: BrowserContext) => Promise<void>): Promise<void> {
  await use(context)
  await context.close()
}

/** With these, Chromium takes certificates of the stack's CA for good, and no others besides its own. */
export function trustArguments({ ca }: Pick<Stack, 'ca'>): readonly string[] {
  const spki = new X509Certificate(ca).publicKey.export({ type: 'spki', format: 'der' })
  return [`--ignore-certificate-errors-spki-list=${createHash('sha256').update(spki).digest('base64')}`]
}
