import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { readClientAddress } from './client-address.ts'
import { destinationOf, normaliseName, readTarget } from './destination.ts'
import { GatewayError } from './errors.ts'
import { forward } from './forward.ts'
import type { GatewaySettings } from './options.ts'
import { isOwnHost } from './own-host.ts'
import { answerOwnRequest } from './own-requests.ts'
import { diallerFor, joinSockets, joinTls, type TunnelClient } from './tunnel.ts'

const refusalLingerMs = 2_000

/** The HTTP proxy of a zone, and the gateway's own pages for requests that are not proxied. */
export function createProxy(settings: GatewaySettings): Server {
  const redirects = createRedirects()
  const server = createServer()
  server.on('connection', (socket) => settings.sockets.add(socket))
  server.on('request', (request, response) => {
    answer(request, response, settings).catch((error: unknown) => refuse(response, error, settings))
  })
  server.on('connect', (request, socket: Socket, head) => {
    socket.on('error', () => socket.destroy())
    if (head.length > 0) socket.unshift(head)
    openTunnel(request, socket, { settings, redirects }).catch((error: unknown) =>
      refuseTunnel(socket, error, settings),
    )
  })
  return server
}

async function openTunnel(
  request: IncomingMessage,
  socket: Socket,
  { settings, redirects }: { readonly settings: GatewaySettings; readonly redirects: Server },
): Promise<void> {
  const client = clientOf(request, settings)
  const target = readTarget(request.url ?? '')
  const destination = destinationOf(target, settings)
  if (destination.kind === 'redirect') {
    establish(socket)
    redirects.emit('connection', socket)
    return
  }
  const dial = diallerFor(client, settings)
  const dialled = await dial(destination.upstream)
  establish(socket)
  if (target.port !== 443) return joinSockets(socket, dialled.socket)
  await joinTls(socket, dialled, dial).catch(() => void socket.destroy())
}

function establish(socket: Socket): void {
  socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
}

async function answer(request: IncomingMessage, response: ServerResponse, settings: GatewaySettings): Promise<void> {
  const { url: target = '', headers } = request
  if (!target.startsWith('/')) return answerAbsolute(request, response, settings)
  const { host = '' } = headers
  if (!isOwnHost(host, settings.host, settings.ownHostNames)) {
    throw new GatewayError(
      'foreignHost',
      `"${host}" is not this gateway. Ask for its pages at http://127.0.0.1:${request.socket.localPort}/, and set it as the HTTP proxy to reach host names of the stack.`,
    )
  }
  return answerOwnRequest(request, response, { path: target, host, settings })
}

/** RFC 9112 §3.2.2: a client that uses us as its proxy sends the whole URL. */
async function answerAbsolute(
  request: IncomingMessage,
  response: ServerResponse,
  settings: GatewaySettings,
): Promise<void> {
  const client = clientOf(request, settings)
  const url = readHttpUrl(request.url ?? '')
  const path = url.pathname + url.search
  const port = Number(url.port || 80)
  if (isOwnHost(url.host, settings.host, settings.ownHostNames) && port === request.socket.localPort) {
    return answerOwnRequest(request, response, { path, host: url.host, settings })
  }
  const hostName = normaliseName(url.hostname)
  if (port === 443)
    throw new GatewayError('schemeNotForwarded', `Port 443 of ${hostName} speaks TLS: ask for https://${hostName}/.`)
  const destination = destinationOf({ hostName, port }, settings)
  if (destination.kind === 'redirect') return redirectToHttps(response, hostName, path)
  const { socket } = await diallerFor(client, settings)(destination.upstream)
  const { deployment } = destination.upstream
  await forward(request, response, { createConnection: () => socket, path, headers: { host: url.host } }).catch(
    (cause: unknown) => {
      throw new GatewayError('deploymentUnreachable', `${deployment} gave no answer.`, { cause })
    },
  )
}

function readHttpUrl(target: string): URL {
  const url = URL.parse(target)
  if (!url) throw new GatewayError('malformedTarget', `"${target}" is not a URL.`)
  if (url.protocol === 'http:') return url
  throw new GatewayError('schemeNotForwarded', `This proxy reaches ${url.protocol}//${url.host} only through CONNECT.`)
}

/** The port 80 of hosts that only send their visitors to https. */
function createRedirects(): Server {
  return createServer((request, response) => {
    const [, host] = /^([\w.-]+)(?::80)?$/.exec(request.headers.host ?? '') ?? []
    if (host === undefined) response.writeHead(400).end()
    else redirectToHttps(response, normaliseName(host), request.url ?? '/')
  })
}

function redirectToHttps(response: ServerResponse, hostName: string, path: string): void {
  response.writeHead(301, { location: `https://${hostName}${path}`, 'content-length': 0 }).end()
}

function clientOf(request: IncomingMessage, { clientAddress, zone, standsAt }: GatewaySettings): TunnelClient {
  const address = readClientAddress(request.headers['proxy-authorization'], standsAt) ?? clientAddress()
  return { address, port: request.socket.remotePort ?? 0, zone }
}

function refuse(response: ServerResponse, error: unknown, settings: GatewaySettings): void {
  const refusal = explain(error, settings)
  if (response.headersSent) return void response.destroy()
  response.writeHead(refusal.status, refusal.headers).end(refusal.body)
}

function refuseTunnel(socket: Socket, error: unknown, settings: GatewaySettings): void {
  const { status, headers, body } = explain(error, settings)
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.setTimeout(refusalLingerMs, () => socket.destroy())
  socket.resume().end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${fields.join('')}\r\n${body}`)
}

function explain(error: unknown, { log, zone }: GatewaySettings) {
  const refusal = error instanceof GatewayError ? error : undefined
  if (refusal) log.info({ zone, code: refusal.code, reason: refusal.reason, cause: refusal.cause }, 'gateway refused')
  else log.error({ zone, err: error }, 'gateway failed')
  const body = `${refusal?.message ?? 'The gateway failed; its log says why.'}\n`
  return { status: refusal?.status ?? 500, body, headers: plainText(body, refusal?.headers) }
}

function plainText(body: string, headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...headers,
  }
}
