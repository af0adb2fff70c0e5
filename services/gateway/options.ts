import type { Log } from '#shared/log.ts'
import type { OpenSockets } from './open-sockets.ts'

export type GatewayZone = 'internet' | 'corp'

export interface Upstream {
  readonly host: string
  readonly port: number
  /** The next server of the deployment, when nobody answers there. */
  readonly otherwise?: Omit<Upstream, 'deployment'> | undefined
  /** Aborted when the server was found to answer nothing any more. */
  readonly gone?: AbortSignal | undefined
  readonly deployment: string
}

export interface GatewayHealth {
  readonly status: 'ready' | 'starting'
  readonly deployments: Readonly<Record<string, string>>
}

export interface GatewayOptions {
  readonly zone: GatewayZone
  /** The address to listen on; loopback by default. */
  readonly host?: string
  readonly httpPort: number
  readonly tlsPort: number
  /** Where clients seem to come from unless their proxy user name says otherwise. */
  readonly clientAddress?: string
  /** Where a person was put in the lab. */
  readonly standsAt?: (person: string) => string | undefined
  /** Host names, besides loopback, under which the gateway's own pages may be asked for. */
  readonly ownHostNames?: readonly string[]
  /** Keys the MAC of the PROXY header. */
  readonly secret: Buffer
  /** The zone's name table: the TLS listener of a lower-case host name. */
  readonly resolve: (hostName: string) => Upstream | undefined
  /** The plain HTTP listener of a host name; without one, port 80 redirects to https. */
  readonly resolvePlain?: (hostName: string) => Upstream | undefined
  /** The lab's plain HTTP listener. */
  readonly lab: { readonly host: string; readonly port: number }
  readonly caPem: string
  readonly caSpkiSha256: string
  readonly ready: () => Promise<GatewayHealth>
  /** The names of the zone, for the proxy configuration file and for refusals. */
  readonly hostNames: () => readonly string[]
  readonly log: Log
}

/** The options with their defaults filled in, and what the parts of one running gateway share. */
export interface GatewaySettings extends Omit<GatewayOptions, 'clientAddress'> {
  readonly host: string
  readonly clientAddress: () => string
  readonly sockets: OpenSockets
}
