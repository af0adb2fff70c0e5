import type { TLSSocket } from 'node:tls'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { DirectoryClient } from '../directory/directory-client.ts'
import { AdfsError } from '../errors.ts'
import type { RequestFacts } from '../proxy/request-facts.ts'
import type { PrimaryProvider } from '../sign-in/primary-method.ts'
import type {} from '../sign-in/visit.ts'
import type { CertificateTickets } from './tickets.ts'

// The host where TLS asks for a client certificate. It answers nothing but sign-ins that other pages have sent there:
// (and tokens for active clients, of ws-trust/): it finds out whose the certificate is, leaves a ticket for the federation service's own host, and leads back.

export interface CertificateHostParts {
  /** The certificate host and the federation service's own. */
  readonly certificateHost: string
  readonly host: string
  readonly directory: DirectoryClient
  readonly tickets: CertificateTickets
  readonly intranet: readonly PrimaryProvider[]
  readonly extranet: readonly PrimaryProvider[]
  readonly additionalProviders: readonly string[]
  readonly readFacts: (request: FastifyRequest) => Promise<RequestFacts>
}

const activePath = /^\/adfs\/services\/trust\/2005\/certificatetransport$/i
const paths = /^\/adfs\/(?:ls\/?|ls\/idpinitiatedsignon(?:\.aspx)?|oauth2\/authorize\/?|oauth2\/deviceauth\/?)$/i

/** Goes before every route: on the certificate host nothing else is answered, and from outside only that host is. */
export function addCertificateHost(app: FastifyInstance, parts: CertificateHostParts): void {
  app.decorateRequest('provedUser')
  app.decorateRequest('atCertificateHost')
  app.addHook('onRequest', async (request, reply) => {
    const isCertificateHost = request.hostname.toLowerCase() === parts.certificateHost.toLowerCase()
    if (!isCertificateHost && request.caller.zone !== 'internet') return
    const [path = ''] = request.url.split('?')
    const answered = request.method === 'GET' ? paths.test(path) : request.method === 'POST' && activePath.test(path)
    if (!isCertificateHost || !answered) {
      request.recording.note({ decision: 'notPublished', reason: `${request.method} ${path} at ${request.hostname}` })
      return reply.code(404).type('text/plain; charset=utf-8').send('Not Found\n')
    }
    request.atCertificateHost = true
  })
}

declare module 'fastify' {
  interface FastifyRequest {
    atCertificateHost?: boolean
  }
}

/** Goes before the pages: answers on the certificate host, and redeems its tickets on the other. */
export function addCertificateSignIn(scope: FastifyInstance, parts: CertificateHostParts): void {
  scope.addHook('preHandler', async (request, reply) => {
    if (request.atCertificateHost) return answerCertificate(request, reply, parts)
    const sid = await parts.tickets.take(request, reply)
    if (sid === undefined) return
    const user = await parts.directory.find('sid', sid, { parent: request.id, correlationId: request.correlationId })
    if (user?.enabled) request.provedUser = { user, by: 'CertificateAuthentication' }
  })
}

async function answerCertificate(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: CertificateHostParts,
): Promise<FastifyReply> {
  const { insideCorporateNetwork } = await parts.readFacts(request)
  const offered = [...(insideCorporateNetwork ? parts.intranet : parts.extranet), ...parts.additionalProviders]
  if (!offered.includes('CertificateAuthentication')) {
    throw new AdfsError('unsupportedMethod', { reason: 'CertificateAuthentication is not enabled here' })
  }
  const certificate = (request.raw.socket as TLSSocket).getPeerX509Certificate()
  if (!certificate) throw new AdfsError('certificateMissing', { reason: 'the client showed no certificate in TLS' })
  const origin = { parent: request.id, correlationId: request.correlationId }
  const result = await parts.directory.certificateLogon(certificate.raw, origin)
  if (result.outcome === 'refused') {
    if (result.userPrincipalName) request.recording.note({ user: result.userPrincipalName })
    const reason = `the directory refused the certificate of ${certificate.subject.replaceAll('\n', ', ')}: ${result.status}`
    throw new AdfsError('certificateRefused', { reason })
  }
  request.recording.note({ decision: 'certificateAccepted', user: result.user.userPrincipalName })
  await parts.tickets.give(request, reply, result.user.sid)
  return reply.redirect(`https://${parts.host}:443${request.url}`, 302)
}
