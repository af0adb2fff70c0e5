import { createServer as createPlainServer } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Opened } from '#shared/clean-up.ts'
import { readFirstBytes } from '#shared/wire/first-bytes.ts'
import type { Address } from '../http/client.ts'
import type { Listening } from './management.ts'
import type { Receive } from './pass-through.ts'

/** Takes a connection that somebody else accepted. */
export type TakeSocket = (socket: Socket) => void

/** A listener that can be closed, and opened again at the same port. */
export interface Door {
  readonly address: Address
  open(): Promise<void>
  close(): Promise<void>
}

/** Listens, hands on whoever connects, and cuts what is still connected at the end. */
export async function openDoor(wanted: Address, take: TakeSocket, cleanUp: Opened): Promise<Door> {
  const server = createServer({ noDelay: true }, take)
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await listen(server, wanted)
  const address = { host: wanted.host, port: (server.address() as AddressInfo).port }
  const close = async () => {
    const closed = server.listening ? new Promise<void>((resolve) => server.close(() => resolve())) : undefined
    for (const socket of sockets) socket.destroy()
    await closed
  }
  cleanUp.defer(close)
  return { address, open: () => listen(server, address), close }
}

function listen(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** All doors go and come together; one change runs after another. */
export function listeningOf(doors: readonly Door[]): Listening {
  let isOpen = true
  let last: Promise<unknown> = Promise.resolve()
  const change = async (open: boolean) => {
    if (open === isOpen) return
    await Promise.all(doors.map((each) => (open ? each.open() : each.close())))
    isOpen = open
  }
  return {
    isOpen: () => isOpen,
    set: (open) => {
      const changed = last.then(() => change(open))
      last = changed.catch(() => undefined)
      return changed
    },
  }
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
