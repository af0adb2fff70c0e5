import type { Phone } from '../phone/phone.ts'
import type { WorldClient } from '../world/world-client.ts'
import { type AppHop, hopOf } from './hop.ts'
import type { PhoneDevice } from './phone-device.ts'

/** Somebody who knows the password and holds the phone of an account. */
export interface Somebody {
  readonly address: string
  readonly password: string
  readonly phone: () => Promise<Phone>
  readonly approve: (number: number | undefined) => Promise<unknown>
}

export interface Page {
  readonly url: string
  readonly status: number
  readonly html: string
}

interface Cookie {
  readonly host: string
  readonly name: string
  readonly value: string
}

const userAgent =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'
const secretFields = ['Password', 'passwd', 'otc', 'VerificationCode']
const mostPages = 14
const mostRedirects = 20

/** The system browser of the phone in the hands of somebody: it fills the forms of the real pages, one after another. */
export class PhoneBrowser {
  readonly #world: WorldClient
  readonly #heard: (hop: AppHop) => void
  readonly #device: PhoneDevice | undefined
  #cookies: readonly Cookie[] = []
  #typed: readonly string[] = []

  /** With a device it is the web view of an app, which answers challenges of PKeyAuth ([MS-PKAP]). */
  constructor(world: WorldClient, heard: (hop: AppHop) => void, device?: PhoneDevice) {
    this.#device = device
    this.#world = world
    this.#heard = heard
  }

  /** @returns The address that starts with `until`, or the page at which nothing could be filled in any more. */
  async signIn(url: string, until: string, somebody: Somebody): Promise<Page> {
    let page = await this.#visit('GET', url, until)
    for (let pages = 0; pages < mostPages; pages += 1) {
      const form = formIn(page)
      if (page.url.startsWith(until) || !form || isEnd(page)) return page
      const answers = await answersTo(page, form.fields, somebody)
      if (!answers || this.#isRepeated(answers)) return page
      page = await this.#visit('POST', form.action, until, { ...form.fields, ...answers })
    }
    return page
  }

  /** A secret that was refused is not typed again and again, until the account is locked. */
  #isRepeated(answers: Readonly<Record<string, string>>): boolean {
    const secrets = Object.keys(answers).filter((name) => secretFields.includes(name))
    this.#typed = [...this.#typed, ...secrets]
    // The page for the name may have a hidden field for the password, too.
    return secrets.some((name) => this.#typed.filter((each) => each === name).length > (name === 'passwd' ? 2 : 1))
  }

  async #visit(
    method: 'GET' | 'POST',
    url: string,
    until: string,
    form?: Readonly<Record<string, string>>,
  ): Promise<Page> {
    let page = await this.#send(method, url, form)
    for (let redirects = 0; page.location !== undefined && redirects < mostRedirects; redirects += 1) {
      if (this.#device && page.location.startsWith('urn:http-auth:PKeyAuth?')) {
        const { url: back, authorization } = await this.#device.answer(page.location)
        page = await this.#send('GET', back, undefined, authorization)
        continue
      }
      const next = new URL(page.location, page.url).href
      if (next.startsWith(until) || !next.startsWith('https://')) return { url: next, status: page.status, html: '' }
      page = await this.#send('GET', next)
    }
    return page
  }

  async #send(method: 'GET' | 'POST', url: string, form?: Readonly<Record<string, string>>, authorization?: string) {
    const { host, origin } = new URL(url)
    const cookie = this.#cookies
      .filter((each) => each.host === host)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
    const headers = {
      'user-agent': this.#device ? `${userAgent} PKeyAuth/1.0` : userAgent,
      ...(authorization !== undefined && { authorization }),
      accept: 'text/html',
      ...(cookie !== '' && { cookie }),
      ...(form && { 'content-type': 'application/x-www-form-urlencoded', origin, referer: `${origin}/` }),
    }
    const body = form && new URLSearchParams(form).toString()
    const request = { method, url, headers, ...(body !== undefined && { body }) }
    const answer = await this.#world.send(request)
    this.#keep(host, answer.headers['set-cookie'])
    this.#heard(hopOf(request, answer, { steps: [], what: 'Browser of the phone' }))
    const location = answer.headers.location
    return {
      url,
      status: answer.status,
      html: answer.body.toString(),
      ...(typeof location === 'string' && { location }),
    }
  }

  #keep(host: string, set: string | string[] | undefined): void {
    for (const text of [set ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(text) ?? []
      const others = this.#cookies.filter((each) => each.host !== host || each.name !== name)
      this.#cookies = value === '' ? others : [...others, { host, name, value }]
    }
  }
}

interface Form {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
}

/** The first form of a page of this world: these are its own pages, written by it. */
function formIn({ html, url }: Page): Form | undefined {
  const [, attributes = '', inner = ''] = /<form\b([^>]*)>(.*?)<\/form>/s.exec(html) ?? []
  if (inner === '') return undefined
  const fields = [...inner.matchAll(/<input\b([^>]*)>/gs)].flatMap(([, input = '']): [string, string][] => {
    const name = attribute(input, 'name')
    const type = attribute(input, 'type') ?? 'text'
    return name && !['submit', 'checkbox', 'radio'].includes(type) ? [[name, attribute(input, 'value') ?? '']] : []
  })
  return { action: new URL(attribute(attributes, 'action') ?? url, url).href, fields: Object.fromEntries(fields) }
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

function attribute(text: string, name: string): string | undefined {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(text)?.[1]
  return value?.replace(/&(amp|lt|gt|quot|#39);/g, (_, entity: string) => entities[entity] ?? '')
}

function isEnd({ status, html }: Page): boolean {
  return status >= 400 || html.includes('"sErrorCode"')
}

/** Undefined: nobody would know what to type. */
async function answersTo(
  { html }: Page,
  fields: Form['fields'],
  { address, password, phone, approve }: Somebody,
): Promise<Readonly<Record<string, string>> | undefined> {
  if ('otc' in fields || 'VerificationCode' in fields) {
    const code = (await phone()).totp?.code
    return code === undefined ? undefined : { ['otc' in fields ? 'otc' : 'VerificationCode']: code }
  }
  if (fields.mfaAuthMethod === 'PhoneAppNotification') {
    const number = /id="idRichContext_DisplaySign"[^>]*>(\d+)</.exec(html)?.[1]
    await approve(number === undefined ? undefined : Number(number))
    return {}
  }
  if (html.includes('"pgid":"KmsiInterrupt"')) return { LoginOptions: '3' }
  const typed = { UserName: address, Password: password, loginfmt: address, passwd: password }
  return Object.fromEntries(Object.entries(typed).filter(([name]) => name in fields))
}

/** What a page says in place of an answer for the app: its heading, and the words of its error. */
export function wordsOf({ html, status }: Page): string {
  const error = /"sErrTxt":"((?:[^"\\]|\\.)*)"/.exec(html)?.[1]
  const said =
    /<(?:div|p|span)[^>]*id="(?:errorText|idSpan_SAOTCC_Error_OTC|usernameError|passwordError)"[^>]*>([^<]+)</.exec(
      html,
    )?.[1]
  const title = /<title>([^<]*)</.exec(html)?.[1]
  return `${status} ${error ?? said ?? title ?? 'no page'}`
}
