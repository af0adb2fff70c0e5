import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sendPage } from '#shared/html/document.ts'
import { read } from './api/route.ts'
import { moveClients, readGateways } from './connect/gateways.ts'
import { moveSchema } from './connect/routes.ts'
import { readHealth, setRunning } from './deployments/deployments.ts'
import { stoppable } from './deployments/routes.ts'
import { LabError } from './errors.ts'
import { type NetworkView, networkPage } from './pages/network/network-page.ts'
import { stackTime } from './pages/stack-time.ts'
import type { LabParts } from './parts.ts'
import { addressOf } from './protection/guard.ts'
import { type Notice, noticeSchema, urls, withNotice } from './urls.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply, parts: LabParts) => Promise<unknown>

export const networkPageRoutes: readonly { method: 'GET' | 'POST'; path: string; handle: Handler }[] = [
  { method: 'GET', path: '/network', handle: showNetwork },
  { method: 'POST', path: '/network/deployments/:name', handle: told(runOrStop) },
  { method: 'POST', path: '/network/gateways/:zone', handle: told(move) },
]

async function showNetwork(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { done } = z.object({ done: noticeSchema }).parse(request.query)
  return sendPage(reply, networkPage(await viewOf(request, parts, { notice: done })))
}

async function viewOf(request: FastifyRequest, parts: LabParts, more: Partial<NetworkView>): Promise<NetworkView> {
  const { manage, plans, scenario } = parts
  const [deployments, gateways, time] = await Promise.all([
    readHealth(manage, plans),
    readGateways(manage, addressOf(request)),
    stackTime(parts),
  ])
  return { deployments, gateways, time, locations: locationsOf(scenario), ...more }
}

/** What cannot be done is told on the page itself. */
function told(act: (request: FastifyRequest, parts: LabParts) => Promise<Notice>): Handler {
  return async (request, reply, parts) => {
    try {
      return await reply.redirect(withNotice(urls.network, await act(request, parts)), 303)
    } catch (error) {
      if (!(error instanceof LabError) || !['conflict', 'invalidRequest', 'notFound'].includes(error.code)) throw error
      return sendPage(reply, networkPage(await viewOf(request, parts, { problem: error.message })), error.status)
    }
  }
}

const runSchema = z.object({ running: z.enum(['true', 'false']).transform((value) => value === 'true') })

async function runOrStop(request: FastifyRequest, { manage, plans }: LabParts): Promise<Notice> {
  const { name } = read(z.object({ name: z.string() }), request.params, 'path')
  const { running } = read(runSchema, request.body, 'form')
  await setRunning(manage, stoppable(plans, name), running)
  const decision = running ? 'deploymentStarted' : 'deploymentStopped'
  request.recording.note({ decision, detail: { name } })
  return running ? 'started' : 'stopped'
}

const moveFormSchema = z
  .object({ clientAddress: z.string().trim() })
  .transform(({ clientAddress }) => ({ clientAddress: clientAddress === '' ? null : clientAddress }))
  .pipe(moveSchema)

async function move(request: FastifyRequest, { manage }: LabParts): Promise<Notice> {
  const { zone } = read(z.object({ zone: z.enum(['internet', 'corp']) }), request.params, 'path')
  const { clientAddress } = read(moveFormSchema, request.body, 'form')
  await moveClients(manage, zone, clientAddress)
  request.recording.note({ decision: 'clientsMoved', detail: { zone, clientAddress } })
  return 'moved'
}

function locationsOf({ entra }: LabParts['scenario']): NetworkView['locations'] {
  return entra.namedLocations.flatMap((location) => {
    const ranges = 'ipRanges' in location ? (location.ipRanges ?? []) : []
    return ranges.length > 0 ? [{ name: location.displayName, ranges }] : []
  })
}
