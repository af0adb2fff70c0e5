import type { AddressInfo, Server } from 'node:net'
import { CleanUp, type Opened } from '#shared/clean-up.ts'
import { canonicalAddress } from '#shared/wire/network-address.ts'
import { OpenSockets } from './open-sockets.ts'
import type { GatewayOptions, GatewaySettings, GatewayZone } from './options.ts'
import { createPassThrough } from './pass-through.ts'
import { createProxy } from './proxy.ts'

/*
 * The door of one zone for clients that stand outside: an HTTP proxy, TLS pass-through by server name, and on the
 * proxy's own address the CA, the proxy configuration, health and the lab. It never ends TLS and never leads out of
 * the stack. What the deployments learn of the caller travels in a PROXY header.
 */

export interface Gateway extends AsyncDisposable {
  readonly httpPort: number
  readonly tlsPort: number
  /** Where clients seem to come from unless their proxy user name says otherwise. */
  clientAddress(): string
  /** Undefined for the usual one; connections that are open stay where they are. */
  moveClients(address: string | undefined): void
}

/** A documentation address (RFC 5737) for the internet, a private one (RFC 1918) inside. */
const clientAddresses: Readonly<Record<GatewayZone, string>> = { internet: '203.0.113.10', corp: '10.20.0.10' }

export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const usual = canonicalAddress(options.clientAddress ?? clientAddresses[options.zone])
  let current = usual
  const settings: GatewaySettings = {
    ...options,
    host: options.host ?? '127.0.0.1',
    clientAddress: () => current,
    sockets: new OpenSockets(),
  }
  await using starting = new CleanUp()
  const httpPort = await listen(createProxy(settings), options.httpPort, settings, starting)
  const tlsPort = await listen(createPassThrough(settings), options.tlsPort, settings, starting)
  const running = starting.move()
  const moveClients = (address: string | undefined) => {
    current = address === undefined ? usual : canonicalAddress(address)
  }
  const { clientAddress } = settings
  return { httpPort, tlsPort, clientAddress, moveClients, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

async function listen(
  server: Server,
  port: number,
  { host, sockets }: GatewaySettings,
  cleanUp: Opened,
): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve())
  })
  cleanUp.defer(async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    sockets.destroyAll()
    await closed
  })
  return (server.address() as AddressInfo).port
}
