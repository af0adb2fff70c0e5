import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { surfaceErrors } from '#shared/http/server.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { personRow } from '../mfa/person-row.ts'
import type { PeopleStore } from '../people/people.ts'
import type { AccessEvaluation } from './access-evaluation.ts'
import { challengedClaims, challengeText, reasonOf } from './claims-challenge.ts'
import { criticalEventKinds } from './critical-events.ts'
import type { Revocations } from './revocations.ts'

export interface EvaluationWire {
  readonly host: string
  readonly tenantId: string
  readonly evaluation: AccessEvaluation
  readonly authenticateMachine: DeploymentContext['authenticateMachine']
}

/** Resources outside of this deployment, which verified the token themselves; on-premises nobody evaluates. */
const resources = ['exchange-online']

const questionSchema = z.object({
  /** Of the access token, as they are. */
  claims: z.looseObject({ oid: z.string(), iat: z.number() }),
  /** appId of the API. */
  resourceId: z.guid(),
  callerAddress: z.string().optional(),
})

/** What Exchange Online asks for each token: taken, or refused with the claims and the text of its challenge. */
export function addEvaluationRoutes(app: FastifyInstance, parts: EvaluationWire): void {
  app.register(async (scope) => {
    surfaceErrors(scope, (error, _request, reply) => reply.code(error.status).send({ error: error.code }))
    scope.addHook('onRequest', async (request) => void (await parts.authenticateMachine(request, resources)))
    const url = `/evaluation/${parts.tenantId}`
    scope.post(url, { constraints: { host: parts.host } }, async (request, reply) => {
      const question = questionSchema.safeParse(request.body)
      if (!question.success) return reply.code(400).send({ error: z.prettifyError(question.error) })
      const { claims, resourceId, callerAddress } = question.data
      const judgement = await parts.evaluation.judge(claims, { resourceId, callerAddress })
      const { outcome } = judgement
      const reason = outcome === 'accept' ? judgement.reason : reasonOf(judgement)
      request.recording.note({ decision: `evaluation: ${outcome}`, reason })
      if (outcome === 'accept') return { outcome, reason }
      return { outcome, reason, claims: challengedClaims(judgement, callerAddress), text: challengeText(judgement) }
    })
  })
}

export interface RevocationRoutes {
  readonly revocations: Revocations
  readonly people: PeopleStore
}

const eventSchema = z.strictObject({ kind: z.enum(criticalEventKinds) })

/** Rows of the management port: what ended tokens and sign-ins, and what an administrator does to end them. */
export function addRevocationRoutes(app: FastifyInstance, { revocations, people }: RevocationRoutes): void {
  app.get('/critical-events', async () => ({
    events: (await revocations.events()).map((event) => ({ ...event, at: new Date(event.at).toISOString() })),
  }))
  app.post(
    '/users/:upn/critical-events',
    personRow(people, async ({ objectId }, request) => {
      const { kind } = eventSchema.parse(request.body)
      const { at } = await revocations.record(objectId, kind)
      return { objectId, kind, at: new Date(at).toISOString() }
    }),
  )
  app.post(
    '/users/:upn/revoke-sessions',
    personRow(people, async ({ objectId }, _request, reply) => {
      await revocations.record(objectId, 'sessionsRevoked')
      return reply.code(204).send()
    }),
  )
  app.post('/sessions/:sid/revoke', async (request, reply) => {
    await revocations.revokeSession((request.params as { sid: string }).sid.toLowerCase())
    return reply.code(204).send()
  })
}
