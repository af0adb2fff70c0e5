import { createServer as createPlainServer } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { readFirstBytes } from '#shared/wire/first-bytes.ts'
import type { Address } from '../http/client.ts'
import type { Receive } from './pass-through.ts'

/** Takes a connection that somebody else accepted. */
export type TakeSocket = (socket: Socket) => void

/** Listens, hands on whoever connects, and cuts what is still connected at the end. */
export async function openDoor(
  { host, port }: Address,
  take: TakeSocket,
  cleanUp: AsyncDisposableStack,
): Promise<Address> {
  const server = createServer({ noDelay: true }, take)
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve())
  })
  cleanUp.defer(async () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { host, port: (server.address() as AddressInfo).port }
}

export function overTls(app: FastifyInstance): Receive {
  return (socket) => void app.server.emit('connection', socket)
}

const tlsHandshake = 22
const firstByteTimeoutMs = 10_000

/** TLS and plain HTTP on one port: a handshake begins with a byte that no method does (RFC 8446 §5.1). */
export function eitherWay(app: FastifyInstance): Receive {
  const plain = createPlainServer((request, response) => app.routing(request, response))
  const read = (bytes: Buffer) => (bytes.length === 0 ? 'more' : ({ value: bytes[0], used: 0 } as const))
  return (socket) => {
    readFirstBytes(socket, { read, timeoutMs: firstByteTimeoutMs }).then(
      (first) => void (first === tlsHandshake ? app.server : plain).emit('connection', socket),
      () => {},
    )
  }
}
