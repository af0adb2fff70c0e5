import type { FastifyInstance } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import type { Deployment, DeploymentContext } from '#shared/stack/deployment.ts'
import { registerApiRoutes } from './api/route.ts'
import { apiRoutes } from './api/routes.ts'
import { speakJson } from './api/surface.ts'
import { LabError } from './errors.ts'
import { registerPageRoutes } from './page-routes.ts'
import { problemPage } from './pages/problem-page.ts'
import { type LabParts, labParts } from './parts.ts'
import { guardForms, guardOrigin } from './protection/guard.ts'

/** The lab bench beside the world: everything that the real products do not have. It keeps nothing; it asks. */
export async function buildLab(context: DeploymentContext): Promise<Deployment> {
  const parts = labParts(context)
  const app = context.createApplication()
  app.register(async (scope) => addApi(scope, parts), { prefix: '/api' })
  app.register(async (scope) => addPages(scope, parts))
  const forget = async () => parts.journal.forget()
  return { app, reset: forget, resume: forget }
}

function addApi(scope: FastifyInstance, parts: LabParts): void {
  guardOrigin(scope, parts.self)
  speakJson(scope)
  registerApiRoutes(scope, apiRoutes(parts))
}

function addPages(scope: FastifyInstance, parts: LabParts): void {
  guardOrigin(scope, parts.self)
  guardForms(scope, parts.self)
  surfaceErrors(scope, (error, _request, reply) => {
    const detail = error instanceof LabError ? error.detail : undefined
    return sendPage(reply, problemPage({ status: error.status, message: error.message, detail }), error.status)
  })
  registerPageRoutes(scope, parts)
}
