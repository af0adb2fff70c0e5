import { z } from 'zod'
import type { Zone } from '#shared/stack/deployment.ts'
import { ask, type Manage } from '../peers/ask.ts'

/** The door of a zone; its ports are unknown when the gateway does not tell. */
export interface GatewayAddress {
  readonly zone: Zone
  readonly name: string
  readonly proxy: string | undefined
  readonly tls: string | undefined
  /** Where its clients seem to come from. */
  readonly clientAddress: string | undefined
}

const zones = ['internet', 'corp'] as const
const portsSchema = z.object({ httpPort: z.int(), tlsPort: z.int(), clientAddress: z.string().optional() })

/** The gateways as somebody reaches them who reached the lab at `address`. */
export function readGateways(manage: Manage, address: string): Promise<readonly GatewayAddress[]> {
  const { hostname } = new URL(`http://${address || '127.0.0.1'}`)
  return Promise.all(
    zones.map(async (zone) => {
      const name = `gateway-${zone}`
      const { json } = await manage(name, '/addresses', { timeoutMs: 10_000 })
      const ports = portsSchema.safeParse(json).data
      return {
        zone,
        name,
        proxy: ports && `http://${hostname}:${ports.httpPort}`,
        tls: ports && `${hostname}:${ports.tlsPort}`,
        clientAddress: ports?.clientAddress,
      }
    }),
  )
}

/** Lets clients of a zone seem to come from elsewhere; null for where they usually do. */
export async function moveClients(manage: Manage, zone: Zone, clientAddress: string | null) {
  const request = { deployment: `gateway-${zone}`, path: '/addresses', method: 'PUT', json: { clientAddress } } as const
  return { zone, clientAddress: (await ask(manage, request, z.object({ clientAddress: z.string() }))).clientAddress }
}
