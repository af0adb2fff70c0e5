import type { IncomingHttpHeaders } from 'node:http'

/** Where a request comes from, in the words of claim rules and policies. */
export interface RequestFacts {
  /** False exactly when a proven proxy passed the request on. */
  readonly insideCorporateNetwork: boolean
  readonly proxyName?: string | undefined
  /** As the proxy sent it: one address, or a list. */
  readonly forwardedClientIp?: string | undefined
  /** The TCP peer of AD FS. */
  readonly clientIp: string
  /** The address of the person's own device, as far as it is known. */
  readonly originIp: string
  readonly endpointPath: string
  readonly clientApplication?: string | undefined
  readonly clientUserAgent?: string | undefined
  readonly correlationId: string
  /** Where a person was put in the lab. */
  readonly standsAt?: ((person: string) => string | undefined) | undefined
}

export interface ReceivedRequest {
  readonly headers: IncomingHttpHeaders
  readonly address: string
  readonly path: string
  readonly correlationId: string
  /** From the internet without a proxy in between: only the certificate host can be reached like that. */
  readonly direct?: boolean
  readonly standsAt?: RequestFacts['standsAt']
  /** Whether `X-MS-ProxyAuth-Token` proved the sender to be the proxy. */
  readonly provenProxy: boolean
}

/** [MS-ADFSPIP] §2.2.1 headers count only from a proven proxy: anyone else would choose their own location. */
export function requestFacts({
  headers,
  address,
  path,
  correlationId,
  provenProxy,
  direct = false,
  standsAt,
}: ReceivedRequest): RequestFacts {
  const own = { clientIp: address, correlationId, standsAt }
  if (!provenProxy) return { ...own, insideCorporateNetwork: !direct, originIp: address, endpointPath: path }
  const forwarded = header(headers, 'x-ms-forwarded-client-ip')
  return {
    ...own,
    insideCorporateNetwork: false,
    proxyName: header(headers, 'x-ms-proxy'),
    forwardedClientIp: forwarded,
    // The last entry of the list is what the proxy saw itself; clients can invent the ones before.
    originIp: header(headers, 'x-ms-adfs-proxy-client-ip') ?? forwarded?.split(',').at(-1)?.trim() ?? address,
    endpointPath: header(headers, 'x-ms-endpoint-absolute-path') ?? path,
    clientApplication: header(headers, 'x-ms-client-application'),
    clientUserAgent: header(headers, 'x-ms-client-user-agent'),
  }
}

/** The facts once somebody is named. Which way the request came stays true: inside is who uses no proxy. */
export function factsFor(person: string, facts: RequestFacts): RequestFacts {
  const address = facts.standsAt?.(person)
  if (address === undefined) return facts
  const { forwardedClientIp } = facts
  return { ...facts, originIp: address, ...(forwardedClientIp !== undefined && { forwardedClientIp: address }) }
}

/** The headers that mean something to AD FS and were sent by somebody who has no right to. */
export function ignoredHeaders(headers: IncomingHttpHeaders): readonly string[] {
  return Object.keys(headers).filter((name) => proxyHeaders.has(name))
}

const proxyHeaders = new Set([
  'x-ms-proxy',
  'x-ms-forwarded-client-ip',
  'x-ms-adfs-proxy-client-ip',
  'x-ms-endpoint-absolute-path',
  'x-ms-client-application',
  'x-ms-client-user-agent',
])

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
