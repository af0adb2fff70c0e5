import {
  CryptoProvider,
  type INetworkModule,
  type NetworkRequestOptions,
  PublicClientApplication,
} from '@azure/msal-node'
import { ProxyAgent, request } from 'undici'
import type { Stack } from '#services/stack.ts'
import type { TestAuthority } from '../_authority.ts'
import { graphTools } from '../graph/_graph.ts'
import { login, tenantId, tokenRequests } from '../token/_token-requests.ts'

export const exchangeScope = 'https://outlook.office365.com/EWS.AccessAsUser.All'
export const graphScope = 'https://graph.microsoft.com/User.Read'

export interface Called {
  readonly status: number
  /** JSON of the claims that the resource asks for. */
  readonly claims: string | undefined
  readonly challenge: string
}

/** A program with Microsoft's own library on a machine that may move: nothing is set but the proxy and its CA. */
export class TravellingProgram implements AsyncDisposable {
  readonly application: PublicClientApplication
  readonly #authority: TestAuthority
  readonly #agents = new Map<string, ProxyAgent>()
  /** Where Entra ID sees it, and where the resources do. */
  address = '203.0.113.10'
  resourceAddress: string | undefined

  constructor(authority: TestAuthority, clientCapabilities: string[] = ['CP1']) {
    this.#authority = authority
    this.application = new PublicClientApplication({
      auth: { clientId: graphTools, authority: `${login}/${tenantId}`, clientCapabilities },
      system: { networkClient: networkOf((url, init) => this.#send(this.address, url, init)) },
    })
  }

  /** Signs Peggy in, in a browser of her own. */
  async signIn(scope: string, claims?: string) {
    const { verifier, challenge } = await new CryptoProvider().generatePkceCodes()
    const redirectUri = `${login}/common/oauth2/nativeclient`
    const asked = { scopes: [scope], redirectUri, ...(claims !== undefined && { claims }) }
    const url = await this.application.getAuthCodeUrl({
      ...asked,
      codeChallenge: challenge,
      codeChallengeMethod: 'S256',
    })
    const code = (await tokenRequests(this.#authority).callbackOf(url)).searchParams.get('code') ?? ''
    return this.application.acquireTokenByCode({ ...asked, code, codeVerifier: verifier })
  }

  async silently(scope: string, claims?: string) {
    const [account] = await this.application.getAllAccounts()
    if (!account) throw new Error('nobody is signed in')
    return this.application.acquireTokenSilent({
      account,
      scopes: [scope],
      ...(claims !== undefined && { claims }),
    })
  }

  async call(url: string, token: string, method: 'GET' | 'POST' = 'GET'): Promise<Called> {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await this.#send(this.resourceAddress ?? this.address, url, { method, headers })
    const challenge = answer.headers['www-authenticate'] ?? ''
    const encoded = /claims="([^"]+)"/.exec(challenge)?.[1]
    return {
      status: answer.status,
      challenge,
      claims: encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString(),
    }
  }

  async #send(address: string, url: string, init: { method: 'GET' | 'POST' } & NetworkRequestOptions) {
    const dispatcher = this.#agents.get(address) ?? agentAt(this.#authority.stack, address)
    this.#agents.set(address, dispatcher)
    const { method, headers = {}, body = null } = init
    const { statusCode, headers: answered, body: text } = await request(url, { dispatcher, method, headers, body })
    return { status: statusCode, headers: answered as Record<string, string>, text: await text.text() }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()))
  }
}

function agentAt(stack: Stack, address: string): ProxyAgent {
  const token = `Basic ${Buffer.from(`ip-${address}:`).toString('base64')}`
  return new ProxyAgent({ uri: stack.proxy('internet'), token, requestTls: { ca: stack.authority.caPem } })
}

type Send = (
  url: string,
  init: { method: 'GET' | 'POST' } & NetworkRequestOptions,
) => Promise<{ status: number; headers: Record<string, string>; text: string }>

function networkOf(send: Send): INetworkModule {
  const answer = async <T>(url: string, init: Parameters<Send>[1]) => {
    const { status, headers, text } = await send(url, init)
    return { status, headers, body: JSON.parse(text) as T }
  }
  return {
    sendGetRequestAsync: (url, options) => answer(url, { method: 'GET', ...options }),
    sendPostRequestAsync: (url, options) => answer(url, { method: 'POST', ...options }),
  }
}
