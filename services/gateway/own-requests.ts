import type { IncomingMessage, ServerResponse } from 'node:http'
import { GatewayError } from './errors.ts'
import { forward } from './forward.ts'
import type { GatewaySettings } from './options.ts'
import { proxyConfiguration } from './proxy-configuration.ts'

interface Page {
  readonly status: number
  readonly type: string
  readonly body: string
}

type WritePage = (settings: GatewaySettings, host: string) => Promise<Page>

const pages: Readonly<Record<string, WritePage>> = {
  '/ca.pem': async ({ caPem }) => ({ status: 200, type: 'application/x-pem-file', body: caPem }),
  '/proxy.pac': async ({ hostNames }, host) => ({
    status: 200,
    type: 'application/x-ns-proxy-autoconfig',
    body: proxyConfiguration(/:\d+$/.test(host) ? host : `${host}:80`, hostNames()),
  }),
  '/health': healthPage,
}

/** Answers what is asked of the gateway itself; everything that is not its own goes to the lab. */
export async function answerOwnRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { path, host, settings }: { readonly path: string; readonly host: string; readonly settings: GatewaySettings },
): Promise<void> {
  const [name = ''] = path.split('?', 1)
  const page = Object.hasOwn(pages, name) ? pages[name] : undefined
  if (!page) return forwardToLab(request, response, { path, host, settings })
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new GatewayError('methodNotAllowed', `${name} can only be read.`)
  }
  const { status, type, body } = await page(settings, host)
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store' }
  response.writeHead(status, headers).end(body)
}

async function healthPage({ ready, zone, caSpkiSha256 }: GatewaySettings): Promise<Page> {
  const health = await ready()
  const body = JSON.stringify({ ...health, zone, ca: { spkiSha256: caSpkiSha256 } })
  return { status: health.status === 'ready' ? 200 : 503, type: 'application/json', body }
}

async function forwardToLab(
  request: IncomingMessage,
  response: ServerResponse,
  { path, host, settings }: { readonly path: string; readonly host: string; readonly settings: GatewaySettings },
): Promise<void> {
  const { lab } = settings
  const headers = { host: `${lab.host}:${lab.port}`, 'x-forwarded-host': host }
  await forward(request, response, { ...lab, path, headers }).catch((cause: unknown) => {
    throw new GatewayError('labUnreachable', 'The lab does not answer.', { cause })
  })
}
