import type { FastifyInstance } from 'fastify'

/** Where Exchange Online sends devices that come with nothing at all: its end point for client certificates. */
const certificateEndPoint = 'https://outlook-cba.office365.com/Microsoft-Server-ActiveSync'

/**
 * Exchange Online answers ActiveSync's OPTIONS without Authorization with 451 instead of a challenge; a client that wants
 * to know where to sign in sends an empty bearer.
 */
export function addCertificateEndPoint(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const [path = ''] = request.url.toLowerCase().split('?', 1)
    const asks = request.method === 'OPTIONS' && path.replace(/\/$/, '') === '/microsoft-server-activesync'
    if (!asks || request.headers.authorization !== undefined) return
    request.recording.note({ decision: 'certificateEndPoint', reason: 'OPTIONS of ActiveSync without Authorization' })
    return reply.code(451).header('x-ms-location', certificateEndPoint).send()
  })
}
