import type { ProxyAgent } from 'undici'
import { z } from 'zod'
import type { Authority } from '#certs/authority.ts'
import { LabError } from '../errors.ts'
import { ask, type Manage } from '../peers/ask.ts'

/** The lab as a visitor of the world: it stands in the internet, and comes in through the gateway like everybody. */
export interface WorldRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

export interface WorldAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

const addressSchema = z.looseObject({ httpPort: z.int(), host: z.string() })
const gateway = 'gateway-internet'
const patienceMs = 60_000

/** One connection pool through the gateway of the internet, opened when it is first needed. */
export class WorldClient implements AsyncDisposable {
  readonly #manage: Manage
  readonly #authority: Pick<Authority, 'caPem'>
  #agent: { readonly uri: string; readonly proxy: ProxyAgent } | undefined

  constructor(manage: Manage, authority: Pick<Authority, 'caPem'>) {
    this.#manage = manage
    this.#authority = authority
  }

  /** Redirects are not followed. @throws LabError when nobody answers there. */
  async send({ url, headers = {}, body, method }: WorldRequest): Promise<WorldAnswer> {
    const { request } = await import('undici')
    const dispatcher = await this.#proxy()
    const options = { dispatcher, method, headers, body: body ?? null, headersTimeout: patienceMs }
    try {
      const answer = await request(url, options)
      return { status: answer.statusCode, headers: answer.headers, body: Buffer.from(await answer.body.arrayBuffer()) }
    } catch (error) {
      throw new LabError('deploymentUnreachable', { detail: `${new URL(url).host}: ${(error as Error).message}` })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent?.proxy.destroy()
  }

  /** A gateway that was started again may have another port. */
  async #proxy(): Promise<ProxyAgent> {
    const { httpPort, host } = await ask(this.#manage, { deployment: gateway, path: '/addresses' }, addressSchema)
    const uri = `http://${host.includes(':') ? `[${host}]` : host}:${httpPort}`
    if (this.#agent?.uri === uri) return this.#agent.proxy
    await this.#agent?.proxy.destroy()
    const { ProxyAgent } = await import('undici')
    const proxy = new ProxyAgent({ uri, requestTls: { ca: this.#authority.caPem } })
    this.#agent = { uri, proxy }
    return proxy
  }
}
