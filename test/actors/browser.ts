import { createHash, X509Certificate } from 'node:crypto'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { findBrowser } from '#services/browser-executable.ts'
import type { Zone } from '#shared/stack/deployment.ts'
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
    return (await this.profile(zone, options)).newPage()
  }

  profile(zone: Zone, options: BrowserContextOptions = {}): Promise<BrowserContext> {
    return this.#browser.newContext({ proxy: { server: this.#world.gateways[zone] }, ...options })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#browser.close()
  }
}

export async function openBrowser(world: World): Promise<TestBrowser> {
  const caPem = await (await fetch(`${world.gateways.internet}/ca.pem`)).text()
  const spki = new X509Certificate(caPem).publicKey.export({ type: 'spki', format: 'der' })
  const hash = createHash('sha256').update(spki).digest('base64')
  const { executablePath, args } = await installedBrowser()
  const browser = await chromium.launch({
    executablePath,
    args: [
      ...args,
      `--ignore-certificate-errors-spki-list=${hash}`,
      '--disable-background-networking',
      '--disable-sync',
      '--disable-quic',
    ],
    chromiumSandbox: false,
  })
  return new TestBrowser(browser, world)
}

/** The machine's browser, else the one that comes in a development dependency: tests never go without. */
async function installedBrowser(): Promise<{ executablePath: string; args: readonly string[] }> {
  const found = findBrowser({ platform: process.platform, environment: process.env })
  if (found) return { executablePath: found, args: [] }
  const { default: packaged } = await import('@sparticuz/chromium')
  return { executablePath: await packaged.executablePath(), args: packaged.args }
}
