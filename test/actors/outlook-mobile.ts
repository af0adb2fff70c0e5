import { createHash, randomBytes } from 'node:crypto'
import { ProxyAgent, request } from 'undici'
import type { Stack } from '#services/stack.ts'
import type { ActiveSyncPost, ActiveSyncSession } from '#shared/activesync/active-sync-session.ts'
import type { HttpVisitor, Visit } from './http-visitor.ts'
import { type Form, formsOf } from './http-visitor.ts'
import { type Answer, requestThrough } from './request-through.ts'

/** Outlook for iOS and Android, as Entra ID knows it. */
const clientId = '27922004-5251-4030-b22d-91ecd9a37ea4'
const redirectUri = 'x-msauth-outlook-prod://com.microsoft.Office.Outlook'
const activeSyncPath = '/Microsoft-Server-ActiveSync'
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

  /** The app's own device towards Exchange Online, with its token; with a password, another device elsewhere. */
  activeSync(authorization: string, host = 'outlook.office365.com'): ActiveSyncSession {
    const from = { authorization, host }
    return {
      send: (post) => this.#post(from, post),
      deviceId: createHash('md5').update(`${this.address} ${host}`).digest('hex').toUpperCase(),
      deviceType: 'Outlook',
      model: 'Outlook for iOS and Android',
      userAgent: 'Outlook-iOS/2.0',
      userPrincipalName: this.address,
      policyKey: '0',
    }
  }

  async #post(from: { authorization: string; host: string }, { query, headers, body }: ActiveSyncPost) {
    const { authority } = this.#stack
    const dispatcher = new ProxyAgent({ uri: this.#stack.proxy('internet'), requestTls: { ca: authority.caPem } })
    try {
      const all = { ...headers, authorization: from.authorization }
      const url = `https://${from.host}${activeSyncPath}?${query}`
      const answer = await request(url, { dispatcher, method: 'POST', headers: all, body })
      return { status: answer.statusCode, body: Buffer.from(await answer.body.arrayBuffer()) }
    } finally {
      await dispatcher.close()
    }
  }

  cloud(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    accessToken: string,
    json?: unknown,
  ): Promise<Answer> {
    const headers = {
      authorization: `Bearer ${accessToken}`,
      ...(json !== undefined && { 'content-type': 'application/json' }),
    }
    const options = { method: method as 'GET', headers, ...(json !== undefined && { body: JSON.stringify(json) }) }
    return requestThrough(this.#stack, 'internet', `https://outlook.office365.com${path}`, options)
  }
}

/** Who holds the phone, and what the phone can show or do. */
export interface PhoneHolder {
  readonly upn: string
  readonly password: string
  /** The verification code of now. */
  readonly code?: () => Promise<string>
  /** Types the number of the page into the notification. */
  readonly approve?: (number: number | undefined) => Promise<unknown>
}

/** Signs in page by page until the redirect that only the phone can follow, and gives its code. */
export async function signInOnPhone(browser: HttpVisitor, url: string, holder: PhoneHolder): Promise<string> {
  const page = await walkPages(browser, url, holder)
  const code = new URL(page.url).searchParams.get('code')
  if (!/^https?:/.test(page.url) && code) return code
  throw new Error(`the sign-in ended at ${page.url} (${page.status}): ${page.html.slice(0, 300)}`)
}

/** An error page of Entra ID, and somebody's mailbox. */
const ends = ['"sErrorCode"', 'data-testid="signed-in-user"']

/** The page, or the address of another app, at which nothing can be filled in any more. */
export async function walkPages(browser: HttpVisitor, url: string, holder: PhoneHolder): Promise<Visit> {
  let page: Visit = await browser.open(url)
  for (let steps = 0; steps < 14; steps += 1) {
    const [form] = formsOf(page)
    if (!form || !/^https?:/.test(page.url) || page.status >= 400 || ends.some((each) => page.html.includes(each)))
      break
    page = await browser.submit(page, await answersTo(page, form.fields, holder))
  }
  return page
}

async function answersTo(page: Visit, fields: Form['fields'], { upn, password, code, approve }: PhoneHolder) {
  if ('otc' in fields) return { otc: (await code?.()) ?? '' }
  if ('VerificationCode' in fields) return { VerificationCode: (await code?.()) ?? '' }
  if (fields.mfaAuthMethod === 'PhoneAppNotification') {
    const number = /id="idRichContext_DisplaySign"[^>]*>(\d+)</.exec(page.html)?.[1]
    await approve?.(number === undefined ? undefined : Number(number))
  }
  if (page.html.includes('"pgid":"KmsiInterrupt"')) return { LoginOptions: '3' }
  const typed = { UserName: upn, Password: password, loginfmt: upn, passwd: password }
  return Object.fromEntries(Object.entries(typed).filter(([name]) => name in fields))
}
