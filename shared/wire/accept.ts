import type { Socket } from 'node:net'
import { type Reading, readFirstBytes } from './first-bytes.ts'
import { canonicalAddress } from './network-address.ts'
import { parseProxyHeader, startsProxyHeader } from './proxy-protocol.ts'

export interface ConnectionSource {
  readonly address: string
  readonly port: number
  /** The gateway's zone; absent when the caller connected without a gateway. */
  readonly zone?: string | undefined
}

interface AcceptOptions {
  readonly secret: Buffer
  readonly onConnection: (socket: Socket, source: ConnectionSource) => void
  readonly onRefused?: (error: Error, peer: string | undefined) => void
}

const timeoutMs = 10_000

/**
 * A listener for `net.Server` that takes a PROXY header off connections that begin with one and hands the socket on,
 * its remaining bytes unread, for `tlsServer.emit('connection', socket)`.
 */
export function acceptConnections(options: AcceptOptions): (socket: Socket) => void {
  const { secret, onConnection, onRefused } = options
  const read = (bytes: Buffer) => readSource(bytes, secret)
  return (socket) => {
    const { remoteAddress, remotePort } = socket
    readFirstBytes(socket, { read, timeoutMs }).then(
      (source) => onConnection(socket, source ?? peerOf(remoteAddress, remotePort)),
      (error: Error) => onRefused?.(error, remoteAddress),
    )
  }
}

/** `undefined` is the peer of the socket itself. */
function readSource(bytes: Buffer, secret: Buffer): Reading<ConnectionSource | undefined> {
  const start = startsProxyHeader(bytes)
  if (start === 'no') return { value: undefined, used: 0 }
  if (start === 'undecided') return 'more'
  const header = parseProxyHeader(bytes, secret)
  if (header.kind === 'incomplete') return 'more'
  if (header.kind === 'local') return { value: undefined, used: header.length }
  const { sourceAddress, sourcePort, zone } = header.connection
  return { value: { address: sourceAddress, port: sourcePort, zone }, used: header.length }
}

function peerOf(address: string | undefined, port: number | undefined): ConnectionSource {
  return { address: canonicalAddress(address ?? '0.0.0.0'), port: port ?? 0 }
}
