import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sendPage } from '#shared/html/document.ts'
import { read } from './api/route.ts'
import { browserCommand } from './connect/client-settings.ts'
import { addressSchema, foundWalk, labOf, wholeWay } from './outlook-mobile/routes.ts'
import { connect, signInAutomatically, startWalk, takeAnswer } from './outlook-mobile/simulator.ts'
import type { Walk } from './outlook-mobile/walk.ts'
import { viewOfWalk } from './outlook-mobile/walk-view.ts'
import { outlookMobileStartPage } from './pages/outlook-mobile/start-page.ts'
import { outlookMobileWalkPage } from './pages/outlook-mobile/walk-page.ts'
import { stackTime } from './pages/stack-time.ts'
import type { LabParts } from './parts.ts'
import { urls } from './urls.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply, parts: LabParts) => Promise<unknown>

export const outlookMobilePageRoutes: readonly { method: 'GET' | 'POST'; path: string; handle: Handler }[] = [
  { method: 'GET', path: '/outlook-mobile', handle: showStart },
  { method: 'POST', path: '/outlook-mobile', handle: start },
  { method: 'GET', path: '/outlook-mobile/return', handle: comeBack },
  { method: 'GET', path: '/outlook-mobile/walks/:id', handle: showWalk },
  {
    method: 'POST',
    path: '/outlook-mobile/walks/:id/sign-in',
    handle: step(({ simulator }, walk) => signInAutomatically(simulator, walk)),
  },
  {
    method: 'POST',
    path: '/outlook-mobile/walks/:id/connect',
    handle: step(({ simulator }, walk) => connect(simulator, walk)),
  },
  { method: 'POST', path: '/outlook-mobile/walks/:id/answer', handle: step(handOver) },
]

const startSchema = z.object({
  address: addressSchema,
  signIn: z.enum(['browser', 'automatic']).default('browser'),
  device: z
    .literal('true')
    .optional()
    .transform((checked) => checked === 'true'),
})
const idSchema = z.object({ id: z.guid() })
const answerSchema = z.object({ url: z.string().min(1).max(16_384) })
/** What Entra ID sends; the state is the id of the walk. */
const returnSchema = z.looseObject({ state: z.guid() })

async function showStart(_request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const accounts = parts.scenario.users.flatMap(({ userPrincipalName: address, mailbox }) =>
    mailbox ? [{ address, mailbox: mailbox.location === 'online' ? 'online' : 'on-premises' }] : [],
  )
  const { walks } = parts.simulator
  return sendPage(reply, outlookMobileStartPage({ accounts, walks: walks.list(), time: await stackTime(parts) }))
}

async function start(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { address, signIn, device } = read(startSchema, request.body ?? {}, 'form')
  request.recording.note({ decision: 'outlookMobileStarted', detail: { address, signIn, device } })
  const begun = await startWalk(parts.simulator, { address, device }, labOf(request))
  const walk = signIn === 'automatic' ? await wholeWay(parts.simulator, begun) : begun
  return reply.redirect(urls.outlookMobileWalk(walk.id), 303)
}

async function showWalk(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { id } = read(idSchema, request.params, 'path')
  const [walk, time] = await Promise.all([
    viewOfWalk(parts.simulator, foundWalk(parts.simulator, id)),
    stackTime(parts),
  ])
  const { port } = new URL(labOf(request))
  return sendPage(
    reply,
    outlookMobileWalkPage({ walk, time, browserCommand: browserCommand('internet', `http://127.0.0.1:${port}`) }),
  )
}

/** The browser of the person, back from Entra ID. */
async function comeBack(request: FastifyRequest, reply: FastifyReply, { simulator }: LabParts) {
  const { state } = read(returnSchema, request.query, 'query')
  const walk = foundWalk(simulator, state)
  // A page that is loaded again has nothing new to say.
  const after = walk.state === 'signIn' ? await takeAnswer(simulator, walk, request.url) : walk
  return reply.redirect(urls.outlookMobileWalk(after.id), 303)
}

function handOver({ simulator }: LabParts, walk: Walk, request: FastifyRequest): Promise<Walk> {
  return takeAnswer(simulator, walk, read(answerSchema, request.body ?? {}, 'form').url)
}

function step(go: (parts: LabParts, walk: Walk, request: FastifyRequest) => Promise<Walk>): Handler {
  return async (request, reply, parts) => {
    const { id } = read(idSchema, request.params, 'path')
    const walk = await go(parts, foundWalk(parts.simulator, id), request)
    return reply.redirect(urls.outlookMobileWalk(walk.id), 303)
  }
}
