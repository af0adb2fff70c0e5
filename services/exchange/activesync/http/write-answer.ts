import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { activeSyncCodePages } from '#shared/wbxml/activesync-code-pages.ts'
import { encodeWbxml } from '#shared/wbxml/encode.ts'
import type { CommandAnswer } from '../call.ts'
import { commands, properName } from '../commands/registry.ts'
import { element, text } from '../elements.ts'
import { hasCommonStatus, isSpoken } from '../versions.ts'
import type { ActiveSyncError } from './active-sync-error.ts'
import type { CommandLine } from './command-line.ts'

const documentType = 'application/vnd.ms-sync.wbxml'
const compress = promisify(gzip)
const leastCompressed = 1024

export async function writeAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: CommandAnswer,
  version: number,
): Promise<FastifyReply> {
  if (answer.kind === 'empty') return writeNothing(reply)
  if (answer.kind === 'content') return reply.header('content-type', answer.contentType).send(answer.content)
  const document = encodeWbxml(activeSyncCodePages, answer.root)
  if (answer.kind === 'document' && answer.headers) reply.headers(answer.headers)
  if (answer.kind === 'multipart')
    return send(request, reply, 'application/vnd.ms-sync.multipart', multipart([document, ...answer.parts]))
  return send(request, reply, version >= 121 ? documentType : 'application/vnd.ms-sync', document)
}

/** Without a Content-Type: it would promise a document. */
function writeNothing(reply: FastifyReply): FastifyReply {
  return reply.header('content-length', '0').send()
}

async function send(request: FastifyRequest, reply: FastifyReply, type: string, body: Buffer): Promise<FastifyReply> {
  reply.header('content-type', type)
  const isWanted = /\bgzip\b/i.test(String(request.headers['accept-encoding'] ?? ''))
  if (!isWanted || body.length < leastCompressed) return reply.send(body)
  return reply.header('content-encoding', 'gzip').send(await compress(body))
}

/** [MS-ASCMD] 2.2.1.10.1.1: how many, where each begins and how long it is, and the parts. */
export function multipart(parts: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(4 + parts.length * 8)
  head.writeUInt32LE(parts.length)
  let offset = head.length
  for (const [index, part] of parts.entries()) {
    head.writeUInt32LE(offset, 4 + index * 8)
    head.writeUInt32LE(part.length, 8 + index * 8)
    offset += part.length
  }
  return Buffer.concat([head, ...parts])
}

/** In the words of the version: a Status in the command's own root, or an HTTP status. */
export function writeRefusal(reply: FastifyReply, error: ActiveSyncError, line: CommandLine): FastifyReply {
  const command = commands.get(line.command.toLowerCase())
  if (!command || !isSpoken(line.version) || !hasCommonStatus(line.version)) {
    reply.code(error.status)
    return writeNothing(reply)
  }
  const name = properName(line.command)
  const page = command.page
  if (name === 'GetAttachment' || name === 'GetHierarchy') return writeNothing(reply.code(error.status))
  const root = element(`${page}:${name}`, text(`${page}:Status`, error.commonStatus))
  return reply.header('content-type', documentType).send(encodeWbxml(activeSyncCodePages, root))
}
