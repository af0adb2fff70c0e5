import type { FastifyReply, FastifyRequest } from 'fastify'
import type { SignInMoment } from '#shared/flows.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { RelayedEndpoint } from '../configuration/configuration.ts'
import { WapError } from '../errors.ts'
import type { FederationService } from '../federation-service.ts'
import { forwardedRequestHeaders } from '../publishing/rewrite-headers.ts'
import type { ProxyTrust } from '../trust/proxy-trust.ts'
import type { Headers, Transport } from './transport.ts'

export interface RelayParts {
  readonly context: DeploymentContext
  readonly federation: FederationService
  readonly trust: ProxyTrust
  readonly transport: Transport
}

/** Below a relayed prefix, yet for machines of the domain alone. */
const keptInside = '/adfs/ls/wia/'
const inactiveSeconds = 300

/** Where AD FS has what was asked for; undefined when proxies do not relay it. The longest prefix comes first. */
export function servicePathOf(path: string, endpoints: readonly RelayedEndpoint[]): string | undefined {
  const asked = withSlash(path.toLowerCase())
  if (asked.startsWith(keptInside)) return undefined
  const endpoint = endpoints.find((each) => asked.startsWith(withSlash(each.path.toLowerCase())))
  if (!endpoint) return undefined
  return endpoint.path === endpoint.servicePath ? path : `${endpoint.servicePath}${path.slice(endpoint.path.length)}`
}

function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`
}

/** The AD FS proxy role: the same request, with what AD FS may believe about where it came from ([MS-ADFSPIP] §2.2.1). */
export async function relayToAdfs(request: FastifyRequest, reply: FastifyReply, parts: RelayParts) {
  const { context, federation, trust, transport } = parts
  const [path = '/', query] = splitQuery(request.url)
  const servicePath = servicePathOf(path, (await federation.configuration()).endpoints)
  if (servicePath === undefined) throw new WapError('notRelayed', `${path} is not relayed to AD FS`)
  noteSignIn(request, path)
  const { hostname: host } = request
  const forwarded = [request.headers['x-forwarded-for'], request.caller.address].flat().filter(Boolean).join(',')
  return transport(reply, {
    target: `https://${host}${servicePath}${query}`,
    client: await trust.client(),
    requestHeaders: (received) => ({
      ...forwardedRequestHeaders(received, { requestId: request.id, service: context.name, host }),
      'x-ms-proxy': context.scenario.wap.proxyName,
      'x-ms-forwarded-client-ip': forwarded,
      'x-ms-adfs-proxy-client-ip': request.caller.address,
      'x-ms-endpoint-absolute-path': path,
    }),
    responseHeaders: (headers) => noticeLostTrust(headers, trust),
    inactiveSeconds,
  })
}

/** A browser on its way through a sign-in page; whose sign-in it is, only AD FS can read. */
function noteSignIn({ method, recording, cookies }: FastifyRequest, path: string): void {
  if (!/^\/adfs\/ls(\/|$)/i.test(path)) return
  recording.note({ decision: 'relayedToAdfs' })
  for (const step of momentsOf(method, cookies.MSISAuth !== undefined)) recording.note({ step })
}

/** With a session, AD FS shows no page: the browser fetches the token after the password, or has signed in before. */
function momentsOf(method: string, hasSession: boolean): readonly SignInMoment[] {
  if (method === 'POST') return ['SIGN-IN-credentials']
  return hasSession ? [] : ['SIGN-IN-federated', 'SIGN-IN-page']
}

/** AD FS no longer knows this proxy: the next request finds out whether the trust can be made again. */
function noticeLostTrust(headers: Headers, trust: ProxyTrust): Headers {
  const { 'fauxchange-proxy-trust': lost, ...kept } = headers
  if (lost !== undefined) trust.lost()
  return kept
}

function splitQuery(url: string): readonly [string, string] {
  const mark = url.indexOf('?')
  return mark === -1 ? [url, ''] : [url.slice(0, mark), url.slice(mark)]
}
