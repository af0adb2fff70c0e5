import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ExchangeConfig } from '../config.ts'
import type { ExchangeParts } from '../parts.ts'
import { backEndOf } from '../server-headers.ts'
import { AutoDiscoverError } from './auto-discover-error.ts'
import { findMailbox, hostFor } from './find-mailbox.ts'

interface Question {
  readonly address: string
  /** In the spelling of the client, which the answer repeats. */
  readonly protocol: string
  readonly redirectCount: number
}

/** AutoDiscover v2, by query or by path; anonymous, and an Authorization header means nothing. */
export async function answerVersionTwo(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: ExchangeParts,
): Promise<FastifyReply> {
  const { config } = parts
  addHeaders(reply, config)
  const { address, protocol, redirectCount } = readQuestion(request)
  const url = urlOf(config, protocol)
  const location = await findMailbox(parts, address, redirectCount)
  if (location.outcome === 'notFound')
    throw new AutoDiscoverError('UserNotFound', 'The given user is not found.', `${address}: ${location.reason}`)
  if (location.outcome === 'here') {
    noteSteps(request, parts, 'found')
    const literal = config.autoDiscover.versionTwo === 'seedLiteral'
    return literal ? sendMoved(reply, url) : sendJson(reply.code(200), { Protocol: protocol, Url: url })
  }
  noteSteps(request, parts, 'redirected')
  const target = new URL(`https://${hostFor(parts, location.to, address)}/autodiscover/autodiscover.json`)
  const query = { Email: address, Protocol: protocol, RedirectCount: String(redirectCount + 1) }
  target.search = new URLSearchParams(query).toString()
  return sendMoved(reply, target.href)
}

function noteSteps(request: FastifyRequest, { config }: ExchangeParts, outcome: 'found' | 'redirected'): void {
  const step = config.autoDiscover.steps[outcome]
  if (step) for (const each of step) request.recording.note({ step: each })
  request.recording.note({ decision: outcome === 'found' ? 'mailboxIsHere' : 'mailboxIsElsewhere' })
}

function readQuestion(request: FastifyRequest): Question {
  const query = lowerCased(request.query as Record<string, unknown>)
  const { email: inPath } = request.params as { email?: string }
  const address = (inPath ?? query.email ?? '').trim()
  const { protocol = '', redirectcount = '0' } = query
  if (address === '' && protocol === '')
    throw new AutoDiscoverError('MandatoryParameterMissing', 'The get request sent does not match the valid format.')
  if (protocol === '')
    throw new AutoDiscoverError('MissingProtocol', "A valid value must be provided for the query parameter 'Protocol'.")
  if (!/^[^@\s]{1,64}@[^@\s]{1,255}$/.test(address))
    throw new AutoDiscoverError('UserNotFound', 'The given user is not found.', `"${address}" is no address`)
  const count = Number.parseInt(redirectcount, 10)
  return { address, protocol, redirectCount: Number.isSafeInteger(count) && count > 0 ? count : 0 }
}

/** Names of parameters count in any case; of a doubled one the first. */
function lowerCased(query: Record<string, unknown>): Readonly<Record<string, string | undefined>> {
  const entries = Object.entries(query).map(([name, value]) => [name.toLowerCase(), String([value].flat()[0] ?? '')])
  return Object.fromEntries(entries.reverse())
}

function urlOf({ autoDiscover, location }: ExchangeConfig, protocol: string): string {
  const { urls, supported } = autoDiscover
  const url = Object.entries(urls).find(([name]) => name.toLowerCase() === protocol.toLowerCase())?.[1]
  if (url !== undefined) return url
  const list = supported.join(',')
  if (location === 'onPremises')
    throw new AutoDiscoverError(
      'InvalidProtocol',
      `The given protocol value '${protocol}' is invalid. Supported values are '${list}'`,
    )
  throw new AutoDiscoverError(
    'ProtocolNotSupported',
    `Protocol: The protocol '${protocol}' is not supported. Supported protocols are: '${list}'.`,
  )
}

/** The product's serializer escapes apostrophes. */
export function sendJson(reply: FastifyReply, body: object): FastifyReply {
  const text = JSON.stringify(body).replaceAll("'", '\\u0027')
  return reply.type('application/json; charset=utf-8').send(text)
}

/** The page of ASP.NET that goes with a redirect. */
function sendMoved(reply: FastifyReply, location: string): FastifyReply {
  const href = location.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
  return reply
    .code(302)
    .header('location', location)
    .type('text/html; charset=utf-8')
    .send(
      `<html><head><title>Object moved</title></head><body>\r\n<h2>Object moved to <a href="${href}">here</a>.</h2>\r\n</body></html>\r\n`,
    )
}

/** Of answers and refusals; who is asked for has no server yet. */
function addHeaders(reply: FastifyReply, config: ExchangeConfig): void {
  const server = backEndOf(config, '00000000')
  addFrontEndHeaders(reply, config)
  reply.headers({
    'x-calculatedbetarget': `${server}.${config.serverDomain}`.toLowerCase(),
    'x-diaginfo': server,
    'x-beserver': server,
  })
}

/** What the server that took the request says of itself. */
export function addFrontEndHeaders(reply: FastifyReply, { servers }: ExchangeConfig): void {
  reply.headers({
    'cache-control': 'private',
    server: 'Microsoft-IIS/10.0',
    'request-id': reply.request.id,
    'x-aspnet-version': '4.0.30319',
    'x-powered-by': 'ASP.NET',
    'x-feserver': servers[0] ?? '',
  })
}
