import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerError } from '../authorize/answer-client.ts'
import { EntraError } from '../errors.ts'
import { advance } from './advance.ts'
import type { Conversation, ConversationProof } from './conversation.ts'
import { gatherFacts } from './facts.ts'
import { nextStep } from './next-step.ts'
import type { Exchange, SignInServices } from './services.ts'
import { rememberChoice } from './stay-signed-in-choice.ts'
import { type AccessPassResult, tryAccessPass } from './steps/access-pass.ts'
import { declineDevice } from './steps/connect-device.ts'
import { consentAccepted } from './steps/consent.ts'
import { accountChosen, named } from './steps/identify.ts'
import { passkeyAnswered } from './steps/passkey.ts'
import { type PasswordResult, trySigningIn } from './steps/password.ts'
import { methodChosen } from './steps/second-factor.ts'
import { finishSecondFactor } from './steps/second-factor-answer.ts'
import { staySignedInAnswered } from './steps/stay-signed-in.ts'

type Form = Readonly<Record<string, string | undefined>>
type PostHandler = (services: SignInServices, exchange: Exchange, turn: PostTurn) => Promise<FastifyReply>

export interface PostTurn {
  readonly conversation: Conversation
  readonly form: Form
}

/** Every form of the sign-in pages comes through here: it must belong to this browser's own conversation. */
export function pagePost(services: SignInServices, handle: PostHandler) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const form = formOf(request.body)
    const conversation = await services.conversations.resume(request, proofOf(form))
    return handle(services, { request, reply }, { conversation, form })
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

/** `/common/login`: a user name, what proves it, or both at once. */
export async function login(
  services: SignInServices,
  exchange: Exchange,
  { conversation, form }: PostTurn,
): Promise<FastifyReply> {
  if (form.assertion !== undefined) {
    const answered = await passkeyAnswered(services, exchange, conversation, form.assertion)
    return answered.outcome === 'shown' ? answered.reply : advance(services, exchange, answered.conversation)
  }
  const username = (form.login ?? form.loginfmt ?? '').trim()
  // A form of an earlier page is answered with the page of now.
  if (conversation.progress.firstFactor || username === '') return advance(services, exchange, conversation)
  const current = named(conversation, username)
  const result = await tryCredential(services, exchange, current, form)
  return result?.outcome === 'shown' ? result.reply : advance(services, exchange, result?.conversation ?? current)
}

/** A Temporary Access Pass also of a federated domain; a password only where Entra ID may see it. */
async function tryCredential(
  services: SignInServices,
  exchange: Exchange,
  conversation: Conversation,
  form: Form,
): Promise<AccessPassResult | PasswordResult | undefined> {
  const domain = services.people.domainOf(conversation.progress.username ?? '')
  if (!domain) return undefined
  if (form.accesspass) return tryAccessPass(services, exchange, conversation, form.accesspass)
  return form.passwd && !domain.federation ? trySigningIn(services, exchange, conversation, form.passwd) : undefined
}

/** `/common/reprocess`: another account, or another method of the second factor. */
export async function reprocess(
  services: SignInServices,
  exchange: Exchange,
  { conversation, form }: PostTurn,
): Promise<FastifyReply> {
  const { firstFactor, secondFactor } = conversation.progress
  if (form.account !== undefined && !firstFactor) {
    return advance(services, exchange, accountChosen(conversation, form.account))
  }
  if (form.credential === 'password' && !firstFactor) {
    const progress = { ...conversation.progress, preferPassword: true }
    return advance(services, exchange, { ...conversation, progress })
  }
  if (form.authMethodId !== undefined && secondFactor) {
    return advance(services, exchange, methodChosen(conversation, form.authMethodId))
  }
  return advance(services, exchange, conversation)
}

/** `/common/SAS/ProcessAuth`: the second factor's own form. */
export async function processAuth(
  services: SignInServices,
  exchange: Exchange,
  { conversation, form }: PostTurn,
): Promise<FastifyReply> {
  const facts = await gatherFacts(services, exchange, conversation)
  if (nextStep(facts).step !== 'secondFactor') return advance(services, exchange, conversation)
  const code = form.otc?.replace(/\s/g, '')
  const answer = { conversation, decision: facts.decision, code, remember: form.rememberMFA === 'true' }
  const result = await finishSecondFactor(services, exchange, answer)
  return result.outcome === 'shown' ? result.reply : advance(services, exchange, result.conversation)
}

/** `/kmsi` */
export async function keepSignedIn(
  services: SignInServices,
  exchange: Exchange,
  { conversation, form }: PostTurn,
): Promise<FastifyReply> {
  const { firstFactor } = conversation.progress
  if (!firstFactor) return advance(services, exchange, conversation)
  if (form.DontShowAgain === 'true') {
    rememberChoice(exchange.request, exchange.reply, firstFactor.objectId, form.LoginOptions === '1')
  }
  return advance(services, exchange, staySignedInAnswered(conversation, form.LoginOptions))
}

/** `/common/Consent/Set` */
export async function setConsent(
  services: SignInServices,
  exchange: Exchange,
  { conversation, form }: PostTurn,
): Promise<FastifyReply> {
  const facts = await gatherFacts(services, exchange, conversation)
  if (nextStep(facts).step !== 'consent') return advance(services, exchange, conversation)
  if (form.acceptConsent === 'true') {
    return advance(
      services,
      exchange,
      await consentAccepted(services, conversation, form.consentForOrganization === 'true'),
    )
  }
  if (conversation.request.deviceCode !== undefined) return declineDevice(services, exchange, conversation)
  const error = new EntraError('consentDeclined', { reason: 'Cancel was chosen on the consent page' })
  exchange.request.recording.note({ decision: error.code, reason: error.reason })
  await services.conversations.end(conversation)
  return answerError(exchange.request, exchange.reply, conversation.request, error, services.clock.now())
}

/** `/appverify`: whether the application that waits on another device is the one that the person meant. */
export async function confirmApplication(
  services: SignInServices,
  exchange: Exchange,
  { conversation, form }: PostTurn,
): Promise<FastifyReply> {
  const facts = await gatherFacts(services, exchange, conversation)
  if (nextStep(facts).step !== 'confirmApplication') return advance(services, exchange, conversation)
  if (form.ContinueAuth !== 'true') return declineDevice(services, exchange, conversation)
  const progress = { ...conversation.progress, applicationConfirmed: true }
  return advance(services, exchange, { ...conversation, progress })
}
