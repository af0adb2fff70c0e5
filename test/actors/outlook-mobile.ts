import { createHash, randomBytes } from 'node:crypto'
import type { Stack } from '#services/stack.ts'
import type { HttpVisitor, Visit } from './http-visitor.ts'
import { formsOf } from './http-visitor.ts'
import { type Answer, requestThrough } from './request-through.ts'

/** Outlook for iOS and Android, as Entra ID knows it. */
const clientId = '27922004-5251-4030-b22d-91ecd9a37ea4'
const redirectUri = 'x-msauth-outlook-prod://com.microsoft.Office.Outlook'
const scope = 'https://outlook.office365.com/.default offline_access openid profile'

export interface Detected {
  readonly services: readonly { readonly aad: string; readonly onprem?: string }[]
}

export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}

/** The app on a phone in the internet: AutoDetect, a sign-in in the system browser, tokens, and then its cloud. */
export class OutlookMobile {
  readonly #stack: Stack
  readonly address: string
  readonly #verifier = randomBytes(32).toString('base64url')

  constructor(stack: Stack, address: string) {
    this.#stack = stack
    this.address = address
  }

  async detect(): Promise<Detected> {
    const url = 'https://prod-autodetect.outlookmobile.com/detect?services=office365&protocols=rest-cloud,eas'
    const answer = await requestThrough(this.#stack, 'internet', url, { headers: { 'X-Email': this.address } })
    return JSON.parse(answer.text) as Detected
  }

  /** Where the system browser is sent. */
  authorizationUrl(claims?: string): string {
    const challenge = createHash('sha256').update(this.#verifier).digest('base64url')
    const query = new URLSearchParams({
      client_id: clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope,
      login_hint: this.address,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...(claims && { claims }),
    })
    return `https://login.microsoftonline.com/common/oauth2/v2.0/authorize?${query}`
  }

  async redeem(code: string): Promise<Tokens> {
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: this.#verifier }
    return this.#tokens({ ...form, client_id: clientId, scope })
  }

  async #tokens(form: Record<string, string>): Promise<Tokens> {
    const url = 'https://login.microsoftonline.com/common/oauth2/v2.0/token'
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const body = new URLSearchParams(form).toString()
    const { status, text } = await requestThrough(this.#stack, 'internet', url, { method: 'POST', headers, body })
    if (status !== 200) throw new Error(`the token end point answered ${status}: ${text}`)
    return JSON.parse(text) as Tokens
  }

  /** MOBILE-ONPREM-16: what AutoDetect found goes to the cloud, with the token. */
  provision(accessToken: string, easUrl: string): Promise<Answer> {
    return this.cloud('POST', '/shadow/v2.0/authentication', accessToken, {
      client_id: 'OutlookMobile',
      grant_type: 'remote_shadow_authorization',
      remote_auth_provider: 'OnPremiseExchange',
      remote_auth_protocol: 'OAuth',
      remote_server: { hostname: new URL(easUrl).hostname, eas_url: easUrl },
    })
  }

  cloud(method: 'GET' | 'POST' | 'DELETE', path: string, accessToken: string, json?: unknown): Promise<Answer> {
    const headers = {
      authorization: `Bearer ${accessToken}`,
      ...(json !== undefined && { 'content-type': 'application/json' }),
    }
    const options = { method: method as 'GET', headers, ...(json !== undefined && { body: JSON.stringify(json) }) }
    return requestThrough(this.#stack, 'internet', `https://outlook.office365.com${path}`, options)
  }
}

/** Signs in page by page until the redirect that only the phone can follow, and gives its code. */
export async function signInOnPhone(
  browser: HttpVisitor,
  url: string,
  answers: Readonly<Record<string, string>>,
): Promise<string> {
  let page: Visit = await browser.open(url)
  for (let steps = 0; steps < 12; steps += 1) {
    const code = new URL(page.url).searchParams.get('code')
    if (!/^https?:/.test(page.url) && code) return code
    const [form] = formsOf(page)
    if (!form) break
    const filled = Object.entries(answers).filter(([name]) => name in form.fields)
    page = await browser.submit(page, Object.fromEntries(filled))
  }
  throw new Error(`the sign-in ended at ${page.url} (${page.status}): ${page.html.slice(0, 300)}`)
}
