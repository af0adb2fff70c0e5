import { type KeyObject, X509Certificate } from 'node:crypto'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { ProvisioningError, readBody } from '../provisioning/provisioning-error.ts'
import { logonStatuses, type PassThroughBroker } from './broker.ts'

export interface PassThroughParts {
  readonly host: string
  readonly passThrough: PassThroughBroker
  readonly caPem: string
  /** The deployment that the agents run on. */
  readonly connectServer: string
}

const pollSchema = z.strictObject({ agentCertificate: z.base64() })
const answerSchema = z.strictObject({ status: z.enum(logonStatuses) })

/** Agents come from inside the network and ask for work; nothing ever connects to them. */
export function addPassThroughRoutes(scope: FastifyInstance, parts: PassThroughParts): void {
  const { passThrough } = parts
  const constraints = { host: parts.host }
  const agentKeyOf = agentKeys(parts)
  scope.post('/provisioning/:tenantId/passthrough/poll', { constraints }, async (request, reply) => {
    const { agentCertificate } = readBody(pollSchema, request.body)
    const agentKey = agentKeyOf(agentCertificate)
    const hungUp = hangUpOf(reply)
    const validation = await passThrough.poll(agentKey, hungUp)
    if (!validation) return reply.code(204).send()
    const giveBack = () => void passThrough.giveBack(validation.requestId).catch(() => undefined)
    reply.raw.once('close', giveBack).once('finish', () => reply.raw.off('close', giveBack))
    request.recording.note({ decision: 'validationHandedToAgent', user: validation.userPrincipalName })
    return validation
  })
  scope.post('/provisioning/:tenantId/passthrough/:requestId', { constraints }, async (request, reply) => {
    const { requestId } = request.params as { requestId: string }
    const { status } = readBody(answerSchema, request.body)
    if (!(await passThrough.answer(requestId, status))) {
      throw new ProvisioningError('noSuchRequest', 'the sign-in gave up waiting, or the request was never handed out')
    }
    request.recording.note({ decision: 'agentAnswered', reason: status })
    return reply.code(204).send()
  })
}

function hangUpOf(reply: FastifyReply): AbortSignal {
  const hangUp = new AbortController()
  reply.raw.once('close', () => hangUp.abort())
  return hangUp.signal
}

/** An agent asks again as soon as it has its answer, always with the same certificate: the last good one is remembered. */
function agentKeys(parts: PassThroughParts): (agentCertificate: string) => KeyObject {
  let last: { readonly certificate: string; readonly key: KeyObject } | undefined
  return (certificate) => {
    if (last?.certificate !== certificate) last = { certificate, key: verifiedKeyOf(certificate, parts) }
    return last.key
  }
}

/** The password is encrypted for this key, so it must be that of the agent's own machine. */
function verifiedKeyOf(agentCertificate: string, { caPem, connectServer }: PassThroughParts): KeyObject {
  const certificate = parseCertificate(agentCertificate)
  const authority = new X509Certificate(caPem)
  if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) {
    throw new ProvisioningError('foreignAgent', "the agent certificate is not issued by the stack's CA")
  }
  if (!certificate.subject.split('\n').includes(`CN=${connectServer}`)) {
    throw new ProvisioningError('foreignAgent', `the agent certificate is not ${connectServer}'s`)
  }
  return certificate.publicKey
}

function parseCertificate(base64: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'))
  } catch (error) {
    throw new ProvisioningError('malformed', `agentCertificate: ${error instanceof Error ? error.message : error}`)
  }
}
