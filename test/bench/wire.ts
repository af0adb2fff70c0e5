import { createServer, type Server } from 'node:http'
import { Agent, type Dispatcher, ProxyAgent } from 'undici'
import { freePort } from '../actors/free-port.ts'

/** Connections kept open over all sign-ins: names of the stack by its gateway, loopback directly; counts requests. */
export class Wire extends ProxyAgent {
  readonly #direct: Agent
  requests = 0

  constructor(gateway: string, caPem: string) {
    super({ uri: gateway, requestTls: { ca: caPem } })
    this.#direct = new Agent({ connect: { ca: caPem } })
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const { protocol, hostname } = new URL(String(options.origin))
    const local = hostname === 'localhost'
    // The client program's own listener is no part of the server's work.
    if (!local || protocol === 'https:') this.requests += 1
    return local ? this.#direct.dispatch(options, handler) : super.dispatch(options as never, handler)
  }

  override async destroy(): Promise<void> {
    await Promise.all([this.#direct.destroy(), super.destroy()])
  }
}

/** Where a native application waits for its code (RFC 8252 §7.3). */
export class RedirectListener implements AsyncDisposable {
  readonly port: number
  readonly #server: Server

  constructor(server: Server, port: number) {
    this.#server = server
    this.port = port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

export async function listenForRedirect(): Promise<RedirectListener> {
  const port = await freePort()
  const server = createServer((_request, response) => response.end('You may close this window.'))
  await new Promise<void>((resolve) => server.listen(port, 'localhost', resolve))
  return new RedirectListener(server, port)
}
