import { connect, type Socket } from 'node:net'
import type { ConnectionSource } from '../http/callers.ts'
import type { Address } from '../http/client.ts'
import { readServerName, type ServerName } from '../wire/client-hello.ts'
import { type Reading, readFirstBytes } from '../wire/first-bytes.ts'
import { encodeProxyHeader } from '../wire/proxy-protocol.ts'
import { endWithServer } from '../wire/server-gone.ts'

export type Receive = (socket: Socket, source: ConnectionSource) => void

interface PassThrough {
  /** Whose TLS another deployment ends: the bytes go there as they come. */
  readonly hosts: readonly string[]
  readonly resolve: (host: string) => Address | undefined
  /** The side on which these connections arrive. */
  readonly zone: string
  readonly secret: Buffer
}

const helloTimeoutMs = 10_000

/** Hands connections for those names on, with word of who is calling; all others to `next`. */
export function passTlsThrough(next: Receive, options: PassThrough): Receive {
  return (socket, source) => {
    readFirstBytes(socket, { read: readHello, timeoutMs: helloTimeoutMs }).then(
      (serverName) => {
        const host = serverName.kind === 'name' ? serverName.name.toLowerCase() : ''
        if (!options.hosts.includes(host)) return next(socket, source)
        const address = options.resolve(host)
        if (address) carry(socket, source, address, options)
        else socket.destroy()
      },
      () => {},
    )
  }
}

function readHello(bytes: Buffer): Reading<ServerName> {
  const serverName = readServerName(bytes)
  return serverName.kind === 'incomplete' ? 'more' : { value: serverName, used: 0 }
}

function carry(client: Socket, source: ConnectionSource, address: Address, options: PassThrough): void {
  const { host, port, otherwise, gone } = address
  const { zone, secret } = options
  const upstream = connect({ host, port, noDelay: true })
  const end = () => {
    client.destroy()
    upstream.destroy()
  }
  const goOn = () => (otherwise && !client.destroyed ? carry(client, source, otherwise, options) : end())
  upstream.once('error', goOn)
  upstream.once('connect', () => {
    upstream.off('error', goOn)
    for (const socket of [client, upstream]) socket.once('error', end).once('close', end)
    if (client.destroyed) return end()
    const destination = { destinationAddress: upstream.remoteAddress ?? '0.0.0.0', destinationPort: port }
    const header = { sourceAddress: source.address, sourcePort: source.port, ...destination, zone }
    endWithServer(upstream, gone)
    upstream.write(encodeProxyHeader(header, secret))
    client.pipe(upstream)
    upstream.pipe(client)
  })
}
