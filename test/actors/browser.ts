import { createHash, X509Certificate } from 'node:crypto'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { findBrowser } from '#services/browser-executable.ts'
import type { Zone } from '#shared/stack/deployment.ts'
import { packagedChromium } from './packaged-chromium.ts'
import type { World } from './world.ts'

/** A Chromium for one test file; each visitor has a profile of its own. */
export class TestBrowser implements AsyncDisposable {
  readonly #browser: Browser
  readonly #world: World

  constructor(browser: Browser, world: World) {
    this.#browser = browser
    this.#world = world
  }

  /** Somebody new, standing in `zone`. */
  async visitor(zone: Zone, options: BrowserContextOptions = {}): Promise<Page> {
    return steadyPage(await (await this.profile(zone, options)).newPage())
  }

  profile(zone: Zone, options: BrowserContextOptions = {}): Promise<BrowserContext> {
    return this.#browser.newContext({ proxy: { server: this.#world.gateways[zone] }, ...options })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#browser.close()
  }
}

/** `args` are for Chromium itself. */
export async function openBrowser(world: World, args: readonly string[] = []): Promise<TestBrowser> {
  const caPem = await (await fetch(`${world.gateways.internet}/ca.pem`)).text()
  const spki = new X509Certificate(caPem).publicKey.export({ type: 'spki', format: 'der' })
  const hash = createHash('sha256').update(spki).digest('base64')
  const browser = await launchChromium([`--ignore-certificate-errors-spki-list=${hash}`, '--disable-quic', ...args])
  return new TestBrowser(browser, world)
}

/** The machine's browser, else the one that comes in a development dependency: tests never go without. */
export async function launchChromium(args: readonly string[] = []): Promise<Browser> {
  const found = findBrowser({ platform: process.platform, environment: process.env })
  const { executablePath, environment } = found ? { executablePath: found, environment: {} } : await packagedChromium()
  try {
    const env = { ...process.env, ...environment }
    return patient(
      await chromium.launch({ executablePath, env, args: [...args], chromiumSandbox: false, timeout: longestWait }),
    )
  } catch (cause) {
    throw new Error(`${executablePath} does not start; CHROME_PATH can name another browser\n${cause}`, { cause })
  }
}

/** Milliseconds for what a page is to show: on a busy machine that comes late, and a test has a time of its own. */
const longestWait = 500_000

function patient(browser: Browser): Browser {
  const newContext = browser.newContext.bind(browser)
  browser.newContext = async (options) => {
    const context = await newContext(options)
    context.setDefaultTimeout(longestWait)
    return context
  }
  return browser
}

/** Chromium gives up navigations when a network interface comes or goes, as those of containers do. */
export function steadyPage(page: Page): Page {
  const goto = page.goto.bind(page)
  page.goto = (...destination) =>
    goto(...destination).catch((error: unknown) => {
      if (String(error).includes('net::ERR_NETWORK_CHANGED')) return goto(...destination)
      throw error
    })
  return page
}
