import { GatewayError } from './errors.ts'
import type { GatewayOptions, Upstream } from './options.ts'

export interface Target {
  readonly hostName: string
  readonly port: number
}

export type Destination =
  | { readonly kind: 'deployment'; readonly upstream: Upstream }
  /** Port 80 of a host that only redirects there. */
  | { readonly kind: 'redirect'; readonly hostName: string }

export type NameTable = Pick<GatewayOptions, 'zone' | 'resolve' | 'resolvePlain' | 'hostNames'>

const httpsPort = 443
const httpPort = 80

/** Reads the `host:port` of a CONNECT request (RFC 9110 §9.3.6). */
export function readTarget(authority: string): Target {
  const [, host = '', port = ''] = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(authority) ?? []
  if (host === '' || port === '') {
    throw new GatewayError('malformedTarget', `"${authority}" is not a host name and port to connect to.`)
  }
  return { hostName: normaliseName(host), port: Number(port) }
}

export function normaliseName(host: string): string {
  return host.toLowerCase().replace(/\.$/, '')
}

/**
 * Where a target leads in this zone.
 * @throws GatewayError for everything outside the stack; nothing is ever forwarded to the real internet.
 */
export function destinationOf({ hostName, port }: Target, names: NameTable): Destination {
  const upstream = names.resolve(hostName)
  const plain = names.resolvePlain?.(hostName)
  if (!upstream && !plain) {
    throw new GatewayError('nameNotInStack', unknownName(hostName, names), {
      reason: `${hostName} is not in ${names.zone}`,
    })
  }
  if (port === httpsPort && upstream) return { kind: 'deployment', upstream }
  if (port === httpPort) return plain ? { kind: 'deployment', upstream: plain } : { kind: 'redirect', hostName }
  throw new GatewayError(
    'portNotOffered',
    `${hostName} exists in this stack, but only on ports 443 and 80, not ${port}.`,
  )
}

function unknownName(hostName: string, { zone, hostNames }: NameTable): string {
  return [
    `"${hostName}" is not a host name of this stack in the zone ${zone}.`,
    'This gateway leads only to the names below (ports 443 and 80) and never to the real internet.',
    ...[...hostNames()].sort().map((name) => `  ${name}`),
  ].join('\n')
}
