import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type FlowId, flows } from '#shared/flows.ts'
import { sendPage } from '#shared/html/document.ts'
import { read } from './api/route.ts'
import { readGateways } from './connect/gateways.ts'
import { harOf } from './diagrams/har.ts'
import { conversationOf, diagramView } from './diagrams/routes.ts'
import { sequenceOf } from './diagrams/sequence.ts'
import { instructionsFor, walkerFor } from './flows/instructions.ts'
import { flowIdOf } from './flows/routes.ts'
import { variantsOf, walksOf } from './flows/walks.ts'
import { conversationPage } from './pages/conversation/conversation-page.ts'
import { flowListPage, flowPage } from './pages/flows/flow-pages.ts'
import { stackTime } from './pages/stack-time.ts'
import { tourPage } from './pages/tour/tour-page.ts'
import type { LabParts } from './parts.ts'
import { unlessUnreachable } from './peers/ask.ts'
import { addressOf } from './protection/guard.ts'
import { readSignIns } from './sign-ins/sign-ins.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply, parts: LabParts) => Promise<unknown>

const idSchema = z.object({ id: z.string() })

/** Conversations as diagrams, and the documented flows. */
export const seePageRoutes: readonly { method: 'GET'; path: string; handle: Handler }[] = [
  { method: 'GET', path: '/journal/:id', handle: showConversation },
  { method: 'GET', path: '/journal/:id/mermaid', handle: sendMermaid },
  { method: 'GET', path: '/journal/:id/har', handle: sendHar },
  { method: 'GET', path: '/journal/:id/json', handle: sendJson },
  { method: 'GET', path: '/flows', handle: showFlows },
  { method: 'GET', path: '/flows/:id', handle: showFlow },
  { method: 'GET', path: '/tour', handle: showTour },
]

async function showConversation(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { id } = read(idSchema, request.params, 'path')
  const [flow, time, signIns, findAnchor] = await Promise.all([
    conversationOf(parts, id),
    stackTime(parts),
    unlessUnreachable(readSignIns(parts.manage, { limit: 1000 })),
    parts.errorGuide.anchors(),
  ])
  const explained = new Set(signIns?.map((each) => each.id))
  return sendPage(
    reply,
    conversationPage({ flow, sequence: sequenceOf(flow.events, flow.stopped), signIns: explained, findAnchor, time }),
  )
}

async function sendMermaid(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { mermaid } = diagramView(await conversation(request, parts))
  return asFile(reply, 'conversation.mmd', 'text/plain').send(mermaid)
}

async function sendHar(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { events } = await conversation(request, parts)
  return asFile(reply, 'conversation.har', 'application/json').send(JSON.stringify(harOf(events), undefined, 2))
}

async function sendJson(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const view = diagramView(await conversation(request, parts))
  return asFile(reply, 'conversation.json', 'application/json').send(JSON.stringify(view, undefined, 2))
}

function conversation(request: FastifyRequest, parts: LabParts) {
  return conversationOf(parts, read(idSchema, request.params, 'path').id)
}

function asFile(reply: FastifyReply, name: string, type: string): FastifyReply {
  return reply
    .type(`${type}; charset=utf-8`)
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-store')
}

async function showFlows(_request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const [{ events }, time] = await Promise.all([parts.journal.collect(), stackTime(parts)])
  const ids = Object.keys(flows) as FlowId[]
  return sendPage(reply, flowListPage({ walks: new Map(ids.map((id) => [id, walksOf(id, events)])), time }))
}

async function showTour(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const lab = `http://${addressOf(request)}`
  const [{ events }, time, gateways] = await Promise.all([
    parts.journal.collect(),
    stackTime(parts),
    readGateways(parts.manage, addressOf(request)),
  ])
  const walker = walkerFor(parts.scenario, 'online')
  const walks = walksOf('WEB-ONLINE', events)
  const proxy = gateways.find(({ zone }) => zone === 'internet')?.proxy ?? lab
  const walk = walks.find(({ user }) => user === walker.upn) ?? walks.find(({ user }) => user === undefined)
  return sendPage(reply, tourPage({ walker, walk, lab, proxy, time }))
}

async function showFlow(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const id = flowIdOf(read(idSchema, request.params, 'path').id)
  const { user } = z.object({ user: z.string().trim().default('').catch('') }).parse(request.query)
  const address = addressOf(request)
  const [{ events }, time, gateways] = await Promise.all([
    parts.journal.collect(),
    stackTime(parts),
    readGateways(parts.manage, address),
  ])
  const walks = walksOf(id, events)
  const shown = walks.find((walk) => user === '' || walk.user === user.toLowerCase())
  const lab = `http://${address}`
  const proxy = gateways.find(({ zone }) => zone === 'internet')?.proxy ?? lab
  return sendPage(
    reply,
    flowPage({
      ...{ id, walks, shown, user, time, variants: variantsOf(id, events) },
      users: parts.scenario.users.map((each) => each.userPrincipalName),
      instructions: instructionsFor(id, { scenario: parts.scenario, lab, proxy }),
    }),
  )
}
