import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { Stack } from '#services/stack.ts'
import type { Zone } from '#shared/stack/deployment.ts'

export interface LineRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload?: string | Buffer
}

export interface LineAnswer {
  readonly statusCode: number
  readonly headers: Record<string, string>
  readonly rawPayload: Buffer
}

/** What the client did to its own connection. */
export class CutConnection extends Error {
  override readonly name = 'CutConnection'
}

/** One request over a connection of its own through the gateway, which may be cut after so many bytes of the answer. */
export class CutLine {
  readonly #stack: Stack
  readonly #zone: Zone
  /** Undefined: nothing is cut; 0: as soon as the request has left. */
  cutAfter: number | undefined

  constructor(stack: Stack, zone: Zone) {
    this.#stack = stack
    this.#zone = zone
  }

  async inject({ method, url, headers: { host = '', ...headers }, payload = '' }: LineRequest): Promise<LineAnswer> {
    const raw = await this.#tunnel(host)
    const secure = connectTls({ socket: raw, servername: host, ca: this.#stack.authority.caPem })
    const body = Buffer.from(payload)
    const all = { host, ...headers, 'content-length': String(body.length), connection: 'close' }
    const head = [`${method} ${url} HTTP/1.1`, ...Object.entries(all).map(([name, value]) => `${name}: ${value}`)]
    const cutAfter = this.cutAfter
    this.cutAfter = undefined
    const bytes = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body])
    return parsed(await answerOf(secure, raw, { bytes, cutAfter }))
  }

  #tunnel(host: string): Promise<Socket> {
    const { hostname, port } = new URL(this.#stack.proxy(this.#zone))
    return new Promise((resolve, reject) => {
      const socket = connectPlain({ host: hostname, port: Number(port) })
      socket.once('error', reject)
      socket.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`)
      socket.once('data', (chunk) => {
        socket.off('error', reject)
        if (/^HTTP\/1\.1 200/.test(chunk.toString('latin1'))) resolve(socket)
        else reject(new Error(chunk.toString('latin1')))
      })
    })
  }
}

interface Asking {
  readonly bytes: Buffer
  readonly cutAfter: number | undefined
}

function answerOf(secure: TLSSocket, raw: Socket, { bytes, cutAfter }: Asking): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    let isCut = false
    const cut = () => {
      isCut = true
      raw.destroy()
      secure.destroy()
    }
    secure.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (cutAfter !== undefined && size > cutAfter) cut()
    })
    for (const socket of [secure, raw]) socket.on('error', () => undefined)
    secure.once('close', () =>
      isCut ? reject(new CutConnection(`after ${size} bytes`)) : resolve(Buffer.concat(chunks)),
    )
    secure.write(bytes, () => cutAfter === 0 && cut())
  })
}

function parsed(bytes: Buffer): LineAnswer {
  const end = bytes.indexOf('\r\n\r\n')
  const [status = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  return { statusCode: Number(status.slice(9, 12)), headers, rawPayload: bytes.subarray(end + 4) }
}
