import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Gap } from '#shared/errors.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import { RefusedBearer } from './access-tokens/bearer-refusal.ts'
import { BasicRefusal } from './basic-authentication/basic-refusal.ts'
import type { ExchangeConfig } from './config.ts'
import type { PolicyProtocol } from './organization/blocked-protocol.ts'
import type { ExchangeParts } from './parts.ts'

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

/** Where name and password count, as authentication policies name the protocols. */
const passwordProtocols: Readonly<Record<string, PolicyProtocol>> = {
  'Microsoft-Server-ActiveSync': 'ActiveSync',
  EWS: 'WebServices',
  autodiscover: 'Autodiscover',
  mapi: 'Mapi',
  rpc: 'Rpc',
  oab: 'OfflineAddressBook',
}

type Gates = Pick<ExchangeParts, 'accessTokens' | 'basic' | 'config'>

/**
 * The protocols that have no face here yet answer that, and never as if they had done something; a bad token, a wrong
 * password and a blocked one are refused before.
 */
export function addProtocolGaps(scope: FastifyInstance, { accessTokens, basic, config }: Gates): void {
  surfaceErrors(scope, (error, _request, reply) => {
    if (error instanceof RefusedBearer) return reply.code(error.status).headers(error.headers).send()
    if (error instanceof BasicRefusal) return refuseBasic(reply, error, config)
    return reply.code(error.status).type('text/plain; charset=utf-8').send(`${error.message}\n`)
  })
  for (const [path, protocol] of Object.entries(protocols)) {
    const handler = async (request: FastifyRequest) => {
      const needed = permissions[path]
      if (needed) await accessTokens.accept(request, { scopes: needed })
      const password = passwordProtocols[path]
      if (password) await basic.accept(request, password)
      throw new Gap(protocol, 'services/exchange/README.md')
    }
    for (const url of [`/${path}`, `/${path}/*`]) scope.route({ method: [...methods], url, handler })
  }
}

/** A 401 says nothing on purpose, whatever the reason ("Disable Basic authentication in Exchange Online"). */
export function refuseBasic(reply: FastifyReply, { status }: BasicRefusal, config: ExchangeConfig): FastifyReply {
  if (status === 401) reply.header('www-authenticate', config.accessTokens.basic ?? 'Basic Realm=""')
  return reply.code(status).send()
}

/** What load balancers ask ("Load balancing in Exchange 2016 and later"). */
export function addHealthChecks(scope: FastifyInstance, { servers, serverDomain }: ExchangeConfig): void {
  const text = `200 OK<br/>${`${servers[0]}.${serverDomain}`.toUpperCase()}`
  for (const path of ['owa', 'ecp', ...Object.keys(protocols)])
    scope.get(`/${path}/healthcheck.htm`, async (_request, reply) => reply.type('text/html; charset=utf-8').send(text))
}
