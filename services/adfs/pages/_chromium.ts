import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { launchChromium, steadyPage } from '#test/actors/browser.ts'
import type { AdfsStage } from '../_stage.ts'

/** A real browser in front of the stage; outside, a trusted proxy stands in between. */
export class StageBrowser implements AsyncDisposable {
  readonly #inside: Browser
  readonly #outside: Browser

  constructor(inside: Browser, outside: Browser) {
    this.#inside = inside
    this.#outside = outside
  }

  async visitor(place: 'inside' | 'outside', options: BrowserContextOptions = {}): Promise<Page> {
    const browser = place === 'outside' ? this.#outside : this.#inside
    const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options })
    return steadyPage(await context.newPage())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#inside.close(), this.#outside.close()])
  }
}

export async function openStageBrowser(stage: AdfsStage): Promise<StageBrowser> {
  return new StageBrowser(await browserAt(stage.port), await browserAt(await stage.proxy.listen()))
}

function browserAt(port: number): Promise<Browser> {
  const rules = `MAP adfs.contoso.com:443 127.0.0.1:${port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`
  return launchChromium([`--host-resolver-rules=${rules}`])
}
