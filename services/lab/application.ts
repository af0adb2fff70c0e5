import type { FastifyInstance } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { registerApiRoutes } from './api/route.ts'
import { apiRoutes } from './api/routes.ts'
import { speakJson, unreadablePath } from './api/surface.ts'
import { LabError } from './errors.ts'
import { registerPageRoutes } from './page-routes.ts'
import { problemPage } from './pages/problem-page.ts'
import type { LabParts } from './parts.ts'
import { guardForms, guardOrigin } from './protection/guard.ts'
import { acceptUploads } from './uploads.ts'

/** Exports of whole tenants, and messages with files, in JSON. */
const largestBody = 64 * 1024 * 1024

/** The API and the pages, with everything that they need. */
export function labApplication(
  context: Pick<DeploymentContext, 'createApplication'>,
  parts: LabParts,
): FastifyInstance {
  const app = context.createApplication({ bodyLimit: largestBody, unreadablePath })
  app.register(async (scope) => addApi(scope, parts), { prefix: '/api' })
  app.register(async (scope) => addPages(scope, parts))
  return app
}

function addApi(scope: FastifyInstance, parts: LabParts): void {
  guardOrigin(scope, parts.self)
  speakJson(scope)
  registerApiRoutes(scope, apiRoutes(parts))
}

function addPages(scope: FastifyInstance, parts: LabParts): void {
  guardOrigin(scope, parts.self)
  guardForms(scope, parts.self)
  acceptUploads(scope)
  surfaceErrors(scope, (error, _request, reply) => {
    const detail = error instanceof LabError ? error.detail : undefined
    return sendPage(reply, problemPage({ status: error.status, message: error.message, detail }), error.status)
  })
  registerPageRoutes(scope, parts)
}
