import type { FastifyRequest } from 'fastify'
import { WapError } from './errors.ts'

/**
 * What two parsers could read in two ways does not pass: a proxy and its back end have to agree where a request ends
 * and whom it is for (RFC 9112 §11.2). The parsers under it refuse the cruder forms by themselves.
 */
export async function requireWellFormed(request: FastifyRequest): Promise<void> {
  const reason = ambiguity(request)
  if (reason !== undefined) throw new WapError('malformedRequest', reason)
}

function ambiguity({ raw }: FastifyRequest): string | undefined {
  const { url = '', headers, rawHeaders } = raw
  if (!url.startsWith('/')) return `the request target "${url.slice(0, 100)}" is not a path`
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
