import type { Http2ServerRequest, ServerHttp2Stream } from 'node:http2'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { WapError } from './errors.ts'

/**
 * What two parsers could read in two ways does not pass: a proxy and its back end have to agree where a request ends
 * and whom it is for (RFC 9112 §11.2). The parsers under it refuse the cruder forms by themselves.
 */
export async function requireWellFormed(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const reason = ambiguity(request)
  if (reason === undefined) return
  // Whatever follows on this connection may be anything.
  if (request.raw.httpVersionMajor === 1) reply.header('connection', 'close')
  throw new WapError('malformedRequest', reason)
}

function ambiguity({ raw }: FastifyRequest): string | undefined {
  const { url = '', headers, rawHeaders } = raw
  if (!url.startsWith('/')) return `the request target "${url.slice(0, 100)}" is not a path`
  if (headers.host === undefined && !(':authority' in headers)) return 'there is no Host'
  if (occurrences(rawHeaders, 'host') > 1) return 'there is more than one Host'
  if (occurrences(rawHeaders, 'content-length') > 1) return 'there is more than one Content-Length'
  const { host, ':authority': authority } = headers as Record<string, string | undefined>
  if (authority !== undefined && host !== undefined && host !== authority) return 'Host is not :authority'
  const { 'transfer-encoding': encoding } = headers
  if (encoding !== undefined && encoding.toLowerCase() !== 'chunked') return `Transfer-Encoding is "${encoding}"`
  if (encoding !== undefined && headers['content-length'] !== undefined)
    return 'Content-Length beside Transfer-Encoding'
  return undefined
}

function occurrences(rawHeaders: readonly string[], name: string): number {
  return rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length
}

/** An upload over HTTP/2 needs neither length nor type, without which Fastify takes it for no body. */
export async function keepBody(request: FastifyRequest): Promise<void> {
  const { raw, body, method } = request
  const stream = (raw as unknown as Http2ServerRequest).stream as ServerHttp2Stream | undefined
  if (body !== undefined && body !== null) return
  if (stream?.endAfterHeaders === false && method !== 'GET' && method !== 'HEAD') request.body = raw
}
