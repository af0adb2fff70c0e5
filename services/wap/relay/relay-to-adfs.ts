import type { FastifyReply, FastifyRequest } from 'fastify'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { WapError } from '../errors.ts'
import { forwardedRequestHeaders } from '../publishing/rewrite-headers.ts'
import { passOn } from './forward.ts'

/** What the proxy lets through to AD FS; configuration end points of the trust itself stay inside. */
const relayedPrefixes = ['/adfs/', '/federationmetadata/']
const keptInside = [
  '/adfs/proxy/',
  '/adfs/services/trust/proxytrust',
  '/adfs/services/trust/2005/windowstransport',
  '/adfs/services/trust/13/windowstransport',
  '/adfs/backendproxytls',
  '/adfs/ls/wia',
  '/adfs/probe',
]

export function isRelayed(path: string): boolean {
  const asked = `${path.toLowerCase()}/`
  return (
    relayedPrefixes.some((prefix) => asked.startsWith(prefix)) && !keptInside.some((prefix) => asked.startsWith(prefix))
  )
}

/** The AD FS proxy role: the same request, with what AD FS may believe about where it came from ([MS-ADFSPIP] §2.2.1). */
export async function relayToAdfs(request: FastifyRequest, reply: FastifyReply, context: DeploymentContext) {
  const path = request.url.split('?')[0] ?? '/'
  if (!isRelayed(path)) throw new WapError('notRelayed', `${path} is not relayed to AD FS`)
  const { hostname: host } = request
  const forwarded = [request.headers['x-forwarded-for'], request.caller.address].flat().filter(Boolean).join(',')
  return passOn(reply, {
    target: `https://${host}${request.url}`,
    requestHeaders: {
      ...forwardedRequestHeaders(request.headers, { requestId: request.id, service: context.name, host }),
      'x-ms-proxy': context.scenario.wap.proxyName,
      'x-ms-forwarded-client-ip': forwarded,
      'x-ms-adfs-proxy-client-ip': request.caller.address,
      'x-ms-endpoint-absolute-path': path,
      'x-ms-proxyauth-token': await context.machineToken(host),
    },
    responseHeaders: (headers) => headers,
  })
}
