import type { FastifyRequest } from 'fastify'
import { fingerprint } from '../journal.ts'

/** A token that went through a request, without what would make it one again: its signature stays outside. */
export interface SeenToken {
  readonly way: 'issued' | 'presented'
  /** The parameter or header that carried it: `id_token`, `wresult`, `authorization` … */
  readonly carrier: string
  /** Of the whole token, signature included: the same for the same bytes. */
  readonly fingerprint: string
  /** Header and payload of a JWT, or the XML of an assertion. */
  readonly content: { readonly kind: 'jwt' | 'saml'; readonly text: string }
}

const carriers = new Set(['id_token', 'access_token', 'authToken', 'assertion', 'client_assertion', 'logout_token'])
const samlCarriers = new Set(['wresult', 'SAMLResponse'])
const jwtShape = /^([\w-]+\.[\w-]+)\.[\w-]+$/

/** Those among named values. */
export function tokensAmong(way: SeenToken['way'], values: Iterable<readonly [string, unknown]>): readonly SeenToken[] {
  const seen: SeenToken[] = []
  for (const [carrier, value] of values) {
    if (typeof value !== 'string') continue
    if (carriers.has(carrier)) seen.push(...jwtSeen(way, carrier, value))
    else if (samlCarriers.has(carrier)) seen.push(samlSeen(way, carrier, value))
  }
  return seen
}

/** What a client came with: a bearer token, or the fields of a form. */
export function tokensPresented(request: FastifyRequest): readonly SeenToken[] {
  const authorization = request.headers.authorization
  const bearer = authorization?.startsWith('Bearer ')
    ? jwtSeen('presented', 'authorization', authorization.slice(7))
    : []
  const { body } = request
  const form = typeof body === 'object' && body !== null && !Buffer.isBuffer(body) ? Object.entries(body) : []
  const query = request.url.includes('authToken=') ? Object.entries(request.query as Record<string, unknown>) : []
  return [...bearer, ...tokensAmong('presented', [...form, ...query])]
}

const inJson = /"(access_token|id_token)"\s*:\s*"([\w-]+\.[\w-]+\.[\w-]+)"/g

/** What an answer of a token end point hands out. */
export function tokensHandedOut(payload: unknown): readonly SeenToken[] {
  if (typeof payload !== 'string' || !payload.includes('_token"')) return []
  return tokensAmong(
    'issued',
    [...payload.matchAll(inJson)].map(([, name = '', value = '']) => [name, value] as const),
  )
}

function jwtSeen(way: SeenToken['way'], carrier: string, value: string): readonly SeenToken[] {
  const text = jwtShape.exec(value)?.[1]
  return text === undefined ? [] : [{ way, carrier, fingerprint: fingerprint(value), content: { kind: 'jwt', text } }]
}

function samlSeen(way: SeenToken['way'], carrier: string, value: string): SeenToken {
  const xml = value.trimStart().startsWith('<') ? value : Buffer.from(value, 'base64').toString('utf8')
  const text = xml.replaceAll(/(<(?:\w+:)?SignatureValue[^>]*>)[^<]*/g, '$1')
  return { way, carrier, fingerprint: fingerprint(xml), content: { kind: 'saml', text } }
}
