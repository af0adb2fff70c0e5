import type { FastifyReply, FastifyRequest } from 'fastify'
import { announcesDeviceAuthentication } from '#shared/device-authentication/device-answer.ts'
import { EntraError, type EntraErrorKey, isRedirectable } from '../errors.ts'
import { advance, refusal, settle } from '../sign-in/advance.ts'
import type { Conversation } from '../sign-in/conversation.ts'
import { note } from '../sign-in/journal.ts'
import type { NextStep } from '../sign-in/next-step.ts'
import type { Exchange, SignInServices } from '../sign-in/services.ts'
import { signInRecord } from '../sign-in/sign-in-record.ts'
import { answer } from '../sign-in/steps/answer.ts'
import { challengeDevice } from '../sign-in/steps/authenticate-device.ts'
import { tenantSegment } from '../tenants.ts'
import { type EndpointVersion, loginHost } from '../urls.ts'
import { answerError } from './answer-client.ts'
import { readAuthorizeParameters } from './authorize-parameters.ts'
import {
  type AuthorizeRequest,
  checkedRequest,
  identifiedClient,
  type RequestPlace,
  replyAddress,
} from './authorize-request.ts'
import { hintedAccount } from './hinted-account.ts'

export function authorizeEndpoint(services: SignInServices, version: EndpointVersion) {
  return async (
    request: FastifyRequest<{ Params: { tenant: string } }>,
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    const tenant = tenantSegment(services.config, request.params.tenant)
    // Cookies and the federation's way back belong to one host, whichever alias the client knows.
    if (request.hostname !== loginHost) {
      return reply.redirect(`https://${loginHost}${request.url}`, request.method === 'GET' ? 302 : 307)
    }
    const authorize = await readRequest(services, { request, reply }, { version, tenant })
    if (!authorize) return reply
    if (authorize.prompt === 'none') return answerSilently(services, { request, reply }, authorize)
    const progress = authorize.loginHint === undefined ? {} : { username: authorize.loginHint }
    return advance(services, { request, reply }, services.conversations.begin(request, reply, authorize, progress))
  }
}

async function readRequest(
  services: SignInServices,
  exchange: Exchange,
  place: RequestPlace,
): Promise<AuthorizeRequest | undefined> {
  const { config } = services
  const { request } = exchange
  const read = readAuthorizeParameters(request.method === 'POST' ? request.body : request.query)
  const { parameters } = read
  const client = identifiedClient(config, place.tenant, parameters)
  note(request, { clientId: client.appId }, 'asked', {})
  const address = { ...replyAddress(client, parameters), version: place.version }
  return orAnswer(services, exchange, address, async () => {
    read.checkAll()
    const authorize = checkedRequest(config, client, place, parameters)
    if (authorize.loginHint !== undefined) return authorize
    const hints = { idToken: parameters.id_token_hint, sid: parameters.sid }
    return { ...authorize, loginHint: await hintedAccount(services, request, hints) }
  })
}

/** A refusal that is the client's business is answered at its redirect URI; the others stay for the error page. */
async function orAnswer(
  { clock }: SignInServices,
  { request, reply }: Exchange,
  address: Parameters<typeof answerError>[2],
  check: () => Promise<AuthorizeRequest>,
): Promise<AuthorizeRequest | undefined> {
  try {
    return await check()
  } catch (error) {
    if (!(error instanceof EntraError) || !isRedirectable(error)) throw error
    request.recording.note({ decision: error.code, reason: error.reason })
    await answerError(request, reply, address, error, clock.now())
    return undefined
  }
}

/** prompt=none: an answer out of the session, or an error by redirect; never a page. */
async function answerSilently(
  services: SignInServices,
  exchange: Exchange,
  authorize: AuthorizeRequest,
): Promise<FastifyReply> {
  const { request, reply } = exchange
  const { conversation, facts, step } = await settle(services, exchange, unsaved(request, authorize))
  if (step.step !== 'authenticateDevice') return finishSilently(services, exchange, conversation)
  // The device answers in a request of its own, so there must be something to come back to.
  const saved = services.conversations.begin(request, reply, authorize, conversation.progress)
  await services.conversations.save(saved)
  return challengeDevice(services, exchange, { conversation: saved, facts, step })
}

export async function finishSilently(
  services: SignInServices,
  exchange: Exchange,
  begun: Conversation,
): Promise<FastifyReply> {
  const { request, reply } = exchange
  const { conversation, facts, step } = await settle(services, exchange, begun)
  if (step.step === 'answer') return answer(services, exchange, { conversation, facts, persistent: step.persistent })
  const error = silentRefusal(services, conversation, step)
  const end = {
    conversation,
    decision: facts.decision,
    person: facts.person,
    errorCode: error.facts.aadsts,
    failureReason: error.message,
  }
  await services.signIns.add(signInRecord(services.config, request, end))
  await services.conversations.end(conversation)
  note(request, conversation.request, undefined, { decision: error.code, reason: error.reason })
  return answerError(request, reply, conversation.request, error, services.clock.now())
}

function unsaved(request: FastifyRequest, authorize: AuthorizeRequest): Conversation {
  const { correlationId } = request
  const progress = authorize.loginHint === undefined ? {} : { username: authorize.loginHint }
  const answersDeviceChallenges = announcesDeviceAuthentication(request.headers)
  const nothing = { id: '', browser: '', flowToken: '', canary: '' }
  return { ...nothing, correlationId, answersDeviceChallenges, request: authorize, progress }
}

const silentErrors: Partial<Record<NextStep['step'], EntraErrorKey>> = {
  chooseAccount: 'selectAccount',
  secondFactor: 'mfaRequired',
  registerSecondFactor: 'mfaRegistrationRequired',
  installBroker: 'brokerNotInstalled',
  changePassword: 'passwordChangeRequired',
  acceptTerms: 'externalChallenge',
  consent: 'consentNeeded',
  staySignedIn: 'keepSignedInInterrupt',
}

function silentRefusal(services: SignInServices, conversation: Conversation, step: NextStep): EntraError {
  if (step.step === 'refuse') return refusal(services, conversation, step)
  const { request } = conversation
  const client = services.config.applications.byId(request.clientId)
  return new EntraError(silentErrors[step.step] ?? 'noSession', {
    values: {
      resource: request.access.resource?.appId ?? request.clientId,
      appId: request.clientId,
      name: client?.displayName ?? '',
    },
    reason: `prompt=none, and the next step would be ${step.step}: ${step.reason}`,
  })
}
