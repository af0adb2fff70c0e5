import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Gap, ProtocolError } from '#shared/errors.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import {
  type AuthenticationDemand,
  authenticateUser,
  writeAuthenticationError,
} from './authentication/authenticate-user.ts'
import type { ExchangeConfig } from './config.ts'
import { shutDoor } from './organization/client-access.ts'
import type { ExchangeParts } from './parts.ts'

interface ProtocolGap {
  readonly name: string
  /** Undefined where nobody is asked who they are. */
  readonly demand?: AuthenticationDemand
  /** What Exchange Online alone has, and no load balancer asks about. */
  readonly onlyOnline?: true
}

/** "Outlook resources and permissions": what a token may be good for. */
const fullAccess = 'full_access_as_user'

const protocols: Readonly<Record<string, ProtocolGap>> = {
  mapi: {
    name: 'MAPI over HTTP',
    demand: { protocol: 'Mapi', scopes: ['MapiHttp.AccessAsUser.All', fullAccess] },
  },
  rpc: { name: 'Outlook Anywhere', demand: { protocol: 'Rpc', scopes: [fullAccess] } },
  oab: {
    name: 'the offline address book',
    demand: { protocol: 'OfflineAddressBook', scopes: ['Oab.AccessAsUser.All', fullAccess] },
  },
  PowerShell: { name: 'remote PowerShell' },
  'powershell-liveid': {
    name: 'remote PowerShell',
    demand: { protocol: 'Powershell', scopes: ['Exchange.Manage', fullAccess] },
    onlyOnline: true,
  },
  // The path is ours: "New-AuthenticationPolicy" names the client alone, the Mail and Calendar apps of Windows 10.
  outlookservice: {
    name: 'the service of Windows 10 Mail and Calendar',
    demand: { protocol: 'OutlookService', scopes: [fullAccess] },
    onlyOnline: true,
  },
  'ecp/reportingwebservice': {
    name: 'the Reporting web service',
    demand: { protocol: 'ReportingWebServices', scopes: ['ReportingWebService.Read', fullAccess] },
    onlyOnline: true,
  },
}

const methods = ['GET', 'POST', 'OPTIONS', 'PUT', 'DELETE'] as const

/** The protocols that have no face here yet ask who calls, as they would, and then say that they are a gap. */
export function addProtocolGaps(scope: FastifyInstance, parts: ExchangeParts): void {
  surfaceErrors(
    scope,
    (error, _request, reply) =>
      writeAuthenticationError(error, reply, parts.config) ??
      reply.code(error.status).type('text/plain; charset=utf-8').send(`${error.message}\n`),
  )
  // Whoever calls is asked who they are, whatever they bring.
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume()
    done(null)
  })
  for (const [path, { name, demand, onlyOnline }] of Object.entries(protocols)) {
    if (onlyOnline && parts.config.location !== 'online') continue
    const handler = async (request: FastifyRequest) => {
      if (demand) await admit(parts, request, demand)
      throw new Gap(name, 'services/exchange/README.md')
    }
    for (const url of [`/${path}`, `/${path}/*`]) scope.route({ method: [...methods], url, handler })
  }
}

/** @throws MapiDisabled for a mailbox whose MAPIEnabled is off, whichever way Outlook comes. */
async function admit(parts: ExchangeParts, request: FastifyRequest, demand: AuthenticationDemand): Promise<void> {
  const { recipient } = await authenticateUser(parts, request, demand)
  const isOutlook = demand.protocol === 'Mapi' || demand.protocol === 'Rpc'
  const shut = isOutlook ? await shutDoor(parts.organization, 'MAPIEnabled', recipient) : undefined
  if (shut !== undefined) throw new MapiDisabled(shut)
}

class MapiDisabled extends ProtocolError {
  readonly status = 403
  readonly code = 'mapiDisabled'

  constructor(reason: string) {
    super('MAPI is turned off for this mailbox.', reason)
  }
}

/** What load balancers ask ("Load balancing in Exchange 2016 and later"). */
export function addHealthChecks(scope: FastifyInstance, { servers, serverDomain }: ExchangeConfig): void {
  const text = `200 OK<br/>${`${servers[0]}.${serverDomain}`.toUpperCase()}`
  const probed = Object.entries(protocols).flatMap(([path, { onlyOnline }]) => (onlyOnline ? [] : [path]))
  for (const path of ['owa', 'ecp', 'autodiscover', 'Microsoft-Server-ActiveSync', 'EWS', ...probed])
    scope.get(`/${path}/healthcheck.htm`, async (_request, reply) => reply.type('text/html; charset=utf-8').send(text))
}
