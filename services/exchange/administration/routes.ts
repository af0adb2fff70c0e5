import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Gap } from '#shared/errors.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import type { TokenGate } from '../access-tokens/token-gate.ts'
import { mayRun } from '../organization/role-groups.ts'
import { type Administrator, authorizeAdministrator } from './authorize-administrator.ts'
import type { CmdletParts } from './cmdlet.ts'
import { CmdletError } from './cmdlet-error.ts'
import { type Invocation, invoke, readInvocation } from './invoke-command.ts'
import { adminErrorWriter, collection, errorBody, odataType, type Page } from './odata-answer.ts'
import { readResource } from './odata-resources.ts'
import { aboutOwn, isOwnOption } from './own-options.ts'
import { RequestBudget } from './request-budget.ts'
import { cmdletsOf, runCmdlet } from './run-cmdlet.ts'

export interface AdministrationSurface extends CmdletParts {
  readonly accessTokens: TokenGate
  readonly host: string
}

const batchLimit = 10

/** "Exchange Online PowerShell V3" over REST. */
export function addAdministrationRoutes(scope: FastifyInstance, given: AdministrationSurface): void {
  const parts = { ...given, budget: new RequestBudget(given.context.clock) }
  surfaceErrors(scope, adminErrorWriter(parts.config))
  readJsonBodies(scope)
  const constraints = { host: parts.host }
  for (const version of ['beta', 'v1.0']) {
    const base = `/adminapi/${version}/:tenant`
    scope.post(`${base}/InvokeCommand`, { constraints }, async (request, reply) => {
      const page = await answerInvocation(parts, { request, reply }, readInvocation(request.body))
      return sendJson(reply, parts, collection(tenantOf(request, parts), page))
    })
    scope.post(`${base}/$batch`, { constraints }, async (request, reply) =>
      sendJson(reply, parts, await answerBatch(parts, { request, reply })),
    )
    for (const url of [`${base}/:resource`, `${base}/:resource/*`])
      scope.get(url, { constraints }, async (request, reply) => {
        const { invocation, shown } = readResource(request)
        const page = await answerInvocation(parts, { request, reply }, invocation)
        return sendJson(
          reply,
          parts,
          collection(tenantOf(request, parts), { ...page, objects: page.objects.map(shown) }),
        )
      })
    scope.get(`${base}/EXOBanner*`, { constraints }, async (request, reply) => {
      await checked(parts, { request, reply })
      return sendJson(reply, parts, { value: '' })
    })
    scope.get(`${base}/EXOModuleFile`, { constraints }, async (request, reply) => {
      const { groups, self } = await checked(parts, { request, reply })
      const exportedCmdlets = cmdletsOf(parts)
        .map(({ name }) => name)
        .filter((name) => mayRun(groups, name) || (self && isOwnOption(name)))
        .join(',')
      return sendJson(reply, parts, { value: [{ exportedCmdlets }] })
    })
  }
}

/** Whatever type a body says it has, it is JSON or refused in the envelope of errors. */
function readJsonBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'string' }, async (_request: FastifyRequest, text: string) => {
    try {
      return JSON.parse(text)
    } catch {
      throw new CmdletError('badRequest', 'The request body is no valid CmdletInput.', { reason: 'it is no JSON' })
    }
  })
}

interface MeteredSurface extends AdministrationSurface {
  readonly budget: RequestBudget
}

interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

async function checked(parts: MeteredSurface, { request, reply }: Exchange): Promise<Administrator> {
  tenantOf(request, parts)
  const administrator = await authorizeAdministrator(request, parts)
  if (administrator.appId !== undefined) reply.header('x-ms-appid', administrator.appId)
  parts.budget.spend(administrator.name, reply)
  return administrator
}

function tenantOf(request: FastifyRequest, { config }: AdministrationSurface): string {
  const { tenant } = request.params as { tenant: string }
  const isOurs = [config.tenantId, ...config.tenantDomains].some((name) => name.toLowerCase() === tenant.toLowerCase())
  if (isOurs) return tenant
  throw new CmdletError('objectNotFound', `The tenant '${tenant}' couldn't be found.`)
}

async function answerInvocation(parts: MeteredSurface, exchange: Exchange, invocation: Invocation): Promise<Page> {
  const { request } = exchange
  const administrator = await checked(parts, exchange)
  const { name, groups, self } = administrator
  request.recording.note({ decision: `cmdlet ${invocation.name}`, user: name })
  if (mayRun(groups, invocation.name)) return invoke(parts, invocation, request)
  if (self && isOwnOption(invocation.name)) return invoke(parts, await aboutOwn(parts, self, invocation), request)
  throw new CmdletError('forbidden', `The term '${invocation.name}' is not recognized as the name of a cmdlet.`, {
    reason: `${name} is in ${groups.join(', ') || 'no role group'}, which may not run it`,
  })
}

const batchSchema = z.object({
  requests: z
    .array(z.object({ id: z.string(), method: z.literal('POST'), url: z.string(), body: z.unknown() }))
    .min(1)
    .max(batchLimit),
})

/** 200 even when a member failed: each carries its own status. */
async function answerBatch(parts: MeteredSurface, exchange: Exchange) {
  const read = batchSchema.safeParse(exchange.request.body)
  if (!read.success)
    throw new CmdletError('badRequest', `A batch has 1 to ${batchLimit} requests.`, {
      reason: z.prettifyError(read.error),
    })
  await checked(parts, exchange)
  const responses = []
  for (const { id, body } of read.data.requests) responses.push({ id, ...(await answerMember(parts, exchange, body)) })
  return { responses }
}

async function answerMember(parts: MeteredSurface, exchange: Exchange, body: unknown) {
  const headers = { 'Content-Type': odataType }
  try {
    const page = await answerInvocation(parts, exchange, readInvocation(body))
    return { status: 200, headers, body: collection(tenantOf(exchange.request, parts), page) }
  } catch (error) {
    if (!(error instanceof CmdletError)) throw error
    return { status: error.status, headers, body: errorBody(error) }
  }
}

function sendJson(reply: FastifyReply, { config }: AdministrationSurface, body: unknown): FastifyReply {
  const [, minor, build, revision] = config.version.split('.')
  const [server = ''] = config.servers
  const { prefer, 'client-request-id': clientRequestId } = reply.request.headers
  if (/odata\.include-annotations/i.test(String(prefer))) reply.header('preference-applied', String(prefer))
  if (clientRequestId !== undefined) reply.header('client-request-id', String(clientRequestId))
  if (config.strictTransportSecurity) reply.header('strict-transport-security', 'max-age=31536000; includeSubDomains')
  reply.headers({
    'odata-version': '4.0',
    'x-exchangeversion': `Version 15.${minor} (Build ${build}.${revision})`,
    organizationstatus: 'Active',
    'x-feserver': server,
    'x-calculatedbetarget': `${server}.${config.serverDomain}`.toLowerCase(),
    'x-nanoproxy': '1,1',
    'x-usertype': 'Business',
    'request-id': reply.request.id,
  })
  return reply.type(odataType).send(JSON.stringify(body))
}

/** The same cmdlets for the lab, for both places: what an administrator types at the server's own shell. */
export function addCmdletRow(management: FastifyInstance, parts: CmdletParts): void {
  management.register(async (scope) => {
    // The management port keeps no journal, which `surfaceErrors` writes to.
    scope.setErrorHandler((error, _request, reply) => {
      if (error instanceof CmdletError) return reply.code(error.status).send({ error: error.message, type: error.code })
      if (error instanceof Gap) return reply.code(error.status).send({ error: error.message, type: error.code })
      throw error
    })
    scope.post('/cmdlets', async (request) => {
      const { name, parameters } = readInvocation(request.body)
      return { value: await runCmdlet(parts, name, parameters) }
    })
  })
}
