import { z } from 'zod'
import type { Zone } from '#shared/stack/deployment.ts'
import type { Manage } from '../peers/ask.ts'

/** The door of a zone; its ports are unknown when the gateway does not tell. */
export interface GatewayAddress {
  readonly zone: Zone
  readonly name: string
  readonly proxy: string | undefined
  readonly tls: string | undefined
}

const zones = ['internet', 'corp'] as const
const portsSchema = z.object({ httpPort: z.int(), tlsPort: z.int() })

/** The gateways as somebody reaches them who reached the lab at `address`. */
export function readGateways(manage: Manage, address: string): Promise<readonly GatewayAddress[]> {
  const { hostname } = new URL(`http://${address || '127.0.0.1'}`)
  return Promise.all(
    zones.map(async (zone) => {
      const name = `gateway-${zone}`
      const { json } = await manage(name, '/addresses', { timeoutMs: 3000 })
      const ports = portsSchema.safeParse(json).data
      return {
        zone,
        name,
        proxy: ports && `http://${hostname}:${ports.httpPort}`,
        tls: ports && `${hostname}:${ports.tlsPort}`,
      }
    }),
  )
}
