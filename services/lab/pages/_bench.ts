import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import { type Stack, startStack } from '#services/stack.ts'
import { createMachineToken } from '#shared/http/machine-identity.ts'
import { openBrowser, type TestBrowser } from '#test/actors/browser.ts'
import { type Lab, labOf } from '#test/actors/lab.ts'
import { requestThrough } from '#test/actors/request-through.ts'
import { worldOf } from '#test/actors/world.ts'

const host = 'adnotifications.windowsazure.com'

/** The whole stack with a browser in front of its lab. */
export class Bench implements AsyncDisposable {
  readonly stack: Stack
  readonly lab: Lab
  /** The lab's address. */
  readonly base: string
  readonly #browser: TestBrowser
  readonly #pages = new Set<Page>()

  constructor(stack: Stack, browser: TestBrowser) {
    this.stack = stack
    this.lab = labOf(worldOf(stack))
    this.base = stack.proxy('internet')
    this.#browser = browser
  }

  async newPage(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.#browser.visitor('internet', options)
    this.#pages.add(page)
    return page
  }

  async visit(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.newPage(options)
    await page.goto(`${this.base}${path}`)
    return page
  }

  async closePages(): Promise<void> {
    for (const page of this.#pages) await page.context().close()
    this.#pages.clear()
  }

  /** Asks for a second factor as AD FS does. */
  beginSecondFactor(authMethodId: 'PhoneAppNotification' | 'OneWaySMS', userPrincipalName = 'alice@contoso.com') {
    const from = { callerIp: '198.51.100.20', callerName: 'AD FS' }
    return this.#connector('BeginTwoWayAuthentication', { userPrincipalName, contextId: 'c', authMethodId, ...from })
  }

  async outcomeOf({ sessionId }: { readonly sessionId: string }): Promise<string> {
    return (await this.#connector('EndTwoWayAuthentication', { sessionId })).result
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closePages()
    await this.#browser[Symbol.asyncDispose]()
    await this.stack[Symbol.asyncDispose]()
  }

  async #connector(operation: string, body: object) {
    const { authority, clock } = this.stack
    const token = await createMachineToken(await authority.machineIdentity('adfs'), host, clock)
    const url = `https://${host}/StrongAuthenticationService.svc/Connector/${operation}`
    const answer = await requestThrough(this.stack, 'corp', url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return JSON.parse(answer.text) as { result: string; sessionId: string; entropy: number }
  }
}

export async function openBench(): Promise<Bench> {
  const stack = await startStack()
  return new Bench(stack, await openBrowser(worldOf(stack)))
}

export function expectVisible(locator: Locator): Promise<void> {
  return locator.waitFor({ state: 'visible' })
}
