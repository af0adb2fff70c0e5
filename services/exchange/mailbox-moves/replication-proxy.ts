import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { surfaceErrors } from '#shared/http/server.ts'
import { BasicRefusal } from '../basic-authentication/basic-refusal.ts'
import { directoryLogon } from '../basic-authentication/directory-logon.ts'
import { roleGroupMembers } from '../organization/role-groups.ts'
import { replicationProxyIsOn } from '../organization/virtual-directories.ts'
import type { ExchangeParts } from '../parts.ts'
import { type LocalEndParts, localEnd } from './local-end.ts'
import { endOperations, type MoveEnd } from './move-end.ts'

const bodyLimit = 256 * 1024 * 1024
const id = z.string().max(128)
const rows = z.array(z.looseObject({}))

/** What each operation is given; rows of mailboxes are the other end's own, which proved what it is. */
const argumentsOf = {
  describe: z.tuple([id]),
  folders: z.tuple([id]),
  items: z.tuple([id, z.number().int().min(0)]),
  itemIds: z.tuple([id]),
  prepare: z.tuple([id]),
  takeFolders: z.tuple([id, rows.min(1)]),
  takeItems: z.tuple([id, rows]),
  keepOnly: z.tuple([id, z.array(id)]),
  hold: z.tuple([id, z.boolean()]),
  release: z.tuple([id, z.object({ changeNumber: z.number(), externalAddress: z.string() })]),
  activate: z.tuple([
    id,
    z.object({
      mailboxId: id,
      changeNumber: z.number(),
      quotaBytes: z.number().nullable(),
      settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())])),
    }),
  ]),
  discard: z.tuple([id]),
} as const satisfies Record<keyof MoveEnd, z.ZodType>

const callSchema = z.object({
  operation: z.enum(endOperations),
  credential: z.object({ userName: z.string().max(512), password: z.string().max(1024) }),
  arguments: z.array(z.unknown()),
})

/**
 * `/EWS/mrsproxy.svc`: mailboxes of the organization's own servers, for moves that Exchange Online runs. It proves that
 * it is Exchange Online, and brings the credential of an administrator of this place ("Move mailboxes in hybrid").
 */
export function addReplicationProxy(scope: FastifyInstance, parts: ExchangeParts & LocalEndParts): void {
  surfaceErrors(scope, (error, _request, reply) => reply.code(error.status).send({ error: error.message }))
  const end = localEnd(parts)
  scope.route({
    method: 'POST',
    url: '/EWS/mrsproxy.svc',
    bodyLimit,
    handler: async (request, reply) => {
      await parts.context.authenticateMachine(request, ['exchange-online'])
      if (!(await replicationProxyIsOn(parts.organization)))
        return refuse(request, reply, 404, 'MRSProxyEnabled is off')
      const read = callSchema.safeParse(request.body)
      if (!read.success) return refuse(request, reply, 400, z.prettifyError(read.error))
      const { operation, credential, arguments: given } = read.data
      const refused = await refusalOf(parts, request, credential)
      if (refused) return refuse(request, reply, ...refused)
      const wanted = argumentsOf[operation].safeParse(given)
      if (!wanted.success) return refuse(request, reply, 400, z.prettifyError(wanted.error))
      request.recording.note({ decision: `mailboxReplication ${operation}`, user: credential.userName })
      const run = end[operation] as (...values: readonly unknown[]) => Promise<unknown>
      return { result: (await run(...wanted.data)) ?? null }
    },
  })
}

function refuse(request: FastifyRequest, reply: FastifyReply, status: number, reason: string): FastifyReply {
  request.recording.note({ decision: 'mailboxReplicationRefused', reason })
  return reply.code(status).send({ error: reason })
}

async function refusalOf(
  parts: ExchangeParts,
  request: FastifyRequest,
  { userName: identity, password }: z.output<typeof callSchema>['credential'],
): Promise<readonly [status: number, reason: string] | undefined> {
  try {
    const { value } = await directoryLogon(parts, {
      credentials: { identity, password },
      protocol: 'WebServices',
      request,
    })
    const members = await roleGroupMembers(parts.organization, parts.context.scenario)
    if (members.includes(value.toLowerCase())) return undefined
    return [403, `${identity} is no member of Organization Management`]
  } catch (error) {
    if (error instanceof BasicRefusal) return [error.status === 401 ? 401 : 503, error.reason]
    throw error
  }
}
