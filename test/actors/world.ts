import type { Stack } from '#services/stack.ts'
import type { Zone } from '#shared/stack/deployment.ts'

/** A stack as its users see it: two gateways. In this process, or in containers. */
export interface World {
  /** The HTTP proxy of each zone, which is also the lab's address. */
  readonly gateways: Readonly<Record<Zone, string>>
}

export function worldOf(stack: Stack): World {
  return { gateways: { internet: stack.proxy('internet'), corp: stack.proxy('corp') } }
}

/** How a client that trusts a world's authority gets into it. */
export interface WayIn {
  readonly proxy: (zone: Zone) => string
  readonly authority: { readonly caPem: string }
}

export async function wayInto({ gateways }: World): Promise<WayIn> {
  const caPem = await (await fetch(`${gateways.internet}/ca.pem`)).text()
  return { proxy: (zone) => gateways[zone], authority: { caPem } }
}

/** The world that somebody else started, named by the environment. */
export function publishedWorld(environment: Readonly<Record<string, string | undefined>>): World {
  const { FAUXCHANGE_GATEWAY_INTERNET: internet, FAUXCHANGE_GATEWAY_CORP: corp } = environment
  if (!internet || !corp) throw new Error('FAUXCHANGE_GATEWAY_INTERNET and FAUXCHANGE_GATEWAY_CORP name no gateways')
  return { gateways: { internet, corp } }
}
