import type { FastifyReply, FastifyRequest } from 'fastify'
import { authorizationSeen } from './seen-authorization.ts'
import { answerSeen, passkeySeen, questionSeen, xmlSeen } from './seen-documents.ts'
import { jwtSeen, type SeenContent, type SeenToken, seenToken } from './seen-token.ts'

type Values = Iterable<readonly [string, unknown]>

const jwtCarriers = new Set(
  'id_token access_token authToken assertion client_assertion logout_token id_token_hint request'.split(' '),
)
const jwtNames: Readonly<Record<string, string>> = { client_assertion: 'client assertion' }
const samlCarriers = new Set(['wresult', 'SAMLResponse', 'SAMLRequest'])
const opaqueCarriers: Readonly<Record<string, string>> = {
  code: 'authorization code',
  refresh_token: 'refresh token',
  device_code: 'device code',
  access_token: 'access token',
  SAMLart: 'SAML artifact',
}
const encryptedShape = /^[\w-]+(?:\.[\w-]*){4}$/

/** Shorter ones are codes that somebody types: their fingerprint would tell them. */
const shortestOpaque = 20

/** Those among named values. */
export function tokensAmong(way: SeenToken['way'], values: Values): readonly SeenToken[] {
  const all = [...values].filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return all.flatMap(([carrier, value]) => {
    const content = contentOf(carrier, value, all)
    return content ? [seenToken(way, carrier, value, content)] : []
  })
}

function contentOf(carrier: string, value: string, beside: Values): SeenContent | undefined {
  if (samlCarriers.has(carrier)) return xmlSeen(value, beside)
  const jwt = jwtCarriers.has(carrier) ? jwtSeen(value, jwtNames[carrier]) : undefined
  if (jwt) return jwt
  if (carrier === 'assertion') return passkeySeen(value) ?? xmlSeen(value, [])
  const name = opaqueCarriers[carrier]
  if (name === undefined || value.length < shortestOpaque) return undefined
  return { kind: 'opaque', name, ...(encryptedShape.test(value) && { state: 'encrypted' }) }
}

/** What a client came with: headers, cookies, the query, the fields of a form, a SOAP message. */
export function tokensPresented(request: FastifyRequest): readonly SeenToken[] {
  const { body, headers, cookies } = request
  const isForm = typeof body === 'object' && body !== null && !Buffer.isBuffer(body) && !('pipe' in body)
  const query = request.url.includes('?') ? Object.entries(request.query as Record<string, unknown>) : []
  return [
    ...authorizationSeen(headers.authorization),
    ...deviceCredential(headers['x-ms-refreshtokencredential']),
    ...tokensAmong('presented', [...query, ...(isForm ? Object.entries(body) : [])]),
    ...(typeof body === 'string' ? questionSeen(body) : []),
    ...edgeCookie('presented', cookies?.[edgeAccess]),
  ]
}

const edgeAccess = 'EdgeAccessCookie'

/** [MS-OAPXBC] 3.2.5.1.2: a JWT signed with the session key, around the primary refresh token. */
function deviceCredential(value: string | string[] | undefined): readonly SeenToken[] {
  const text = typeof value === 'string' ? value : ''
  const content = jwtSeen(text, 'PRT request')
  return content ? [seenToken('presented', 'x-ms-RefreshTokenCredential', text, content)] : []
}

function edgeCookie(way: SeenToken['way'], value: string | undefined): readonly SeenToken[] {
  if (!value) return []
  const content = jwtSeen(value) ?? ({ kind: 'opaque', name: 'proxy session' } as const)
  return [seenToken(way, edgeAccess, value, content)]
}

/** The session that Web Application Proxy opens with its answer. */
export function tokensInCookies(reply: FastifyReply): readonly SeenToken[] {
  const lines = [reply.getHeader('set-cookie') ?? []].flat().map(String)
  const line = lines.find((each) => each.startsWith(`${edgeAccess}=`))
  return edgeCookie('issued', line?.slice(edgeAccess.length + 1).split(';')[0])
}

const inJson = /"(access_token|id_token|refresh_token|device_code)"\s*:\s*"([^"\\\s]+)"/g

/** What an answer of a token end point, or of a SOAP one, hands out. */
export function tokensHandedOut(payload: unknown): readonly SeenToken[] {
  if (typeof payload !== 'string') return []
  if (payload.startsWith('<')) return answerSeen(payload)
  if (!payload.includes('_token"') && !payload.includes('"device_code"')) return []
  return tokensAmong(
    'issued',
    [...payload.matchAll(inJson)].map(([, name = '', value = '']) => [name, value] as const),
  )
}
