import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { findBrowser } from '#services/browser-executable.ts'
import type { AdfsStage } from '../_stage.ts'

/** A real browser in front of the stage; outside, it sends what the proxy would add. */
export class StageBrowser implements AsyncDisposable {
  readonly #browser: Browser
  readonly #stage: AdfsStage

  constructor(browser: Browser, stage: AdfsStage) {
    this.#browser = browser
    this.#stage = stage
  }

  async visitor(place: 'inside' | 'outside', options: BrowserContextOptions = {}): Promise<Page> {
    const extraHTTPHeaders = place === 'outside' ? await this.#stage.proxyHeaders() : {}
    const context = await this.#browser.newContext({ ignoreHTTPSErrors: true, extraHTTPHeaders, ...options })
    return context.newPage()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#browser.close()
  }
}

export async function openStageBrowser(stage: AdfsStage): Promise<StageBrowser> {
  const { executablePath, args } = await installedBrowser()
  const rules = `MAP adfs.contoso.com:443 127.0.0.1:${stage.port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`
  const browser = await chromium.launch({
    executablePath,
    args: [...args, `--host-resolver-rules=${rules}`],
    chromiumSandbox: false,
  })
  return new StageBrowser(browser, stage)
}

async function installedBrowser(): Promise<{ executablePath: string; args: readonly string[] }> {
  const found = findBrowser({ platform: process.platform, environment: process.env })
  if (found) return { executablePath: found, args: [] }
  const { default: packaged } = await import('@sparticuz/chromium')
  return { executablePath: await packaged.executablePath(), args: packaged.args }
}
