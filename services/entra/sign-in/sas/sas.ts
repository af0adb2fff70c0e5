import type { FastifyReply, FastifyRequest } from 'fastify'
import { EntraError } from '../../errors.ts'
import { type Conversation, contextOf } from '../conversation.ts'
import { note } from '../journal.ts'
import type { SignInServices } from '../services.ts'
import { begun, ownerOf, withSecondFactor } from '../steps/second-factor.ts'
import { readSasRequest, type SasAnswer, type SasRequest, sasBody, sasOutcomes } from './sas-messages.ts'

/** The second factor as scripts and programs drive it; ProcessAuth, a form, goes on with what EndAuth reached. */
export function beginAuth(services: SignInServices) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const sas = requiredRequest(request.body)
    const conversation = await resumed(services, request, sas)
    const methods = await services.mfa.methodsOf(conversation.progress.firstFactor?.objectId ?? '')
    const method = methods.find(({ authMethodId }) => authMethodId === sas.authMethodId)
    // A passkey is a ceremony of the page, not a session.
    if (!method || method.type === 'fido2') {
      note(request, conversation.request, 'restricted', {
        decision: 'methodRefused',
        reason: `${sas.authMethodId} is not registered`,
      })
      return send(services, reply, conversation, sas, {
        success: false,
        result: 'AuthenticationMethodNotConfigured',
        retry: false,
        errorCode: 500121,
      })
    }
    const { secondFactor } = conversation.progress
    const same = secondFactor?.authMethodId === sas.authMethodId && !secondFactor.over
    const wanted = same ? conversation : withSecondFactor(conversation, { authMethodId: sas.authMethodId })
    const current = await begun(services, { request, reply }, wanted, methods)
    const user = current.progress.firstFactor?.userPrincipalName ?? ''
    note(request, current.request, 'restricted', {
      decision: 'secondFactorAsked',
      user,
      detail: { method: sas.authMethodId },
    })
    return send(services, reply, current, sas, { success: true, result: 'Success', retry: false })
  }
}

export function endAuth(services: SignInServices) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const sas = request.method === 'GET' ? requestOfHeaders(request) : requiredRequest(request.body)
    const conversation = await resumed(services, request, sas)
    const sessionId = openSession(conversation, sas.sessionId)
    const result =
      sessionId === undefined ? 'NoSuchSession' : await services.mfa.verify(sessionId, ownerOf(conversation), sas.code)
    const outcome = sasOutcomes[result]
    const user = conversation.progress.firstFactor?.userPrincipalName ?? ''
    const failed = outcome.errorCode !== 0
    note(request, conversation.request, result === 'Pending' ? 'restricted' : 'requirement', {
      decision: `secondFactor: ${result}`,
      user,
      ...(failed && { reason: `second factor: ${result}` }),
    })
    return send(services, reply, conversation, sas, outcome)
  }
}

/** Of the second factor, or of a method that is being tried for registration. */
function openSession({ progress }: Conversation, asked: string | undefined): string | undefined {
  const { secondFactor, registration } = progress
  return [secondFactor?.sessionId, registration?.sessionId].find((each) => each !== undefined && each === asked)
}

function requiredRequest(body: unknown): SasRequest {
  const sas = readSasRequest(body)
  if (!sas)
    throw new EntraError('malformedJson', { reason: 'the body is no JSON with AuthMethodId, Ctx and FlowToken' })
  return sas
}

/** GET EndAuth carries in headers what POST carries in its body. */
function requestOfHeaders({ headers, query }: FastifyRequest): SasRequest {
  const one = (name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined)
  const { authMethodId } = query as { authMethodId?: string }
  return {
    authMethodId: authMethodId ?? '',
    context: one('x-ms-ctx'),
    flowToken: one('x-ms-flowtoken'),
    sessionId: one('x-ms-sessionid'),
    code: undefined,
  }
}

async function resumed(
  { conversations }: SignInServices,
  request: FastifyRequest,
  sas: SasRequest,
): Promise<Conversation> {
  const conversation = await conversations.resume(request, {
    context: sas.context,
    flowToken: sas.flowToken,
    needs: 'flowToken',
  })
  if (!conversation.progress.firstFactor)
    throw new EntraError('flowTokenExpired', { reason: 'the second factor comes after the first' })
  return conversation
}

function send(
  { clock }: SignInServices,
  reply: FastifyReply,
  conversation: Conversation,
  { authMethodId, sessionId }: SasRequest,
  outcome: Pick<SasAnswer, 'success' | 'result' | 'retry' | 'errorCode' | 'message'>,
): FastifyReply {
  const { flowToken, correlationId, progress } = conversation
  const answer = {
    ...outcome,
    authMethodId,
    flowToken,
    correlationId,
    context: contextOf(conversation),
    sessionId: progress.secondFactor?.sessionId ?? sessionId ?? '',
    entropy: progress.secondFactor?.entropy,
  }
  return reply.header('cache-control', 'no-store, no-cache').send(sasBody(answer, clock.now()))
}
