import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { surfaceErrors } from '#shared/http/server.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { PeopleStore } from '../people/people.ts'
import type { AccessEvaluation } from './access-evaluation.ts'
import { type CriticalEvents, criticalEventKinds } from './critical-events.ts'

export interface EvaluationWire {
  readonly host: string
  readonly tenantId: string
  readonly evaluation: AccessEvaluation
  readonly authenticateMachine: DeploymentContext['authenticateMachine']
}

/** Resources outside of this deployment, which verified the token themselves. */
const resources = ['exchange-online', 'exchange-onprem']

const questionSchema = z.object({
  claims: z.object({
    oid: z.string(),
    iat: z.number(),
    ipaddr: z.string().optional(),
    xms_cc: z.union([z.string(), z.array(z.string())]).optional(),
  }),
  callerAddress: z.string().optional(),
})

/** What Exchange asks for each token, and may remember for a few seconds of the clock. */
export function addEvaluationRoutes(app: FastifyInstance, parts: EvaluationWire): void {
  app.register(async (scope) => {
    surfaceErrors(scope, (error, _request, reply) => reply.code(error.status).send({ error: error.code }))
    scope.addHook('onRequest', async (request) => void (await parts.authenticateMachine(request, resources)))
    const url = `/evaluation/${parts.tenantId}`
    scope.post(url, { constraints: { host: parts.host } }, async (request, reply) => {
      const question = questionSchema.safeParse(request.body)
      if (!question.success) return reply.code(400).send({ error: z.prettifyError(question.error) })
      const { claims, callerAddress } = question.data
      const judgement = await parts.evaluation.judge(claims, callerAddress)
      request.recording.note({ decision: `evaluation: ${judgement.outcome}`, reason: judgement.reason })
      return judgement
    })
  })
}

export interface CriticalEventRoutes {
  readonly events: CriticalEvents
  readonly people: PeopleStore
}

const eventSchema = z.strictObject({ kind: z.enum(criticalEventKinds) })

/** Rows of the management port: the events of continuous access evaluation, and making one. */
export function addCriticalEventRoutes(app: FastifyInstance, { events, people }: CriticalEventRoutes): void {
  app.get('/critical-events', async () => ({
    events: events.list().map(({ objectId, kind, at }) => ({ objectId, kind, at: new Date(at).toISOString() })),
  }))
  app.post('/users/:upn/critical-events', async (request, reply) => {
    const { kind } = eventSchema.parse(request.body)
    const { upn } = request.params as { upn: string }
    const person = await people.byUserPrincipalName(upn)
    if (!person) return reply.code(404).send({ error: `the tenant has no ${upn}` })
    const { at } = await events.record(person.objectId, kind)
    return { objectId: person.objectId, kind, at: new Date(at).toISOString() }
  })
}
