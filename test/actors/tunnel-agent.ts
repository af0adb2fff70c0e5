import { request } from 'node:http'
import { Agent, type AgentOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import { connect } from 'node:tls'
import type { Stack } from '#services/stack.ts'
import type { Zone } from '#shared/stack/deployment.ts'

/** For clients that take an agent of `node:https`: every host through the gateway of a zone, with the stack's CA. */
export class TunnelAgent extends Agent {
  readonly #proxy: URL
  readonly #ca: string

  constructor(stack: Stack, zone: Zone) {
    super({ keepAlive: false })
    this.#proxy = new URL(stack.proxy(zone))
    this.#ca = stack.authority.caPem
  }

  override createConnection(
    options: AgentOptions & { host?: string | null; port?: number | string | null },
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const { host } = options
    const target = `${host}:${options.port ?? 443}`
    const ask = request({ host: this.#proxy.hostname, port: this.#proxy.port, method: 'CONNECT', path: target })
    const fail = (error: Error) => callback?.(error, undefined as never)
    ask.once('error', fail)
    ask.once('connect', (answer, socket) => {
      if (answer.statusCode !== 200) return fail(new Error(`CONNECT ${target}: ${answer.statusCode}`))
      const secured = connect({ socket, servername: host ?? '', ca: this.#ca })
      secured.once('error', fail)
      secured.once('secureConnect', () => callback?.(null, secured))
    })
    ask.end()
    return undefined
  }
}
