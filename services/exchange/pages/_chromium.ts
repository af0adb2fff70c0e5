import type { BrowserContextOptions, Browser as Chromium, Page } from 'playwright-core'
import { launchChromium, steadyPage } from '#test/actors/browser.ts'
import type { Browser } from '../_stage.ts'

/** A real browser whose every request is answered by the stage; what it asks of others is kept and not answered. */
export class StageBrowser implements AsyncDisposable {
  readonly #chromium: Chromium
  readonly elsewhere: string[] = []
  /** Changes pages on their way to the browser, as a server that lets something through would. */
  spoil: (html: string) => string = (html) => html

  constructor(launched: Chromium) {
    this.#chromium = launched
  }

  async visit(person: Browser, url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#chromium.newContext(options)
    await context.route('**/*', async (route) => {
      const request = route.request()
      const { hostname, pathname, search } = new URL(request.url())
      if (hostname !== 'outlook.office.com') {
        this.elsewhere.push(request.url())
        return route.abort()
      }
      const type = { 'content-type': request.headers()['content-type'] ?? '' }
      const send = () =>
        request.method() === 'POST'
          ? person.postBytes(pathname + search, request.postDataBuffer() ?? Buffer.alloc(0), type)
          : person.get(pathname + search)
      const { statusCode, headers, rawPayload } = await send()
      const isPage = String(headers['content-type']).startsWith('text/html')
      const body = isPage ? this.spoil(rawPayload.toString()) : rawPayload
      return route.fulfill({ status: statusCode, headers: headers as Record<string, string>, body })
    })
    const page = steadyPage(await context.newPage())
    await page.goto(`https://outlook.office.com${url}`)
    return page
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#chromium.close()
  }
}

export async function openStageBrowser(): Promise<StageBrowser> {
  return new StageBrowser(await launchChromium())
}
