import { connect, type TLSSocket } from 'node:tls'

/** Where lines lead. */
export interface LineTarget {
  readonly port: number
  readonly ca: string
  readonly host: string
}

export interface LineAnswer {
  /** By `performance.now()`, when its last byte was there. */
  readonly at: number
  readonly status: number
  readonly body: Buffer
}

/**
 * One TLS connection with one request at a time, and nothing between: what a thousand clients do when their answers
 * come at once has to cost less than the server that is measured.
 */
export class HeldLine implements Disposable {
  readonly #socket: TLSSocket
  #received: Buffer = Buffer.alloc(0)
  #answered: ((answer: LineAnswer) => void) | undefined
  #failed: ((error: Error) => void) | undefined

  private constructor(socket: TLSSocket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('close', () => this.#failed?.(new Error('the connection was closed')))
    socket.on('error', () => undefined)
  }

  static open({ port, ca, host }: LineTarget): Promise<HeldLine> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', ca, servername: host }, () => {
        socket.off('error', reject)
        resolve(new HeldLine(socket))
      })
      socket.once('error', reject)
    })
  }

  /** The request as it goes over the wire. */
  ask(request: Buffer): Promise<LineAnswer> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve
      this.#failed = reject
      this.#socket.write(request)
    })
  }

  [Symbol.dispose](): void {
    this.#failed = undefined
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const end = this.#received.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = this.#received.toString('latin1', 0, end)
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (this.#received.length < end + 4 + length) return
    const body = this.#received.subarray(end + 4, end + 4 + length)
    this.#received = Buffer.alloc(0)
    this.#answered?.({ at: performance.now(), status: Number(head.slice(9, 12)), body })
  }
}

export function requestBytes(target: string, headers: Readonly<Record<string, string>>, body: Buffer): Buffer {
  const lines = Object.entries({ ...headers, 'content-length': String(body.length) })
  const head = [`POST ${target} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body])
}
