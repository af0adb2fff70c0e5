import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { explanationPath } from '../urls.ts'

const idSchema = z.object({ id: z.guid() })
const portsSchema = z.object({ httpPort: z.int() })

/** From the request id of a page to the lab, which answers at the loopback address of every gateway. */
export function addLabLink(scope: FastifyInstance, { manage, plan }: Pick<DeploymentContext, 'manage' | 'plan'>): void {
  scope.get(`${explanationPath}:id`, async (request, reply) => {
    const id = idSchema.safeParse(request.params).data?.id
    const zone = request.caller.viaGateway ? request.caller.zone : plan.homeZone
    const gateway = portsSchema.safeParse((await manage(`gateway-${zone}`, '/addresses', { timeoutMs: 10_000 })).json)
    if (id === undefined || !gateway.success) {
      request.recording.note({ decision: 'noExplanation', reason: id ? 'no gateway tells its port' : 'not an id' })
      return reply.code(404).type('text/plain; charset=utf-8').send('The lab has no explanation here.')
    }
    return reply.redirect(`http://127.0.0.1:${gateway.data.httpPort}/sign-ins/${id}`)
  })
}
