import type { FastifyReply, FastifyRequest } from 'fastify'
import type { StepId } from '#shared/flows.ts'
import type { Deployment, DeploymentContext } from '#shared/stack/deployment.ts'
import { askActiveSync } from './ask-active-sync.ts'
import { askAutoDiscover } from './ask-auto-discover.ts'
import { type Detection, detectionOf, type Findings } from './detection.ts'
import { type Question, readQuestion } from './read-question.ts'

/** Outlook mobile's AutoDetect: where a mailbox is, and where its owner signs in. It keeps nothing. */
export async function buildAutodetect(context: DeploymentContext): Promise<Deployment> {
  const app = context.createApplication()
  for (const path of ['/detect', '/autodetect/detect'])
    app.get(path, (request, reply) => answerDetect(request, reply, context))
  return { app, reset: async () => {} }
}

async function answerDetect(request: FastifyRequest, reply: FastifyReply, context: DeploymentContext) {
  const question = readQuestion(request)
  if (!question) {
    request.recording.note({ decision: 'noAddress', reason: 'neither X-Email nor Basic nor email= has an address' })
    return reply.code(400).send({ error: 'An e-mail address is missing.' })
  }
  const findings = await search(request, question, context)
  const detection = detectionOf(findings, context.scenario.autodetect.providers)
  for (const step of stepsOf(detection)) request.recording.note({ step })
  request.recording.note({
    decision: detection ? 'detected' : 'nothingFound',
    user: question.address,
    reason: reasonOf(findings),
  })
  reply.header('x-request-id', request.id)
  return detection ? reply.send(detection) : reply.code(204).send()
}

async function search(
  { id, correlationId }: FastifyRequest,
  { address, timeoutMs }: Question,
  { http }: DeploymentContext,
): Promise<Findings> {
  const hop = { http, parent: id, correlationId, signal: AbortSignal.timeout(timeoutMs) }
  const autoDiscover = await askAutoDiscover(hop, address)
  if (autoDiscover.outcome !== 'found') return { address, autoDiscover }
  return { address, autoDiscover, activeSync: await askActiveSync(hop, autoDiscover.url) }
}

/** The first and the last hop of the flow that the mailbox is in. */
function stepsOf(detection: Detection | undefined): readonly StepId[] {
  const [service] = detection?.services ?? []
  if (!service) return []
  return service.onprem === undefined ? ['MOBILE-ONLINE-1', 'MOBILE-ONLINE-5'] : ['MOBILE-ONPREM-1', 'MOBILE-ONPREM-6']
}

function reasonOf({ autoDiscover, activeSync }: Findings): string {
  if (autoDiscover.outcome === 'broken') return `AutoDiscover: ${autoDiscover.reason}`
  const where = `AutoDiscover named ${autoDiscover.url} after ${autoDiscover.redirects} redirects`
  if (activeSync?.outcome === 'unusable') return `${where}; ${activeSync.reason}`
  if (activeSync?.outcome === 'insecure') return `${where}; its certificate: ${activeSync.problem}`
  return `${where}; ActiveSync: ${activeSync?.outcome}`
}
