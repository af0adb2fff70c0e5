import { type Dispatcher, request } from 'undici'
import { challengeAt, type Device, type PkeyAuthChallenge } from './device.ts'
import { formsOf, type Visit } from './http-visitor.ts'

export const userAgents = {
  outlookAndroid:
    'Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 PKeyAuth/1.0',
  outlookIos:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 PKeyAuth/1.0',
  safariIos:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  edgeWindows:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0',
  brokerWindows: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; WebView/3.0) AppleWebKit/537.36 PKeyAuth/1.0',
} as const

export interface WebViewOptions {
  readonly dispatcher: Dispatcher
  readonly userAgent: string
  readonly device?: Device | undefined
  /** Epoch seconds of the device's clock. */
  readonly now: () => number
  /** In the place of the device's own answer. */
  readonly answer?: ((challenge: PkeyAuthChallenge) => string | undefined) | undefined
}

/** The web view of an app: shows pages, answers device challenges, and stops at addresses that the app takes over. */
export class WebView {
  readonly #options: WebViewOptions
  #cookies: ReadonlyMap<string, string> = new Map()
  /** The challenges that it met. */
  challenges: readonly PkeyAuthChallenge[] = []

  constructor(options: WebViewOptions) {
    this.#options = options
  }

  open(url: string): Promise<Visit> {
    return this.#follow(url)
  }

  submit(visit: Visit, changes: Readonly<Record<string, string>> = {}): Promise<Visit> {
    const [form] = formsOf(visit)
    if (!form) throw new Error(`${visit.url} (${visit.status}) has no form: ${visit.html.slice(0, 400)}`)
    return this.#follow(form.action, new URLSearchParams({ ...form.fields, ...changes }).toString())
  }

  async #follow(url: string, body?: string): Promise<Visit> {
    let visit = await this.#send(url, { ...(body !== undefined && { body }) })
    for (let hops = 0; visit.status >= 300 && visit.status < 400; hops += 1) {
      if (hops > 20) throw new Error(`redirects without end at ${visit.url}`)
      const location = String(visit.headers.location)
      const challenge = challengeAt(location)
      const next = challenge ? challenge.submitUrl : new URL(location, visit.url).href
      if (!next.startsWith('https://')) return { ...visit, url: location }
      const authorization = challenge && this.#answer(challenge)
      if (challenge && authorization === undefined) return { ...visit, url: location }
      visit = await this.#send(next, { ...(authorization !== undefined && { authorization }) })
    }
    return visit
  }

  #answer(challenge: PkeyAuthChallenge): string | undefined {
    this.challenges = [...this.challenges, challenge]
    const { answer, device, now } = this.#options
    if (answer) return answer(challenge)
    return device ? device.answer(challenge, now()) : `PKeyAuth Context="${challenge.context}",Version="1.0"`
  }

  async #send(url: string, { body, authorization }: { body?: string; authorization?: string }): Promise<Visit> {
    const headers = {
      'user-agent': this.#options.userAgent,
      accept: 'text/html',
      cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...(authorization !== undefined && { authorization }),
    }
    const method = body === undefined ? 'GET' : 'POST'
    const { dispatcher } = this.#options
    const answer = await request(url, { dispatcher, method, headers, body: body ?? null })
    const set = [answer.headers['set-cookie'] ?? []].flat().map((text) => /^([^=]+)=([^;]*)/.exec(text))
    this.#cookies = new Map([...this.#cookies, ...set.map((match) => [match?.[1] ?? '', match?.[2] ?? ''] as const)])
    return { url, status: answer.statusCode, headers: answer.headers, html: await answer.body.text() }
  }
}
