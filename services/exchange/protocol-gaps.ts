import type { FastifyInstance } from 'fastify'
import { Gap } from '#shared/errors.ts'
import type { ExchangeConfig } from './config.ts'

const protocols: Readonly<Record<string, string>> = {
  'Microsoft-Server-ActiveSync': 'ActiveSync',
  EWS: 'Exchange Web Services',
  autodiscover: 'AutoDiscover',
  mapi: 'MAPI over HTTP',
  rpc: 'Outlook Anywhere',
  oab: 'the offline address book',
  PowerShell: 'remote PowerShell',
  adminapi: 'Exchange Online PowerShell over REST',
}

const methods = ['GET', 'POST', 'OPTIONS', 'PUT', 'DELETE'] as const

/** The protocols that have no face here yet answer that, and never as if they had done something. */
export function addProtocolGaps(scope: FastifyInstance): void {
  for (const [path, protocol] of Object.entries(protocols)) {
    const handler = async () => {
      throw new Gap(protocol, 'services/exchange/README.md')
    }
    for (const url of [`/${path}`, `/${path}/*`]) scope.route({ method: [...methods], url, handler })
  }
}

/** What load balancers ask ("Load balancing in Exchange 2016 and later"). */
export function addHealthChecks(scope: FastifyInstance, { servers, serverDomain }: ExchangeConfig): void {
  const text = `200 OK<br/>${`${servers[0]}.${serverDomain}`.toUpperCase()}`
  for (const path of ['owa', 'ecp', ...Object.keys(protocols)])
    scope.get(`/${path}/healthcheck.htm`, async (_request, reply) => reply.type('text/html; charset=utf-8').send(text))
}
