import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerError } from '../authorize/answer-client.ts'
import { EntraError } from '../errors.ts'
import { advance } from './advance.ts'
import type { Conversation, ConversationProof } from './conversation.ts'
import { gatherFacts } from './facts.ts'
import { type NextStep, nextStep } from './next-step.ts'
import type { Exchange, SignInServices } from './services.ts'
import { rememberChoice } from './stay-signed-in-choice.ts'
import { consentAccepted } from './steps/consent.ts'
import { accountChosen, named } from './steps/identify.ts'
import { trySigningIn } from './steps/password.ts'
import { finishSecondFactor, methodChosen } from './steps/second-factor.ts'
import { staySignedInAnswered } from './steps/stay-signed-in.ts'

type Form = Readonly<Record<string, string | undefined>>
type PostHandler = (services: SignInServices, exchange: Exchange, turn: PostTurn) => Promise<FastifyReply>

export interface PostTurn {
  readonly conversation: Conversation
  readonly form: Form
  /** What the conversation waits for; a form of an earlier page is answered with the page of now. */
  readonly awaits: NextStep['step']
  readonly facts: Awaited<ReturnType<typeof gatherFacts>>
}

/** Every form of the sign-in pages comes through here: it must belong to this browser's own conversation. */
export function pagePost(services: SignInServices, handle: PostHandler) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const form = formOf(request.body)
    const conversation = await services.conversations.resume(request, proofOf(form))
    const facts = await gatherFacts(services, { request, reply }, conversation)
    return handle(services, { request, reply }, { conversation, form, facts, awaits: nextStep(facts).step })
  }
}

/** Of a field that was sent twice the first value counts. */
function formOf(body: unknown): Form {
  const entries = Object.entries(typeof body === 'object' && body !== null ? body : {})
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? String(value[0]) : String(value)]),
  )
}

function proofOf(form: Form): ConversationProof {
  return { context: form.ctx ?? form.request, flowToken: form.flowToken, canary: form.canary, needs: 'everything' }
}

/** After a federated name, too: the person came back with the browser's button. */
const takesName = new Set<NextStep['step']>(['identify', 'password', 'federate', 'chooseAccount'])

/** `/common/login`: a user name, a password, or both at once. */
export async function login(
  services: SignInServices,
  exchange: Exchange,
  { conversation, form, awaits }: PostTurn,
): Promise<FastifyReply> {
  if (!takesName.has(awaits)) return advance(services, exchange, conversation)
  const username = (form.login ?? form.loginfmt ?? '').trim()
  if (username === '') return advance(services, exchange, conversation)
  const current = named(conversation, username)
  if (!form.passwd) return advance(services, exchange, current)
  const facts = await gatherFacts(services, exchange, current)
  if (nextStep(facts).step !== 'password') return advance(services, exchange, current)
  const result = await trySigningIn(services, exchange, current, form.passwd)
  return result.outcome === 'shown' ? result.reply : advance(services, exchange, result.conversation)
}

/** `/common/reprocess`: another account, or another method of the second factor. */
export async function reprocess(
  services: SignInServices,
  exchange: Exchange,
  { conversation, form, awaits }: PostTurn,
): Promise<FastifyReply> {
  if (form.account !== undefined && !conversation.progress.firstFactor) {
    return advance(services, exchange, accountChosen(conversation, form.account))
  }
  if (form.authMethodId !== undefined && awaits === 'secondFactor') {
    return advance(services, exchange, methodChosen(conversation, form.authMethodId))
  }
  return advance(services, exchange, conversation)
}

/** `/common/SAS/ProcessAuth`: the second factor's own form. */
export async function processAuth(
  services: SignInServices,
  exchange: Exchange,
  { conversation, form, facts, awaits }: PostTurn,
): Promise<FastifyReply> {
  if (awaits !== 'secondFactor') return advance(services, exchange, conversation)
  const code = form.otc?.replace(/\s/g, '')
  const result = await finishSecondFactor(services, exchange, { conversation, decision: facts.decision, code })
  return result.outcome === 'shown' ? result.reply : advance(services, exchange, result.conversation)
}

/** `/kmsi` */
export async function keepSignedIn(
  services: SignInServices,
  exchange: Exchange,
  { conversation, form, awaits }: PostTurn,
): Promise<FastifyReply> {
  if (awaits !== 'staySignedIn') return advance(services, exchange, conversation)
  const { objectId } = conversation.progress.firstFactor ?? {}
  if (form.DontShowAgain === 'true' && objectId !== undefined) {
    rememberChoice(exchange.request, exchange.reply, objectId, form.LoginOptions === '1')
  }
  return advance(services, exchange, staySignedInAnswered(conversation, form.LoginOptions))
}

/** `/common/Consent/Set` */
export async function setConsent(
  services: SignInServices,
  exchange: Exchange,
  { conversation, form, awaits }: PostTurn,
): Promise<FastifyReply> {
  if (awaits !== 'consent') return advance(services, exchange, conversation)
  if (form.acceptConsent === 'true') return advance(services, exchange, await consentAccepted(services, conversation))
  const error = new EntraError('consentDeclined', { reason: 'Cancel was chosen on the consent page' })
  exchange.request.recording.note({ decision: error.code, reason: error.reason })
  await services.conversations.end(conversation)
  return answerError(exchange.request, exchange.reply, conversation.request, error, services.clock.now())
}
