import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ExchangeConfig } from './config.ts'

/** What every answer of Outlook on the web says of the servers it passed. */
export function addServerHeaders(scope: FastifyInstance, config: ExchangeConfig): void {
  scope.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'request-id': request.id,
      'x-owa-version': config.version,
      'x-owa-owsversion': 'V2017_06_15',
      'x-owa-minimumsupportedowsversion': 'V2_6',
      'x-feserver': config.servers[0] ?? '',
      'x-frame-options': 'SAMEORIGIN',
      'x-content-type-options': 'nosniff',
      'x-ua-compatible': 'IE=Edge',
      'x-powered-by': 'ASP.NET',
      'x-aspnet-version': '4.0.30319',
    })
    if (config.strictTransportSecurity) reply.headers(cloudHeaders(config, request.id))
  })
  if (!config.strictTransportSecurity) return
  scope.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('x-beserver')) return
    const status = String(reply.statusCode)
    reply.headers({ 'x-backendhttpstatus': status, 'x-proxy-backendserverstatus': status })
  })
}

/** What the front ends of Exchange Online add; public captures name the headers, the values are of the same shape. */
function cloudHeaders({ serverDomain }: ExchangeConfig, requestId: string): Readonly<Record<string, string>> {
  const site = serverDomain.split('.')[0]?.toUpperCase()
  return {
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-calculatedfetarget': 'MK0PR01CU001.internal.outlook.com',
    'x-feproxyinfo': `MK0PR01CA0001.${site}.PROD.EXCHANGELABS.COM`,
    'x-feefzinfo': 'MCK',
    'x-firsthopcafeefz': 'MCK',
    'x-rum-validated': '1',
    'x-proxy-routingcorrectness': '1',
    // A GUID in base64, and the place of this hop.
    'ms-cv': `${Buffer.from(requestId.replaceAll('-', ''), 'hex').toString('base64').replace(/=+$/, '')}.0`,
  }
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
