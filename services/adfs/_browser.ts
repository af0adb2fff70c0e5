import { type Agent, request } from 'undici'

export interface Page {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly html: string
  readonly cookies: readonly string[]
}

/** Keeps cookies and shows every answer, redirects too. */
export class Browser {
  readonly cookies = new Map<string, string>()
  readonly #agent: () => Promise<Agent>
  readonly #headers: Readonly<Record<string, string>>

  constructor(agent: () => Promise<Agent>, headers: Readonly<Record<string, string>>) {
    this.#agent = agent
    this.#headers = headers
  }

  open(url: string): Promise<Page> {
    return this.#send('GET', url)
  }

  post(url: string, fields: Record<string, string>): Promise<Page> {
    return this.#send('POST', url, new URLSearchParams(fields).toString())
  }

  /** Posts a form of the page, changed. */
  submit(page: Page, changes: Record<string, string> = {}, id = 'loginForm'): Promise<Page> {
    const [, inner = ''] = new RegExp(`<form[^>]*id="${id}"[^>]*>(.*?)</form>`, 's').exec(page.html) ?? []
    const action = new RegExp(`<form[^>]*id="${id}"[^>]*action="([^"]*)"`).exec(page.html)?.[1] ?? ''
    return this.post(decode(action), { ...inputsOf(inner), ...changes })
  }

  /** Signs in with a password and follows the redirect. */
  async signIn(url: string, userName: string, password: string): Promise<Page> {
    const answer = await this.submit(await this.open(url), { UserName: userName, Password: password })
    return this.follow(answer)
  }

  async follow(answer: Page): Promise<Page> {
    return answer.status === 302 ? this.open(String(answer.headers.location)) : answer
  }

  async #send(method: 'GET' | 'POST', url: string, body?: string): Promise<Page> {
    const target = new URL(url, 'https://adfs.contoso.com')
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const type = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
    const headers = { 'user-agent': 'Mozilla/5.0 (test)', cookie, ...type, ...this.#headers }
    const answer = await request(target, { dispatcher: await this.#agent(), method, headers, body: body ?? null })
    const cookies = [answer.headers['set-cookie'] ?? []].flat()
    for (const each of cookies) this.#keep(each)
    return { status: answer.statusCode, headers: answer.headers, html: await answer.body.text(), cookies }
  }

  #keep(header: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? []
    if (value === '' || /expires=Thu, 01 Jan 1970/i.test(header)) this.cookies.delete(name)
    else this.cookies.set(name, value)
  }
}

export function inputsOf(html: string): Record<string, string> {
  const inputs = [...html.matchAll(/<input\b([^>]*)>/g)].map(([, attributes = '']) => attributes)
  const read = (attributes: string, name: string) => new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1]
  return Object.fromEntries(
    inputs.flatMap((each) => {
      const name = read(each, 'name')
      const sent = !['submit', 'checkbox'].includes(read(each, 'type') ?? '')
      return name && sent ? [[name, decode(read(each, 'value') ?? '')]] : []
    }),
  )
}

export function decode(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
