import { type Dispatcher, EnvHttpProxyAgent, request } from 'undici'
import type { Zone } from '#shared/stack/deployment.ts'
import { challengeAt, type PkeyAuthChallenge } from './device.ts'
import type { World } from './world.ts'

export interface Visit {
  readonly url: string
  readonly method?: 'GET' | 'POST'
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly html: string
}

export interface Form {
  readonly action: string
  readonly method: string
  readonly fields: Readonly<Record<string, string>>
}

interface Cookie {
  readonly name: string
  readonly value: string
  readonly host: string
  readonly path: string
}

export interface VisitorOptions {
  readonly userAgent?: string
  /** Accept-Language. */
  readonly language?: string
  /** Answers the challenges that arrive as a redirect to `urn:http-auth:PKeyAuth`; as a phone's web view does. */
  readonly proveDevice?: (challenge: PkeyAuthChallenge) => string
}

/** A browser without a screen: cookies, redirects, forms; the test may change what it posts on the way. */
export class HttpVisitor implements AsyncDisposable {
  readonly #agent: Dispatcher
  readonly #options: VisitorOptions
  #cookies: readonly Cookie[] = []
  /** Every request that was made, redirects too. */
  visits: readonly Visit[] = []

  constructor(agent: Dispatcher, options: VisitorOptions = {}) {
    this.#agent = agent
    this.#options = options
  }

  /** Follows redirects up to the first page. */
  async open(url: string): Promise<Visit> {
    return this.#follow('GET', url)
  }

  /** Fills the page's form and posts it. */
  submit(visit: Visit, changes: Readonly<Record<string, string>> = {}, which = 0): Promise<Visit> {
    const form = formsOf(visit)[which]
    if (!form) throw new Error(`${visit.url} (${visit.status}) has no form: ${visit.html.slice(0, 400)}`)
    return this.post(form.action, { ...form.fields, ...changes }, visit.url)
  }

  post(url: string, fields: Readonly<Record<string, string>>, referer?: string): Promise<Visit> {
    return this.#follow('POST', url, new URLSearchParams(fields).toString(), referer)
  }

  cookie(name: string): string | undefined {
    return this.#cookies.find((cookie) => cookie.name === name)?.value
  }

  cookieNames(): string[] {
    return this.#cookies.map((cookie) => cookie.name)
  }

  forgetCookies(name?: string): void {
    this.#cookies = name === undefined ? [] : this.#cookies.filter((cookie) => cookie.name !== name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.close()
  }

  async #follow(method: 'GET' | 'POST', url: string, body?: string, referer?: string): Promise<Visit> {
    let visit = await this.#send(method, url, body, referer)
    for (let hops = 0; isRedirect(visit); hops += 1) {
      if (hops > 20) throw new Error(`redirects without end at ${visit.url}`)
      const challenge = challengeAt(String(visit.headers.location))
      if (challenge && this.#options.proveDevice) {
        const authorization = this.#options.proveDevice(challenge)
        visit = await this.#send('GET', challenge.submitUrl, undefined, undefined, authorization)
        continue
      }
      const next = new URL(String(visit.headers.location), visit.url).href
      // An app's own scheme: the operating system would take over.
      if (!/^https?:/.test(next)) return { ...visit, url: next }
      const again = visit.status === 307 || visit.status === 308
      visit = await this.#send(again ? method : 'GET', next, again ? body : undefined)
    }
    return visit
  }

  async #send(
    method: 'GET' | 'POST',
    url: string,
    body?: string,
    referer?: string,
    authorization?: string,
  ): Promise<Visit> {
    const headers: Record<string, string> = {
      'user-agent': this.#options.userAgent ?? 'Mozilla/5.0 (test visitor)',
      ...(authorization !== undefined && { authorization }),
      accept: 'text/html',
      ...(this.#options.language !== undefined && { 'accept-language': this.#options.language }),
      cookie: this.cookieHeader(url),
    }
    if (body !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded'
    // Browsers send only the origin across origins ("strict-origin-when-cross-origin").
    if (referer)
      headers.referer = new URL(referer).origin === new URL(url).origin ? referer : `${new URL(referer).origin}/`
    if (referer) headers.origin = new URL(referer).origin
    const answer = await request(url, { dispatcher: this.#agent, method, headers, body: body ?? null })
    this.#keep(url, answer.headers['set-cookie'])
    const visit = { url, method, status: answer.statusCode, headers: answer.headers, html: await answer.body.text() }
    this.visits = [...this.visits, visit]
    return visit
  }

  /** As a request to the URL carries it. */
  cookieHeader(url: string): string {
    const { hostname, pathname } = new URL(url)
    const sent = this.#cookies.filter((cookie) => cookie.host === hostname && `${pathname}/`.startsWith(cookie.path))
    return sent.map((cookie) => `${cookie.name}=${cookie.value}`).join('; ')
  }

  #keep(url: string, header: string | string[] | undefined): void {
    const host = new URL(url).hostname
    for (const text of [header ?? []].flat()) {
      const [pair = '', ...attributes] = text.split(';').map((part) => part.trim())
      const name = pair.slice(0, pair.indexOf('='))
      const value = pair.slice(pair.indexOf('=') + 1)
      const path = attributes.find((each) => /^path=/i.test(each))?.slice(5) ?? '/'
      const ended = attributes.some((each) => /^max-age=0$/i.test(each) || /^expires=thu, 01 jan 1970/i.test(each))
      this.#cookies = this.#cookies.filter(
        (cookie) => !(cookie.name === name && cookie.host === host && cookie.path === path),
      )
      if (!ended && value !== '') this.#cookies = [...this.#cookies, { name, value, host, path }]
    }
  }
}

export async function openHttpVisitor(world: World, zone: Zone, options: VisitorOptions = {}): Promise<HttpVisitor> {
  const ca = await (await fetch(`${world.gateways[zone]}/ca.pem`)).text()
  const gateway = world.gateways[zone]
  // Applications under test are on the visitor's own machine, which no gateway leads to.
  const ways = { httpProxy: gateway, httpsProxy: gateway, noProxy: 'localhost', requestTls: { ca } }
  return new HttpVisitor(new EnvHttpProxyAgent(ways), options)
}

export function formsOf(visit: Visit): Form[] {
  return [...visit.html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, attributes = '', inner = '']) => ({
    action: new URL(attribute(attributes, 'action') ?? visit.url, visit.url).href,
    method: (attribute(attributes, 'method') ?? 'get').toLowerCase(),
    fields: Object.fromEntries(
      [...inner.matchAll(/<input\b([^>]*)>/gs)].flatMap(([, input = '']) => {
        const name = attribute(input, 'name')
        const type = attribute(input, 'type') ?? 'text'
        return name && !['submit', 'checkbox', 'radio'].includes(type) ? [[name, attribute(input, 'value') ?? '']] : []
      }),
    ),
  }))
}

function attribute(text: string, name: string): string | undefined {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`, 'i').exec(text)?.[1]
  return value?.replace(/&(amp|lt|gt|quot|#39|#x?[0-9a-f]+);/gi, decodeEntity)
}

function decodeEntity(entity: string, code: string): string {
  const known: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  if (known[code]) return known[code]
  const number = code.startsWith('#x') ? Number.parseInt(code.slice(2), 16) : Number.parseInt(code.slice(1), 10)
  return Number.isFinite(number) ? String.fromCodePoint(number) : entity
}

function isRedirect(visit: Visit): boolean {
  return visit.status >= 300 && visit.status < 400 && visit.headers.location !== undefined
}
