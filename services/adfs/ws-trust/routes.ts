import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ProtocolError } from '#shared/errors.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import type { WindowsAuthentication } from '#shared/windows-authentication/windows-authentication.ts'
import type { DirectoryUser } from '../directory/directory-user.ts'
import type { RequestFacts } from '../proxy/request-facts.ts'
import { windowsUser } from '../windows-authentication/wia-end-point.ts'
import { answerTokenRequest, type TokenAnswerParts } from './answer-token-request.ts'
import { isOnCertificateHost, type TrustEndPoint } from './end-points.ts'
import { NotSoap } from './errors.ts'
import { metadataExchange } from './metadata-exchange.ts'
import { readMessage } from './read-message.ts'
import { writeMetadataResponse } from './write-message.ts'

// WS-Trust at /adfs/services/trust: active clients send a SOAP message with credentials and get a token, a fault or,
// when what they sent is no SOAP message, a bare HTTP status. Issuing goes through the same policies and claim rules as
// the passive protocols; nothing here shows a page or keeps a session.

export interface WsTrustParts extends TokenAnswerParts {
  readonly endPoints: readonly TrustEndPoint[]
  readonly windows: WindowsAuthentication<DirectoryUser>
  readonly urlOf: (endPoint: TrustEndPoint) => string
  readonly readFacts: (request: FastifyRequest) => Promise<RequestFacts>
}

const soapType = 'application/soap+xml; charset=utf-8'
const base = '/adfs/services/trust'

/** Every active end point, and the document that describes them; in a scope of its own. */
export async function addWsTrust(scope: FastifyInstance, parts: WsTrustParts): Promise<void> {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('application/soap+xml', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  surfaceErrors(scope, writeStatus)
  addMetadata(scope, parts)
  for (const endPoint of parts.endPoints) {
    const url = `${base}/${endPoint.path}`
    scope.post(url, (request, reply) => answer(request, reply, endPoint, parts))
    scope.get(url, async (request, reply) => {
      reply.header('allow', 'POST')
      throw new NotSoap(405, `${request.method} of an active end point: it takes a SOAP message by POST`)
    })
  }
  for (const name of ['windowstransport', 'windowsmixed', 'certificatetransport']) {
    for (const version of ['2005', '13']) addDisabled(scope, `${version}/${name}`, parts.endPoints)
  }
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  endPoint: TrustEndPoint,
  parts: WsTrustParts,
): Promise<FastifyReply> {
  const facts = await parts.readFacts(request)
  if (!facts.insideCorporateNetwork && !endPoint.throughProxy) {
    throw new NotSoap(503, `${endPoint.path} is not published through the proxy`)
  }
  if (isOnCertificateHost(endPoint) !== (request.atCertificateHost === true)) {
    throw new NotSoap(503, `${endPoint.path} is not at ${request.hostname}`)
  }
  if (endPoint.credentials === 'windows') {
    const user = await windowsUser(request, reply, parts.windows)
    if (!user) return reply
    request.provedUser = { user, by: 'WindowsAuthentication' }
  }
  const { status, message } = await answerTokenRequest(request, endPoint, facts, parts)
  return reply.code(status).type(soapType).send(message)
}

/** HTTP.sys answers for end points that an administrator has not enabled. */
function addDisabled(scope: FastifyInstance, path: string, enabled: readonly TrustEndPoint[]): void {
  if (enabled.some((each) => each.path === path)) return
  scope.all(`${base}/${path}`, async () => {
    throw new NotSoap(503, `${path} is not enabled`)
  })
}

/** Outside, the document lists what the proxy publishes (`proxymex`). */
function addMetadata(scope: FastifyInstance, { endPoints, urlOf, readFacts, clock }: WsTrustParts): void {
  const inside = once(() => metadataExchange(endPoints, urlOf))
  const outside = once(() =>
    metadataExchange(
      endPoints.filter((each) => each.throughProxy),
      urlOf,
    ),
  )
  const documentFor = async (request: FastifyRequest) =>
    (await readFacts(request)).insideCorporateNetwork ? inside() : outside()
  for (const url of [`${base}/mex`, `${base}/proxymex`]) {
    scope.get(url, async (request, reply) => reply.type('text/xml; charset=utf-8').send(await documentFor(request)))
    scope.post(url, async (request, reply) => {
      const { messageId } = readMessage(String(request.body))
      const message = writeMetadataResponse(messageId, clock.now(), await documentFor(request))
      return reply.type(soapType).send(message)
    })
  }
}

function once(make: () => string): () => string {
  let made: string | undefined
  return () => {
    made ??= make()
    return made
  }
}

function writeStatus(error: ProtocolError, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.code(error.status).type('text/plain; charset=utf-8').send(`${error.message}\n`)
}
