import { connect, type Socket } from 'node:net'
import { encodeProxyHeader } from '#shared/wire/proxy-protocol.ts'
import { GatewayError } from './errors.ts'
import type { OpenSockets } from './open-sockets.ts'
import type { Upstream } from './options.ts'

export interface TunnelClient {
  readonly address: string
  readonly port: number
  readonly zone: string
}

const dialTimeoutMs = 10_000
const lingerMs = 2_000

/** Connects to a deployment and tells it, ahead of the client's own bytes, who is calling. */
export async function dialDeployment(
  upstream: Upstream,
  client: TunnelClient,
  { secret, sockets }: { readonly secret: Buffer; readonly sockets: OpenSockets },
): Promise<Socket> {
  const socket = await connectInTurn(upstream, sockets)
  const header = {
    sourceAddress: client.address,
    sourcePort: client.port,
    destinationAddress: socket.remoteAddress ?? '0.0.0.0',
    destinationPort: socket.remotePort ?? upstream.port,
    zone: client.zone,
  }
  socket.write(encodeProxyHeader(header, secret))
  return socket
}

async function connectInTurn(upstream: Upstream, sockets: OpenSockets): Promise<Socket> {
  const { host, port, otherwise, deployment } = upstream
  const socket = connect({ host, port, noDelay: true, allowHalfOpen: true })
  sockets.add(socket)
  try {
    await connected(socket, upstream)
    return socket
  } catch (error) {
    if (!otherwise) throw error
    return connectInTurn({ ...otherwise, deployment }, sockets)
  }
}

/** Carries bytes both ways for as long as both sides live. */
export function joinSockets(client: Socket, upstream: Socket): void {
  client.pipe(upstream)
  upstream.pipe(client)
  closeWith(client, upstream)
  closeWith(upstream, client)
  // A deployment that hung up reads nothing more; a client may leave its half open for good.
  upstream.once('end', () => client.setTimeout(lingerMs, () => client.destroy()))
}

function closeWith(one: Socket, other: Socket): void {
  one.on('error', () => other.destroy())
  one.once('close', () => other.destroySoon())
}

function connected(socket: Socket, { deployment }: Upstream): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause?: Error) => {
      socket.destroy()
      reject(new GatewayError('deploymentUnreachable', `${deployment} does not accept connections.`, { cause }))
    }
    socket.setTimeout(dialTimeoutMs, fail)
    socket.on('error', fail).once('close', () => fail())
    socket.once('connect', () => {
      socket.setTimeout(0).off('error', fail)
      socket.on('error', () => socket.destroy())
      resolve()
    })
  })
}
