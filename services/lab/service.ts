import type { FastifyInstance } from 'fastify'
import type { Deployment, DeploymentContext } from '#shared/stack/deployment.ts'
import { registerApiRoutes } from './api/route.ts'
import { apiRoutes } from './api/routes.ts'
import { speakJson } from './api/surface.ts'
import { type LabParts, labParts } from './parts.ts'
import { guardOrigin } from './protection/guard.ts'

/** The lab bench beside the world: everything that the real products do not have. It keeps nothing; it asks. */
export async function buildLab(context: DeploymentContext): Promise<Deployment> {
  const parts = labParts(context)
  const app = context.createApplication()
  app.register(async (scope) => addApi(scope, parts), { prefix: '/api' })
  return { app, reset: async () => parts.journal.forget() }
}

function addApi(scope: FastifyInstance, parts: LabParts): void {
  guardOrigin(scope, parts.self)
  speakJson(scope)
  registerApiRoutes(scope, apiRoutes(parts))
}
