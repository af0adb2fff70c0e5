import { createServer, type Server, type Socket } from 'node:net'
import { readServerName, type ServerName } from '#shared/wire/client-hello.ts'
import { type Reading, readFirstBytes } from '#shared/wire/first-bytes.ts'
import type { GatewaySettings } from './options.ts'
import { diallerFor, joinTls } from './tunnel.ts'

const helloTimeoutMs = 10_000
/** A fatal alert, unrecognized_name(112) (RFC 6066 §3). */
const unrecognizedName = Buffer.from('15030300020270', 'hex')

/** The TLS port for clients that know no proxy: the ClientHello's server name says where to. */
export function createPassThrough(settings: GatewaySettings): Server {
  return createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    settings.sockets.add(socket)
    passThrough(socket, settings).catch((error: Error) => {
      settings.log.info({ reason: error.message }, 'TLS pass-through refused')
      socket.destroy()
    })
  })
}

async function passThrough(socket: Socket, settings: GatewaySettings): Promise<void> {
  const { remotePort = 0 } = socket
  const serverName = await readFirstBytes(socket, { read: readHello, timeoutMs: helloTimeoutMs })
  if (serverName.kind === 'invalid') throw new Error('no TLS ClientHello')
  const upstream = serverName.kind === 'name' ? settings.resolve(serverName.name) : undefined
  if (!upstream) return refuseName(socket, serverName, settings)
  socket.on('error', () => socket.destroy())
  const client = { address: settings.clientAddress(), port: remotePort, zone: settings.zone }
  const dial = diallerFor(client, settings)
  await joinTls(socket, await dial(upstream), dial)
}

function readHello(bytes: Buffer): Reading<ServerName> {
  const serverName = readServerName(bytes)
  return serverName.kind === 'incomplete' ? 'more' : { value: serverName, used: 0 }
}

function refuseName(socket: Socket, serverName: ServerName, { log, zone }: GatewaySettings): void {
  const name = serverName.kind === 'name' ? serverName.name : undefined
  log.info({ zone, name, reason: 'nameNotInStack' }, 'TLS pass-through refused')
  socket.on('error', () => socket.destroy())
  socket.resume().end(unrecognizedName, () => socket.destroySoon())
}
