import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { surfaceErrors } from '#shared/http/server.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { EntraError } from '../errors.ts'
import type { FederationServices } from '../federation/login-return.ts'

export interface LegacyWire {
  readonly host: string
  readonly services: FederationServices
  readonly authenticateMachine: DeploymentContext['authenticateMachine']
}

const attemptSchema = z.strictObject({
  userPrincipalName: z.string().min(1).max(320),
  password: z.string().max(1024).optional(),
  assertion: z.string().max(200_000).optional(),
  clientAppType: z.enum(['exchangeActiveSync', 'other']),
  clientAppUsed: z.string().max(100),
  resourceId: z.guid(),
  address: z.string().max(64),
  userAgent: z.string().max(1000),
})

/** What Exchange Online asks for every request with Basic that its authentication policies let through. */
export function addLegacyAuthentication(app: FastifyInstance, parts: LegacyWire): void {
  const { host, services, authenticateMachine } = parts
  app.register(async (scope) => {
    surfaceErrors(scope, (error, _request, reply) => {
      const aadsts = error instanceof EntraError ? error.facts.aadsts : undefined
      return reply.code(aadsts === undefined ? error.status : 403).send({ error: error.code, aadsts })
    })
    scope.addHook('onRequest', async (request) => void (await authenticateMachine(request, ['exchange-online'])))
    const url = `/legacyauthentication/${services.config.tenant.id}`
    scope.post(url, { constraints: { host } }, async (request, reply) => {
      const attempt = attemptSchema.safeParse(request.body)
      if (!attempt.success) return reply.code(400).send({ error: z.prettifyError(attempt.error) })
      const { legacySignIn } = await import('./legacy-sign-in.ts')
      const person = await legacySignIn(services, {
        ...attempt.data,
        correlationId: request.correlationId,
        traceId: request.id,
      })
      request.recording.note({ decision: 'legacySignInAccepted', user: person.userPrincipalName })
      return { objectId: person.objectId, userPrincipalName: person.userPrincipalName }
    })
  })
}
