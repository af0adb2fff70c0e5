import { X509Certificate } from 'node:crypto'
import { ProxyAgent } from 'undici'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { ConditionalAccessPolicy, Scenario } from '#shared/scenario/world.ts'
import { managementHeader } from '#shared/stack/management.ts'
import { challengeIn, type Device, newDevice } from '#test/actors/device.ts'
import type { Visit } from '#test/actors/http-visitor.ts'
import { userAgents, WebView, type WebViewOptions } from '#test/actors/web-view.ts'
import { openAuthority, peggy, type TestAuthority } from '../_authority.ts'

export const login = 'https://login.microsoftonline.com'
export const registration = 'https://enterpriseregistration.windows.net'

export const apps = {
  outlook: '27922004-5251-4030-b22d-91ecd9a37ea4',
  broker: '29d9ed98-a469-4536-ade2-f981bc1d605e',
  desktop: 'a0000000-0000-4000-8000-000000000001',
  exchange: '00000002-0000-0ff1-ce00-000000000000',
  graph: '00000003-0000-0000-c000-000000000000',
  registration: '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9',
} as const

const verifier = 'v'.repeat(43)

const redirects: Readonly<Record<string, string>> = {
  [apps.outlook]: 'msauth://com.microsoft.office.outlook/fcg80qvoM1YMKJZibjBwQcDfOno%3D',
  [apps.broker]: 'msauth://Microsoft.AAD.BrokerPlugin',
  [apps.desktop]: 'http://localhost:51234/',
}

export interface TokenResult {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, string>> & { readonly error_codes?: readonly number[] }
}

export interface Ask {
  readonly client?: string
  readonly resource?: string
  readonly more?: Readonly<Record<string, string>>
}

/** Peggy's phone and the tenant it talks to; policies of the test stand in the place of the default world's. */
export class MobileWorld implements AsyncDisposable {
  readonly authority: TestAuthority
  readonly #agent: ProxyAgent

  constructor(authority: TestAuthority) {
    this.authority = authority
    const { stack } = authority
    this.#agent = new ProxyAgent({ uri: stack.proxy('internet'), requestTls: { ca: stack.authority.caPem } })
  }

  get now(): number {
    return this.authority.stack.clock.seconds()
  }

  webView(options: Partial<Omit<WebViewOptions, 'dispatcher' | 'now'>> = {}): WebView {
    const { userAgent = userAgents.outlookAndroid, ...rest } = options
    return new WebView({ dispatcher: this.#agent, now: () => this.now, userAgent, ...rest })
  }

  authorizeUrl({ client = apps.outlook, resource = apps.exchange, more = {} }: Ask = {}): string {
    const parameters = { client_id: client, redirect_uri: redirects[client] ?? '', resource, response_type: 'code' }
    const proof = { code_challenge: verifier, code_challenge_method: 'plain', state: 's' }
    return `${login}/common/oauth2/authorize?${new URLSearchParams({ ...parameters, ...proof, ...more })}`
  }

  /** Types Peggy's name and password, and answers "Stay signed in?" with no, as far as it is asked. */
  async signIn(webView: WebView, ask: Ask = {}): Promise<Visit> {
    const page = await webView.open(this.authorizeUrl(ask))
    const next = await webView.submit(page, { loginfmt: peggy.upn, passwd: peggy.password })
    return next.html.includes('"pgid":"KmsiInterrupt"') ? webView.submit(next, { LoginOptions: '3' }) : next
  }

  async token(
    parameters: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
    path = '/common/oauth2/token',
  ): Promise<TokenResult> {
    const answer = await this.authority.fetch(`${login}${path}`, {
      method: 'POST',
      body: new URLSearchParams(parameters),
      headers: { 'user-agent': userAgents.outlookAndroid.replace(' PKeyAuth/1.0', ''), ...headers },
    })
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as TokenResult['body'] }
  }

  redeem(visit: Visit, { client = apps.outlook }: Ask = {}, headers: Readonly<Record<string, string>> = {}) {
    const code = new URL(visit.url).searchParams.get('code') ?? ''
    const redirect_uri = redirects[client] ?? ''
    const grant = { grant_type: 'authorization_code', client_id: client, redirect_uri, code, code_verifier: verifier }
    return this.token(grant, headers)
  }

  refresh(refreshToken = '', headers: Readonly<Record<string, string>> = {}, client: string = apps.outlook) {
    const grant = { grant_type: 'refresh_token', client_id: client, refresh_token: refreshToken }
    return this.token({ ...grant, resource: apps.exchange }, headers)
  }

  /** Asks, is challenged, and asks again with the device's answer. */
  async refreshWithDevice(refreshToken: string, device: Device): Promise<TokenResult> {
    const challenged = await this.refresh(refreshToken, { 'x-ms-PKeyAuth': '1.0' })
    const challenge = challengeIn(challenged.headers.get('www-authenticate'))
    if (!challenge) return challenged
    return this.refresh(refreshToken, { authorization: device.answer(challenge, this.now) })
  }

  /** A token for the device registration service, as brokers get it. */
  async registrationToken(): Promise<string> {
    const ask = { client: apps.broker, resource: apps.registration }
    const visit = await this.signIn(this.webView(), ask)
    return (await this.redeem(visit, ask)).body.access_token ?? ''
  }

  async register(device: Device, changes: Readonly<Record<string, unknown>> = {}, token?: string) {
    const body = {
      CertificateRequest: { Type: 'pkcs10', Data: await device.certificateRequest() },
      DeviceDisplayName: "Peggy's Pixel",
      DeviceType: 'Android',
      OSVersion: '16',
      TargetDomain: 'fabrikam.com',
      JoinType: 4,
      attributes: { ReuseDevice: 'true', ReturnClientSid: 'true' },
      ...changes,
    }
    const answer = await this.registrationCall('POST', '/EnrollmentServer/device/?api-version=2.0', { body, token })
    const certificate = (answer.json.Certificate as { RawBody: string } | undefined)?.RawBody
    if (certificate !== undefined) device.keepCertificate(certificate)
    return answer
  }

  async registrationCall(
    method: string,
    path: string,
    { body, token }: { readonly body?: unknown; readonly token?: string | undefined } = {},
  ) {
    const bearer = token ?? (await this.registrationToken())
    const answer = await this.authority.fetch(`${registration}${path}`, {
      method,
      headers: { authorization: `Bearer ${bearer}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, json: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> }
  }

  /** A registered phone of Peggy's, in the state that the test needs. */
  async phone(state: Readonly<Record<string, unknown>> = {}): Promise<{ device: Device; deviceId: string }> {
    const device = await newDevice()
    const { status, json } = await this.register(device)
    if (status !== 200) throw new Error(`the registration was refused: ${JSON.stringify(json)}`)
    const certificate = new X509Certificate(Buffer.from(device.certificate, 'base64'))
    const deviceId = certificate.subject.replace('CN=', '')
    if (Object.keys(state).length > 0) await this.manage('PATCH', `/devices/${deviceId}`, state)
    return { device, deviceId }
  }

  async manage<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const { status, json } = await this.manageRaw(method, path, body)
    if (status >= 400) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`)
    return json as T
  }

  async manageRaw(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> {
    const entra = this.authority.stack.deployments.find(({ plan }) => plan.name === 'entra')
    const answer = await fetch(`http://${entra?.management.host}:${entra?.management.port}${path}`, {
      method,
      headers: { [managementHeader]: '1', ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy()
    await this.authority[Symbol.asyncDispose]()
  }
}

export async function openMobileWorld(
  policies: readonly ConditionalAccessPolicy[] = [],
  change: (scenario: Scenario) => Scenario = (scenario) => scenario,
): Promise<MobileWorld> {
  const scenario = change(withPolicies(await loadDefaultScenario(), policies))
  return new MobileWorld(await openAuthority({ scenario }))
}

function withPolicies(scenario: Scenario, policies: readonly ConditionalAccessPolicy[]): Scenario {
  const { entra } = scenario
  return { ...scenario, entra: { ...entra, conditionalAccess: { ...entra.conditionalAccess, policies } } }
}

export function claimsOf(token = ''): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
}
