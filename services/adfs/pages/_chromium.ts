import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { launchChromium, steadyPage } from '#test/actors/browser.ts'
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
    return steadyPage(await context.newPage())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#browser.close()
  }
}

export async function openStageBrowser(stage: AdfsStage): Promise<StageBrowser> {
  const rules = `MAP adfs.contoso.com:443 127.0.0.1:${stage.port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`
  return new StageBrowser(await launchChromium([`--host-resolver-rules=${rules}`]), stage)
}
