import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Gap } from '#shared/errors.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import { RefusedBearer } from './access-tokens/bearer-refusal.ts'
import type { TokenGate } from './access-tokens/token-gate.ts'
import type { ExchangeConfig } from './config.ts'

const protocols: Readonly<Record<string, string>> = {
  'Microsoft-Server-ActiveSync': 'ActiveSync',
  EWS: 'Exchange Web Services',
  autodiscover: 'AutoDiscover',
  mapi: 'MAPI over HTTP',
  rpc: 'Outlook Anywhere',
  oab: 'the offline address book',
  PowerShell: 'remote PowerShell',
}

const methods = ['GET', 'POST', 'OPTIONS', 'PUT', 'DELETE'] as const

/** "Outlook resources and permissions": what a token may be good for. */
const permissions: Readonly<Record<string, readonly string[]>> = {
  'Microsoft-Server-ActiveSync': ['EAS.AccessAsUser.All', 'full_access_as_user'],
  EWS: ['EWS.AccessAsUser.All', 'full_access_as_user'],
}

/** The protocols that have no face here yet answer that, and never as if they had done something; a bad token is refused. */
export function addProtocolGaps(scope: FastifyInstance, gate: TokenGate): void {
  surfaceErrors(scope, (error, _request, reply) => {
    if (error instanceof RefusedBearer) return reply.code(error.status).headers(error.headers).send()
    return reply.code(error.status).type('text/plain; charset=utf-8').send(`${error.message}\n`)
  })
  for (const [path, protocol] of Object.entries(protocols)) {
    const handler = async (request: FastifyRequest) => {
      const needed = permissions[path]
      if (needed) await gate.accept(request, { scopes: needed })
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
