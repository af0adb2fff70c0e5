import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { FastifyReply } from 'fastify'
import type { Spoil } from '../faults.ts'

/** The answer as it arrives when something on the way, or behind the service, is broken. */
export async function spoilAnswer(spoil: Spoil, reply: FastifyReply, payload: unknown): Promise<unknown> {
  if (spoil.kind === 'dropHeader') {
    dropHeader(reply, spoil)
    return payload
  }
  if (spoil.kind === 'redirectLoop') return redirectToItself(reply)
  const bytes = await bytesOf(payload)
  if (spoil.kind === 'truncate') return cutOff(reply, bytes, spoil.bytes ?? Math.floor(bytes.length / 2))
  reply.removeHeader('content-length')
  if (spoil.kind === 'duplicate') return Buffer.concat([bytes, bytes])
  const location = reply.getHeader('location')
  if (typeof location === 'string') reply.header('location', changed(spoil, location))
  return changed(spoil, bytes.toString('utf8'))
}

async function bytesOf(payload: unknown): Promise<Buffer> {
  if (payload instanceof Readable) return buffer(payload)
  return Buffer.isBuffer(payload) ? payload : Buffer.from(typeof payload === 'string' ? payload : '')
}

/** The head promises more than comes before the connection ends. */
function cutOff(reply: FastifyReply, bytes: Buffer, length: number): Readable {
  reply.header('content-length', bytes.length)
  async function* part() {
    yield bytes.subarray(0, length)
    // Lets the first part leave before the connection is torn down.
    await new Promise((resolve) => setImmediate(resolve))
    reply.raw.destroy()
  }
  return Readable.from(part())
}

function dropHeader(reply: FastifyReply, { name, value }: Extract<Spoil, { kind: 'dropHeader' }>): void {
  const present = [reply.getHeader(name) ?? []].flat().map(String)
  reply.removeHeader(name)
  const kept = value === undefined ? [] : present.filter((each) => !each.startsWith(value))
  if (kept.length > 0) reply.header(name, kept)
}

function redirectToItself(reply: FastifyReply): string {
  reply.code(302).header('location', `https://${reply.request.hostname}${reply.request.url}`)
  reply.removeHeader('content-length')
  return ''
}

type TextSpoil = Exclude<Spoil, { kind: 'dropHeader' | 'redirectLoop' | 'truncate' | 'duplicate' }>

const jsonWebToken = /(eyJ[\w-]+)\.([\w-]+)\.([\w-]+)/g
/** Base64 of a DOM signature, in XML or escaped in an attribute of a form. */
const xmlSignature = /(SignatureValue(?:&gt;|>)\s*)([A-Za-z0-9+/])/g
const samlField = /(name="SAMLResponse" value=")([A-Za-z0-9+/=]+)/g

function changed(spoil: TextSpoil, text: string): string {
  if (spoil.kind === 'replace') return text.replaceAll(spoil.find, spoil.with)
  if (spoil.kind === 'brokenJson') return text.slice(0, -1)
  if (spoil.kind === 'tokenKeyId')
    return text.replaceAll(jsonWebToken, (_all, header, payload, signature) =>
      [otherKey(header), payload, signature].join('.'),
    )
  return text
    .replaceAll(jsonWebToken, (_all, header, payload, signature) => [header, payload, flipped(signature)].join('.'))
    .replaceAll(xmlSignature, (_all, begin, first) => begin + flipped(first))
    .replaceAll(
      samlField,
      (_all, begin, value) => begin + Buffer.from(changed(spoil, decoded(value))).toString('base64'),
    )
}

function flipped(text: string): string {
  return (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
}

function otherKey(header: string): string {
  const parsed = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as Record<string, unknown>
  const other = { ...parsed, kid: 'unknown-key', ...(parsed.x5t !== undefined && { x5t: 'unknown-key' }) }
  return Buffer.from(JSON.stringify(other)).toString('base64url')
}

function decoded(value: string): string {
  return Buffer.from(value, 'base64').toString('utf8')
}
