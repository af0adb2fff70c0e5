import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sendPage } from '#shared/html/document.ts'
import { read } from './api/route.ts'
import { anchorOf } from './error-guide/error-guide.ts'
import type { PageRoute } from './page-actions.ts'
import { errorsPage } from './pages/errors/errors-page.ts'
import { stackTime } from './pages/stack-time.ts'
import type { LabParts } from './parts.ts'
import { urls } from './urls.ts'

/** The guide to all errors, and short addresses of its entries. */
export const errorPageRoutes: readonly PageRoute[] = [
  { method: 'GET', path: '/errors', handle: showErrors },
  { method: 'GET', path: '/errors/:code', handle: leadToError },
]

async function showErrors(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { q } = z.object({ q: z.string().trim().default('').catch('') }).parse(request.query)
  const [entries, all, time] = await Promise.all([
    parts.errorGuide.search(q),
    parts.errorGuide.entries(),
    stackTime(parts),
  ])
  return sendPage(reply, errorsPage({ entries, all: all.length, filter: q, time }))
}

async function leadToError(request: FastifyRequest, reply: FastifyReply) {
  const { code } = read(z.object({ code: z.string() }), request.params, 'path')
  return reply.redirect(urls.error(anchorOf(code)), 303)
}
