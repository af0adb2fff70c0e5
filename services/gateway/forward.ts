import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
  type ServerResponse,
  request as send,
} from 'node:http'

/** RFC 9110 §7.6.1 and the de-facto Proxy-Connection. `expect` was already answered by our own server. */
const hopByHop = [
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

type ForwardTarget = Pick<RequestOptions, 'host' | 'port' | 'path' | 'createConnection'> & {
  readonly headers: IncomingHttpHeaders
}

/** Passes a request on and streams the answer back; rejects when the other side gives none. */
export function forward(
  request: IncomingMessage,
  response: ServerResponse,
  { headers, ...target }: ForwardTarget,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const outgoing = send({
    // node:http asks `createConnection` only when there is no agent, not even a refused one.
    ...(target.createConnection ? {} : { agent: false }),
    ...target,
    method: request.method,
    headers: { ...endToEnd(request.headers), ...framing(request), ...headers },
  })
  outgoing.once('response', (incoming) => {
    response.writeHead(incoming.statusCode ?? 502, endToEnd(incoming.headers))
    // An event stream has headers long before it has a first event.
    response.flushHeaders()
    incoming.pipe(response)
    incoming.once('error', () => response.destroy())
  })
  outgoing.once('error', reject)
  response.once('close', () => {
    outgoing.destroy()
    resolve()
  })
  request.pipe(outgoing)
  return promise
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (headers.connection ?? '').toLowerCase().split(/\s*,\s*/)
  const dropped = new Set([...hopByHop, ...named])
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)))
}

/** node:http sends the body of a GET or DELETE unframed unless told; the next request would be read from it. */
function framing(request: IncomingMessage): IncomingHttpHeaders {
  return request.headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' }
}
