import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ExchangeConfig } from './config.ts'

/** What every answer of Outlook on the web says of the servers it passed. */
export function addServerHeaders(scope: FastifyInstance, config: ExchangeConfig): void {
  scope.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'request-id': request.id,
      'x-owa-version': config.version,
      'x-feserver': config.servers[0] ?? '',
      'x-frame-options': 'SAMEORIGIN',
      'x-content-type-options': 'nosniff',
      'x-ua-compatible': 'IE=Edge',
      'x-powered-by': 'ASP.NET',
      'x-aspnet-version': '4.0.30319',
    })
    if (config.strictTransportSecurity) reply.header('strict-transport-security', 'max-age=31536000; includeSubDomains')
  })
}

export function setBackEnd(reply: FastifyReply, config: ExchangeConfig, mailboxId: string): void {
  const server = backEndOf(config, mailboxId)
  reply.headers({
    'x-beserver': server,
    'x-diaginfo': server,
    'x-calculatedbetarget': `${server}.${config.serverDomain}`.toLowerCase(),
  })
}

/** The server with the active copy of the mailbox: the same for a mailbox whichever front end was asked. */
export function backEndOf({ servers }: ExchangeConfig, mailboxId: string): string {
  return servers[Number.parseInt(mailboxId.slice(0, 8), 16) % servers.length] ?? ''
}
