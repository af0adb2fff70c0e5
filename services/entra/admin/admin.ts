import { readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import type { ExpiringStore } from '#shared/store/expiring.ts'
import type { GraphServices } from '../graph/graph-services.ts'
import { adminUrls, endpointsOf, loginHost } from '../urls.ts'
import type { Viewer } from './pages/frame.ts'
import { problemPage } from './pages/problem-page.ts'
import { PortalError } from './portal-error.ts'
import { type Administrator, portalSessions, requireOwnForm } from './portal-session.ts'
import { portalSignIn } from './portal-sign-in.ts'

/*
 * entra.microsoft.com: the administrator's pages for Conditional Access, without scripts.
 * Owns its own sign-in (OpenID Connect at the authority of this tenant), forms and reports; policies are written by
 * the same code as through Microsoft Graph, and What If asks the same evaluator.
 */

export interface AdminParts {
  readonly graph: GraphServices
  readonly expiring: ExpiringStore
}

/** One request of somebody who may be here. */
export interface AdminCall {
  readonly graph: GraphServices
  readonly administrator: Administrator
  readonly viewer: Viewer
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

export type AdminHandler = (call: AdminCall) => Promise<FastifyReply>

/** `read`: every administrator; `write`: a form of those who may change policies. */
type Row = readonly [method: 'GET' | 'POST', url: string, access: 'read' | 'write', load: () => Promise<AdminHandler>]

// What writes and judges policies is loaded with the first page.
const rows: readonly Row[] = [
  ['GET', adminUrls.policies, 'read', async () => (await import('./policy-handlers.ts')).listPolicies],
  ['GET', adminUrls.newPolicy, 'read', async () => (await import('./policy-handlers.ts')).showNewPolicy],
  ['POST', adminUrls.newPolicy, 'write', async () => (await import('./policy-handlers.ts')).createPolicy],
  ['GET', adminUrls.newPolicyJson, 'read', async () => (await import('./policy-handlers.ts')).showNewPolicyJson],
  ['POST', adminUrls.newPolicyJson, 'write', async () => (await import('./policy-handlers.ts')).createPolicyFromJson],
  ['GET', '/policies/:id', 'read', async () => (await import('./policy-handlers.ts')).showPolicy],
  ['POST', '/policies/:id', 'write', async () => (await import('./policy-handlers.ts')).savePolicy],
  ['GET', '/policies/:id/json', 'read', async () => (await import('./policy-handlers.ts')).showPolicyJson],
  ['POST', '/policies/:id/json', 'write', async () => (await import('./policy-handlers.ts')).savePolicyJson],
  ['POST', '/policies/:id/state', 'write', async () => (await import('./policy-handlers.ts')).setState],
  ['GET', '/policies/:id/delete', 'read', async () => (await import('./policy-handlers.ts')).askToDelete],
  ['POST', '/policies/:id/delete', 'write', async () => (await import('./policy-handlers.ts')).deletePolicy],
  ['GET', adminUrls.report, 'read', async () => (await import('./report-handlers.ts')).showReport],
  ['GET', adminUrls.whatIf, 'read', async () => (await import('./report-handlers.ts')).showWhatIf],
]

const signInReturnPath = new URL(adminUrls.signInReturn).pathname

export function addAdmin(scope: FastifyInstance, parts: AdminParts): void {
  const { graph, expiring } = parts
  const sessions = portalSessions({ ...graph, expiring })
  const signIn = portalSignIn({ ...graph, expiring, sessions })
  surfaceErrors(scope, (error, _request, reply) => sendPage(reply, problemPage(error.message), error.status))
  addSignIn(scope, signIn, sessions)
  addRest(scope)
  for (const [method, url, access, load] of rows) {
    scope.route({
      method,
      url,
      handler: async (request, reply) => {
        const administrator = await sessions.administrator(request)
        if (!administrator) return signIn.leave(request, reply)
        admit(request, administrator, access)
        const handler = await load()
        return handler({ graph, administrator, viewer: viewerOf(graph, administrator), request, reply })
      },
    })
  }
}

function addSignIn(
  scope: FastifyInstance,
  signIn: ReturnType<typeof portalSignIn>,
  sessions: ReturnType<typeof portalSessions>,
): void {
  scope.get(adminUrls.signInAgain, (request, reply) => signIn.leave(request, reply, 'select_account'))
  scope.post(signInReturnPath, (request, reply) => signIn.arrive(request, reply))
  scope.post(adminUrls.signOut, async (request, reply) => {
    const administrator = await sessions.administrator(request)
    if (administrator) requireOwnForm(request, administrator)
    await sessions.end(request, reply)
    return reply.redirect(endpointsOf(2, loginHost, 'organizations').logout, 303)
  })
}

function addRest(scope: FastifyInstance): void {
  const style = readFileSync(new URL('./pages/admin.css', import.meta.url), 'utf8')
  scope.get(adminUrls.stylesheet, async (_request, reply) => reply.type('text/css; charset=utf-8').send(style))
  scope.get('/*', async (request) => {
    throw new PortalError('notFound', `${request.url.split('?')[0]} is not a page of the admin center`)
  })
}

function admit(request: FastifyRequest, administrator: Administrator, access: 'read' | 'write'): void {
  const { userPrincipalName } = administrator.person
  request.recording.note({ user: userPrincipalName })
  if (request.method === 'POST') requireOwnForm(request, administrator)
  if (access === 'write' && !administrator.mayWrite) {
    throw new PortalError('readOnly', `${userPrincipalName} may read policies only`)
  }
}

function viewerOf({ config }: GraphServices, { person, mayWrite, formToken }: Administrator): Viewer {
  return { organization: config.tenant.displayName, name: person.userPrincipalName, mayWrite, formToken }
}
