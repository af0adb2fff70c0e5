import type { ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { PageSession } from './virtual-authenticator.ts'

/** What a browser has to be started with: the switch, and the streams 3 and 4 for its side of the pipe. */
export const pipeArgument = '--remote-debugging-pipe'
export const pipeStreams = ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] as const

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly message: string }
  readonly sessionId?: string
}

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/** Chrome DevTools Protocol over the pipe of a browser that we have started. */
export class PipedBrowser {
  readonly #to: Writable
  readonly #waiting = new Map<number, Waiting>()
  readonly #listeners = new Map<string, ((parameters: unknown) => void)[]>()
  #last = 0
  #unread = ''

  constructor({ stdio }: ChildProcess) {
    this.#to = stdio[3] as Writable
    this.#to.on('error', () => undefined)
    const from = stdio[4] as Readable
    from.setEncoding('utf8')
    from.on('data', (text: string) => this.#read(text))
    from.on('close', () => this.#end())
  }

  /** @param sessionId of a page; the browser's own when left out */
  session(sessionId = ''): PageSession {
    return {
      send: (method, params = {}) => this.#send({ method, params, ...(sessionId !== '' && { sessionId }) }),
      on: (event, listener) => {
        const key = `${sessionId} ${event}`
        this.#listeners.set(key, [...(this.#listeners.get(key) ?? []), listener])
      },
    }
  }

  /** Every page, before its first document: `prepare` has ended when it begins. */
  async eachPage(prepare: (page: PageSession) => Promise<unknown>): Promise<void> {
    const browser = this.session()
    browser.on('Target.attachedToTarget', (attached) => {
      const page = this.session((attached as { sessionId: string }).sessionId)
      const begin = () => page.send('Runtime.runIfWaitingForDebugger').catch(() => undefined)
      prepare(page).then(begin, begin)
    })
    const filter = [{ type: 'page' }]
    await browser.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: true,
      flatten: true,
      filter,
    })
  }

  #send(message: object): Promise<unknown> {
    this.#last += 1
    const id = this.#last
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#to.write(`${JSON.stringify({ id, ...message })}\0`)
    })
  }

  #read(text: string): void {
    const messages = (this.#unread + text).split('\0')
    this.#unread = messages.pop() ?? ''
    for (const message of messages) this.#take(JSON.parse(message) as Message)
  }

  #take({ id, method, params, result, error, sessionId = '' }: Message): void {
    if (method !== undefined) {
      for (const listener of this.#listeners.get(`${sessionId} ${method}`) ?? []) listener(params)
      return
    }
    const waiting = this.#waiting.get(id ?? 0)
    this.#waiting.delete(id ?? 0)
    if (error) waiting?.reject(new Error(error.message))
    else waiting?.resolve(result)
  }

  #end(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('The browser has ended.'))
    this.#waiting.clear()
  }
}
