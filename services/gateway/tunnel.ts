import { connect, type Socket } from 'node:net'
import { readServerName } from '#shared/wire/client-hello.ts'
import { type Reading, readFirstBytes } from '#shared/wire/first-bytes.ts'
import { encodeProxyHeader } from '#shared/wire/proxy-protocol.ts'
import { endWithServer } from '#shared/wire/server-gone.ts'
import { GatewayError } from './errors.ts'
import type { OpenSockets } from './open-sockets.ts'
import type { Upstream } from './options.ts'

export interface TunnelClient {
  readonly address: string
  readonly port: number
  readonly zone: string
}

/** A connection to one server of a deployment. */
export interface Dialled {
  readonly socket: Socket
  /** Where the next server is. */
  readonly otherwise: Upstream | undefined
}

export type Dial = (upstream: Upstream) => Promise<Dialled>

const dialTimeoutMs = 10_000
const dialTimeoutWithOthersMs = 1_500
/** Until the first byte of a server's part of the TLS handshake, where there is another server. */
const greetingTimeoutMs = 2_500
const helloTimeoutMs = 60_000
const lingerMs = 2_000

/** Connects to a deployment and tells it, ahead of the client's own bytes, who is calling. */
export function diallerFor(
  client: TunnelClient,
  { secret, sockets }: { readonly secret: Buffer; readonly sockets: OpenSockets },
): Dial {
  return async (upstream) => {
    const dialled = await connectInTurn(upstream, sockets)
    const { socket } = dialled
    const header = {
      sourceAddress: client.address,
      sourcePort: client.port,
      destinationAddress: socket.remoteAddress ?? '0.0.0.0',
      destinationPort: socket.remotePort ?? upstream.port,
      zone: client.zone,
    }
    socket.write(encodeProxyHeader(header, secret))
    return dialled
  }
}

async function connectInTurn(upstream: Upstream, sockets: OpenSockets): Promise<Dialled> {
  const { host, port, deployment, gone } = upstream
  const otherwise = upstream.otherwise && { ...upstream.otherwise, deployment }
  const socket = connect({ host, port, noDelay: true, allowHalfOpen: true })
  sockets.add(socket)
  try {
    await connected(socket, upstream)
    endWithServer(socket, gone)
    return { socket, otherwise }
  } catch (error) {
    if (!otherwise) throw error
    return connectInTurn(otherwise, sockets)
  }
}

/**
 * Carries TLS to the first server that answers the client's first message: one that takes connections and says nothing
 * has done nothing yet, so the next one gets the same message.
 */
export async function joinTls(client: Socket, dialled: Dialled, dial: Dial): Promise<void> {
  if (!dialled.otherwise) return joinSockets(client, dialled.socket)
  client.once('close', () => dialled.socket.destroy())
  const hello = await readFirstBytes(client, { read: firstMessage, timeoutMs: helloTimeoutMs })
  let way = dialled
  way.socket.write(hello)
  while (way.otherwise && !client.destroyed && !(await greets(way.socket))) {
    way = await dial(way.otherwise)
    way.socket.write(hello)
  }
  joinSockets(client, way.socket)
}

/** All of a ClientHello, or of whatever else the client says; the server reads it from us. */
function firstMessage(bytes: Buffer): Reading<Buffer> {
  return readServerName(bytes).kind === 'incomplete' ? 'more' : { value: bytes, used: bytes.length }
}

/** False, with the socket destroyed, when nothing came. */
function greets(socket: Socket): Promise<boolean> {
  const read = (bytes: Buffer): Reading<boolean> => (bytes.length === 0 ? 'more' : { value: true, used: 0 })
  return readFirstBytes(socket, { read, timeoutMs: greetingTimeoutMs }).catch(() => false)
}

/** Carries bytes both ways for as long as both sides live. */
export function joinSockets(client: Socket, upstream: Socket): void {
  client.pipe(upstream)
  upstream.pipe(client)
  closeWith(client, upstream)
  closeWith(upstream, client)
  // A deployment that hung up reads nothing more; a client may leave its half open for good.
  upstream.once('end', () => client.setTimeout(lingerMs, () => client.destroy()))
  if (client.destroyed) upstream.destroy()
}

function closeWith(one: Socket, other: Socket): void {
  one.on('error', () => other.destroy())
  one.once('close', () => other.destroySoon())
}

function connected(socket: Socket, { deployment, otherwise }: Upstream): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause?: Error) => {
      socket.destroy()
      reject(new GatewayError('deploymentUnreachable', `${deployment} does not accept connections.`, { cause }))
    }
    socket.setTimeout(otherwise ? dialTimeoutWithOthersMs : dialTimeoutMs, fail)
    socket.on('error', fail).once('close', () => fail())
    socket.once('connect', () => {
      socket.setTimeout(0).off('error', fail)
      socket.on('error', () => socket.destroy())
      resolve()
    })
  })
}
