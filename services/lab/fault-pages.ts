import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sendPage } from '#shared/html/document.ts'
import { read } from './api/route.ts'
import { LabError } from './errors.ts'
import { activeFaults, faultCatalogue, faultParametersSchema, turnOff, turnOn } from './faults/fault-catalogue.ts'
import { type FaultPageView, faultPage } from './pages/faults/fault-page.ts'
import { stackTime } from './pages/stack-time.ts'
import type { LabParts } from './parts.ts'
import { everywhere } from './peers/everywhere.ts'
import { noticeSchema, urls, withNotice } from './urls.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply, parts: LabParts) => Promise<unknown>

export const faultPageRoutes: readonly { method: 'GET' | 'POST'; path: string; handle: Handler }[] = [
  { method: 'GET', path: '/faults', handle: showFaults },
  { method: 'POST', path: '/faults', handle: mendEverything },
  { method: 'POST', path: '/faults/:id', handle: turnFaultOn },
  { method: 'POST', path: '/faults/:id/off', handle: turnFaultOff },
]

const idSchema = z.object({ id: z.string() })
const empty = (value: unknown) => (value === '' ? undefined : value)
const number = z.preprocess(empty, z.coerce.number().optional())
const word = z.preprocess((value) => (typeof value === 'string' ? empty(value.trim()) : value), z.string().optional())

const formSchema = z
  .object({
    ...{ user: word, path: word, deployment: word },
    ...{ count: number, probability: number, delayMs: number, retryAfterSeconds: number },
  })
  .transform((form) => form as z.input<typeof faultParametersSchema>)
  .pipe(faultParametersSchema)

async function showFaults(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { q, done } = z.object({ q: z.string().default('').catch(''), done: noticeSchema }).parse(request.query)
  return sendPage(reply, faultPage(await viewOf(parts, { filter: q.trim(), notice: done })))
}

async function viewOf(parts: LabParts, more: Partial<FaultPageView>): Promise<FaultPageView> {
  const [active, time] = await Promise.all([activeFaults(parts), stackTime(parts)])
  return {
    ...{ catalogue: faultCatalogue, active, time, filter: '' },
    deployments: parts.deployments,
    users: parts.scenario.users.map((each) => each.userPrincipalName),
    ...more,
  }
}

async function turnFaultOn(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { id } = read(idSchema, request.params, 'path')
  try {
    await turnOn(parts, id, read(formSchema, request.body, 'form'))
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== 'invalidRequest') throw error
    const details = z.array(z.object({ at: z.string(), message: z.string() })).safeParse(error.detail).data ?? []
    const problem = [error.message, ...details.map(({ at, message }) => `${at}: ${message}`)].join(' ')
    return sendPage(reply, faultPage(await viewOf(parts, { problem })), error.status)
  }
  request.recording.note({ decision: 'faultTurnedOn', detail: { fault: id } })
  return reply.redirect(withNotice(urls.faults, 'faultOn'), 303)
}

async function turnFaultOff(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { id } = read(idSchema, request.params, 'path')
  await turnOff(parts, id)
  request.recording.note({ decision: 'faultTurnedOff', detail: { fault: id } })
  return reply.redirect(withNotice(urls.faults, 'faultOff'), 303)
}

async function mendEverything(request: FastifyRequest, reply: FastifyReply, { manage, deployments }: LabParts) {
  await everywhere(manage, deployments, '/faults', { method: 'PUT', json: { faults: [] } })
  request.recording.note({ decision: 'faultsCleared' })
  return reply.redirect(withNotice(urls.faults, 'faultOff'), 303)
}
