import type { FastifyReply, FastifyRequest } from 'fastify'
import { fingerprint, type Journal, type JournalNote } from '../journal.ts'
import type { SeenToken } from './seen-token.ts'
import { tokensAmong, tokensHandedOut, tokensInCookies, tokensPresented } from './seen-tokens.ts'

/** Query parameters whose values are no secrets; of all others the journal keeps a fingerprint. */
const publicParameters = new Set(
  `wa wtrealm wreply wauth wfresh whr wct username realm appRealm returnUrl version action client_id redirect_uri
  response_type response_mode scope resource prompt login_hint domain_hint max_age msafed msaredir protectedtoken
  api-version reason msg url ru error authorization_endpoint Protocol Email RedirectCount Cmd`.split(/\s+/),
)

/** Parameters that survive a redirect or a form post unchanged and so tell which hop follows which; by link name. */
const linkingParameters: Readonly<Record<string, string>> = {
  state: 'state',
  wctx: 'wctx',
  nonce: 'nonce',
  authToken: 'authToken',
  code: 'code',
  RelayState: 'RelayState',
  SAMLRequest: 'SAMLRequest',
  'client-request-id': 'client-request-id',
  ctx: 'ctx',
  Ctx: 'ctx',
  // The second factor's last post calls the context so.
  request: 'ctx',
}

/** Collects what the handlers note, and writes one journal event a request. */
export class Recording {
  readonly notes: JournalNote[] = []
  readonly linksOut = new Set<string>()
  readonly issued: SeenToken[] = []

  note(note: JournalNote): void {
    this.notes.push(note)
  }

  /** The next hop is a form post with these fields to this URL. */
  postsTo(target: string, fields: Readonly<Record<string, string>>): void {
    for (const link of linksOf(target, Object.entries(fields))) this.linksOut.add(link)
    this.issued.push(...tokensAmong('issued', Object.entries(fields)))
  }

  /** The answer's body may hand out tokens. */
  handsOut(payload: unknown): void {
    this.issued.push(...tokensHandedOut(payload))
  }
}

export interface RecordingFacts {
  readonly deployment: string
  readonly journal: Journal
  readonly durationMs: number
}

/** Whatever was asked for has an address: two slashes begin a path here and no host, and a Host can be nonsense. */
function addressOf({ hostname, url }: FastifyRequest): URL {
  const own = `https://${hostname}`
  const base = URL.canParse(own) ? own : 'https://unknown'
  if (URL.canParse(`${base}${url}`) && url.startsWith('/')) return new URL(`${base}${url}`)
  return URL.canParse(url, base) ? new URL(url, base) : new URL(base)
}

export function record(request: FastifyRequest, reply: FastifyReply, facts: RecordingFacts): void {
  const { recording, connection: caller } = request
  const url = addressOf(request)
  const location = reply.getHeader('location')
  if (typeof location === 'string') addLocation(recording, location, url)
  const tokens = [...tokensPresented(request), ...recording.issued, ...tokensInCookies(reply)]
  const readTokens = async () => {
    const { factsOf } = await import('./token-facts.ts')
    return tokens.map(factsOf)
  }
  const event = {
    id: request.id,
    deployment: facts.deployment,
    zone: caller.zone,
    actor: caller.service ?? actorOf(request.headers['user-agent']),
    clientAddress: caller.address,
    method: request.method,
    host: url.hostname,
    path: url.pathname,
    query: redacted(url.searchParams),
    status: reply.statusCode,
    durationMs: Math.round(facts.durationMs),
    steps: unique(recording.notes.map((note) => note.step)),
    decisions: unique(recording.notes.map((note) => note.decision)),
    reasons: unique(recording.notes.map((note) => note.reason)),
    user: recording.notes.findLast((note) => note.user !== undefined)?.user,
    correlationId: request.correlationId,
    parent: caller.parent,
    linksOut: [...recording.linksOut],
    linksIn: linksIn(request, url),
    location: typeof location === 'string' ? publicLocation(location, url) : undefined,
    detail: Object.assign({}, ...recording.notes.map((note) => note.detail ?? {})),
  }
  facts.journal.add(event, tokens.length > 0 ? readTokens : undefined)
}

function addLocation(recording: Recording, location: string, base: URL): void {
  if (!URL.canParse(location, base.href)) return
  const target = new URL(location, base.href)
  for (const link of linksOf(target.href, [...target.searchParams])) recording.linksOut.add(link)
  const inFragment = target.hash === '' ? [] : [...new URLSearchParams(target.hash.slice(1))]
  recording.issued.push(...tokensAmong('issued', [...target.searchParams, ...inFragment]))
}

function linksIn(request: FastifyRequest, url: URL): string[] {
  const fields = [...url.searchParams, ...formFields(request.body)]
  return [...linksOf(url.href, fields)]
}

function linksOf(target: string, fields: Iterable<[string, string]>): Set<string> {
  const links = new Set([`url:${fingerprint(withoutDefaultPort(target))}`])
  for (const [name, value] of fields) {
    const link = linkingParameters[name]
    if (value && link) links.add(`${link}:${fingerprint(value)}`)
  }
  return links
}

function withoutDefaultPort(target: string): string {
  const url = new URL(target)
  return `${url.protocol}//${url.hostname}${url.pathname}${url.search}`
}

function formFields(body: unknown): [string, string][] {
  if (typeof body !== 'object' || body === null || Buffer.isBuffer(body)) return []
  return Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
}

/** The parameters with every value that may be a secret replaced by its fingerprint. */
export function redacted(parameters: URLSearchParams): Record<string, string> {
  return Object.fromEntries(
    [...parameters].map(([name, value]) => [name, publicParameters.has(name) ? value : `#${fingerprint(value)}`]),
  )
}

function publicLocation(location: string, base: URL): string {
  if (!URL.canParse(location, base.href)) return '(unreadable)'
  const target = new URL(location, base.href)
  return `${target.origin}${target.pathname}`
}

function actorOf(userAgent = ''): string {
  if (userAgent.startsWith('Mozilla/')) return 'browser'
  return userAgent.split('/')[0] || 'client'
}

function unique<T>(values: readonly (T | undefined)[]): T[] {
  return [...new Set(values.filter((value): value is T => value !== undefined))]
}
