import type { Zone } from '#shared/stack/deployment.ts'
import { LabClient } from './lab-client.ts'

/** What is spelled wrong; nothing was asked of a stack. */
export class WrittenWrong extends Error {}

/** `--zone`, `--gateway`, and what FAUXCHANGE_GATEWAY says. */
export interface GatewayWish {
  readonly zone?: string | undefined
  readonly gateway?: string | undefined
  readonly environment: string | undefined
}

/** What the lab knows of a gateway. */
export interface KnownGateway {
  readonly zone: Zone
  /** Such as `http://127.0.0.1:8080`; neither is there when the gateway does not run. */
  readonly proxy?: string
  /** Such as `127.0.0.1:8443`. */
  readonly tls?: string
}

// Where `npm start` opens them.
const usual = { internet: 'http://127.0.0.1:8080', corp: 'http://127.0.0.1:8081' } as const

/**
 * The origin of the gateway that a command goes through: the named one; with a zone, that zone's of the same stack.
 * @throws WrittenWrong
 * @throws Error when the stack has to be asked, and does not answer
 */
export async function chooseGateway({ zone, gateway, environment }: GatewayWish): Promise<string> {
  const wanted = zone === undefined ? undefined : zoneOf(zone)
  const named = gateway ?? environment
  if (!named) return usual[wanted ?? 'internet']
  const origin = originOf(named)
  return wanted === undefined ? origin : gatewayBeside(origin, wanted)
}

async function gatewayBeside(origin: string, zone: Zone): Promise<string> {
  const health = await fetch(`${origin}/health`)
    .then((answer) => answer.json() as Promise<{ zone?: Zone }>)
    .catch(() => undefined)
  // Behind ports that somebody else chose, as Docker does, the address that was named is the one that leads there.
  if (health?.zone === zone) return origin
  const known = (await knownGateways(origin)).find((each) => each.zone === zone)
  if (known?.proxy !== undefined) return known.proxy
  throw new Error(`The stack at ${origin} runs no gateway for ${zone}.`)
}

/** @throws Error when nothing answers at `origin` that knows */
export async function knownGateways(origin: string): Promise<readonly KnownGateway[]> {
  try {
    return (await new LabClient(origin).call<{ gateways: readonly KnownGateway[] }>('GET', '/api/urls')).gateways
  } catch {
    throw new Error(`No stack answers at ${origin}.`)
  }
}

export function originOf(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url?.protocol === 'http:') return url.origin
  throw new WrittenWrong(`${address} is no address of a gateway, such as ${usual.internet}.`)
}

export function zoneOf(zone = 'internet'): Zone {
  if (zone === 'internet' || zone === 'corp') return zone
  throw new WrittenWrong(`There is no zone ${zone}: internet or corp.`)
}
