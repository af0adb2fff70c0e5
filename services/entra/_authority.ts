import { ProxyAgent, fetch as undiciFetch } from 'undici'
import { type Stack, type StackOptions, startStack } from '#services/stack.ts'
import type { JournalEvent } from '#shared/journal.ts'
import { managementHeader } from '#shared/stack/management.ts'
import { type HttpVisitor, openHttpVisitor, type Visit } from '#test/actors/http-visitor.ts'
import type { World } from '#test/actors/world.ts'

/** Entra ID of the default world with its directory, and a door to it; people are synchronized already. */
export class TestAuthority implements AsyncDisposable {
  readonly stack: Stack
  readonly #agent: ProxyAgent
  readonly #world: World
  readonly #management: string

  constructor(stack: Stack, agent: ProxyAgent) {
    this.stack = stack
    this.#agent = agent
    const internet = stack.proxy('internet')
    this.#world = { gateways: { internet, corp: internet } }
    const entra = stack.deployments.find((deployment) => deployment.plan.name === 'entra')
    if (!entra) throw new Error('this stack runs no Entra ID')
    this.#management = `http://${entra.management.host}:${entra.management.port}`
  }

  visitor(): Promise<HttpVisitor> {
    return openHttpVisitor(this.#world, 'internet')
  }

  /** `fetch` as programs outside use it: through the gateway, with the stack's CA. */
  readonly fetch = ((input: string | URL, init?: object) =>
    undiciFetch(input, { ...init, dispatcher: this.#agent })) as unknown as typeof fetch

  async manage<T>(path: string, body?: unknown, method: string = body === undefined ? 'GET' : 'POST'): Promise<T> {
    const response = await fetch(`${this.#management}${path}`, {
      method,
      headers: { [managementHeader]: '1', ...(body !== undefined && { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
    })
    return (response.status === 204 ? undefined : await response.json()) as T
  }

  async totpCode(userPrincipalName: string): Promise<string> {
    const { totp } = await this.manage<{ totp: { code: string } }>(`/mfa/${userPrincipalName}`)
    return totp.code
  }

  async lastEvent(path: string): Promise<JournalEvent> {
    const { events } = await this.manage<{ events: JournalEvent[] }>('/journal?since=0')
    const event = events.findLast((each) => each.path.toLowerCase() === path.toLowerCase())
    if (!event) throw new Error(`the journal has no ${path}`)
    return event
  }

  async signIns(userPrincipalName: string): Promise<readonly LoggedSignIn[]> {
    const { signIns } = await this.manage<{ signIns: LoggedSignIn[] }>(`/signins?user=${userPrincipalName}`)
    return signIns
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy()
    await this.stack[Symbol.asyncDispose]()
  }
}

export interface LoggedSignIn {
  readonly userPrincipalName: string
  readonly status: { readonly errorCode: number; readonly additionalDetails?: string }
  readonly authenticationDetails: readonly {
    readonly authenticationMethod: string
    readonly authenticationStepResultDetail: string
  }[]
  readonly conditionalAccessStatus: string
  readonly appliedConditionalAccessPolicies: readonly { readonly displayName: string; readonly result: string }[]
}

export async function openAuthority(options: StackOptions = {}): Promise<TestAuthority> {
  const stack = await startStack({ only: ['directory', 'entra', 'gateway-internet'], ...options })
  const agent = new ProxyAgent({ uri: stack.proxy('internet'), requestTls: { ca: stack.authority.caPem } })
  return new TestAuthority(stack, agent)
}

export const peggy = { upn: 'peggy@fabrikam.com', password: 'Peggy-Pass14' } as const

/** `pgid` of a page: by it programs tell the pages apart. */
export function pageId(visit: Visit): string {
  return String(pageConfig(visit).pgid)
}

export function pageConfig(visit: Visit): Record<string, unknown> {
  const json = /\$Config=(\{.*\});\n/.exec(visit.html)?.[1]
  if (json === undefined) throw new Error(`no $Config at ${visit.url}: ${visit.html.slice(0, 300)}`)
  return JSON.parse(json) as Record<string, unknown>
}

/** Posts to a path of the sign-in with the tokens that the page gave, as its forms and its programs do. */
export function postFrom(
  visitor: HttpVisitor,
  page: Visit,
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<Visit> {
  const { sCtx, sFT, canary } = pageConfig(page) as Record<string, string>
  const tokens = { ctx: sCtx ?? '', flowToken: sFT ?? '', canary: canary ?? '' }
  return visitor.post(new URL(path, 'https://login.microsoftonline.com').href, { ...tokens, ...fields }, page.url)
}

const owa = '00000002-0000-0ff1-ce00-000000000000'

/** Outlook on the web's own request: v1, hybrid, form_post. */
export function owaRequest(more: Readonly<Record<string, string>> = {}): string {
  const parameters = {
    client_id: owa,
    redirect_uri: 'https://outlook.office.com/owa/',
    resource: owa,
    response_mode: 'form_post',
    response_type: 'code id_token',
    scope: 'openid',
    nonce: '639000000000000000.8c1d3a52-3f1c-4a63-9d43-53b1e7b4f6a1',
    state: 'a-state_of~owa',
    ...more,
  }
  return `https://login.microsoftonline.com/common/oauth2/authorize?${new URLSearchParams(parameters)}`
}
