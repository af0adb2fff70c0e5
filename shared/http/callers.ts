import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'

/** Who is at the other end of a connection. */
export interface Caller {
  readonly address: string
  /** The zone of the gateway, or the deployment's own for calls between services. */
  readonly zone: string
  readonly viaGateway: boolean
  /** The calling deployment, for calls between services. */
  readonly service?: string | undefined
  /** The caller's own journal event. */
  readonly parent?: string | undefined
}

export interface ConnectionSource {
  readonly address: string
  readonly port: number
  /** Set only when a verified PROXY header of one of the stack's gateways named it. */
  readonly zone?: string | undefined
}

/** Headers by which services of a stack name themselves to each other; ignored on connections from outside. */
export const serviceHeader = 'fauxchange-service'
export const parentHeader = 'fauxchange-parent'

/** Remembers which connection came from whom, by what the PROXY header said of it. */
export class CallerRegistry {
  readonly #sources = new Map<string, ConnectionSource>()
  readonly #homeZone: string

  constructor(homeZone: string) {
    this.#homeZone = homeZone
  }

  remember(socket: Socket, source: ConnectionSource): void {
    const key = keyOf(socket)
    this.#sources.set(key, source)
    socket.once('close', () => this.#sources.delete(key))
  }

  callerOf(socket: Socket, headers: IncomingHttpHeaders): Caller {
    const source = this.#sources.get(keyOf(socket))
    if (source?.zone) return { address: source.address, zone: source.zone, viaGateway: true }
    return {
      address: source?.address ?? socket.remoteAddress ?? '127.0.0.1',
      zone: this.#homeZone,
      viaGateway: false,
      service: single(headers[serviceHeader]),
      parent: single(headers[parentHeader]),
    }
  }
}

/** A TLS socket and the TCP socket under it have the same remote end, and no two live connections share it. */
function keyOf(socket: Socket): string {
  return `${socket.remoteAddress}:${socket.remotePort}:${socket.localPort}`
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined
}
