import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type PageView, sendPage } from '#shared/html/document.ts'
import { LabError } from './errors.ts'
import { gatherPerson, gatherTenant, type Said } from './pages/tenant/gather-tenant.ts'
import { personPage } from './pages/tenant/person-page.ts'
import { tenantPage } from './pages/tenant/tenant-page.ts'
import type { LabParts } from './parts.ts'
import { noteChange } from './tenant/tenant-row.ts'
import { type Parameters, personActions, type TenantAction, tenantActions } from './tenant-actions.ts'
import { noticeSchema, urls, withNotice } from './urls.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply, parts: LabParts) => Promise<unknown>

/** A page, and the address that its forms lead back to. */
interface Place {
  readonly address: (parameters: Parameters) => string
  readonly show: (parts: LabParts, parameters: Parameters, said: Said) => Promise<PageView>
}

const tenant: Place = {
  address: () => urls.tenant,
  show: async (parts, _parameters, said) => tenantPage(await gatherTenant(parts, said)),
}

const person: Place = {
  address: ({ upn = '' }) => urls.person(upn),
  show: async (parts, { upn = '' }, said) => personPage(await gatherPerson(parts, upn, said)),
}

export const tenantPageRoutes: readonly { method: 'GET' | 'POST'; path: string; handle: Handler }[] = [
  { method: 'GET', path: '/tenant', handle: shown(tenant) },
  { method: 'GET', path: '/people/:upn', handle: shown(person) },
  // Where the browser stands after a pass was told.
  { method: 'GET', path: '/people/:upn/access-pass', handle: shown(person) },
  ...tenantActions.map(
    (action) => ({ method: 'POST', path: action.path, handle: carriedOut(action, tenant) }) as const,
  ),
  ...personActions.map(
    (action) => ({ method: 'POST', path: action.path, handle: carriedOut(action, person) }) as const,
  ),
]

function shown({ show }: Place): Handler {
  return async (request, reply, parts) => {
    const { done } = z.object({ done: noticeSchema }).parse(request.query)
    return sendPage(reply, await show(parts, request.params as Parameters, { notice: done }))
  }
}

/** What cannot be done as things stand is told on the page itself. */
function carriedOut({ decision, notice, act }: TenantAction, { address, show }: Place): Handler {
  return async (request, reply, parts) => {
    const parameters = request.params as Parameters
    try {
      const told = await act(parts, parameters, request.body ?? {})
      noteChange(request, decision, parameters)
      if (!told) return await reply.redirect(withNotice(address(parameters), notice), 303)
      return await sendPage(reply, await show(parts, parameters, { notice, ...told }), 201)
    } catch (error) {
      if (!(error instanceof LabError) || !['conflict', 'invalidRequest'].includes(error.code)) throw error
      request.recording.note({ decision: error.code, reason: error.reason })
      return await sendPage(reply, await show(parts, parameters, { problem: problemText(error) }), error.status)
    }
  }
}

function problemText({ message, detail }: LabError): string {
  const problems = z.array(z.object({ at: z.string(), message: z.string() })).safeParse(detail).data ?? []
  return [message, ...problems.map((problem) => `${problem.at.replace(/^form\./, '')}: ${problem.message}`)].join(' ')
}
