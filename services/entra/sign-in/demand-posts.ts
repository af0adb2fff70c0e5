import type { FastifyReply } from 'fastify'
import { advance } from './advance.ts'
import { gatherFacts } from './facts.ts'
import { note } from './journal.ts'
import { nextStep } from './next-step.ts'
import type { PostTurn } from './page-posts.ts'
import { changedPassword } from './password-renewal.ts'
import type { Exchange, SignInServices } from './services.ts'
import { sendChangePassword } from './steps/change-password.ts'
import { termsRefused } from './steps/terms-of-use.ts'

/** `/common/SSPR/End`: the form of the change. */
export async function changePassword(
  services: SignInServices,
  exchange: Exchange,
  { conversation, form }: PostTurn,
): Promise<FastifyReply> {
  const facts = await gatherFacts(services, exchange, conversation)
  const step = nextStep(facts)
  if (step.step !== 'changePassword' || !facts.person) return advance(services, exchange, conversation)
  const { currentpasswd: current = '', newpasswd: next = '', confirmnewpasswd: confirmed = '' } = form
  const turn = { conversation, person: facts.person, passwords: { current, next, confirmed } }
  const result = await changedPassword(services, exchange, turn)
  if (result.outcome === 'changed') return advance(services, exchange, result.conversation)
  return sendChangePassword(services, exchange, { conversation, facts, step }, result.refusal)
}

/** `/common/TermsOfUse` */
export async function answerTerms(
  services: SignInServices,
  exchange: Exchange,
  { conversation, form }: PostTurn,
): Promise<FastifyReply> {
  const { agreements } = services.circumstances
  const facts = await gatherFacts(services, exchange, conversation)
  const step = nextStep(facts)
  // The answer must be to the terms that are asked for now.
  const isAsked = step.step === 'acceptTerms' && form.agreementId === step.control.detail?.toLowerCase()
  const agreement = isAsked ? agreements.byId(form.agreementId ?? '') : undefined
  if (step.step !== 'acceptTerms' || !agreement || !facts.person) return advance(services, exchange, conversation)
  const state = form.acceptTerms === 'true' ? 'accepted' : 'declined'
  await agreements.answer(agreement, facts.person.objectId, state)
  const content = { decision: `termsOfUse: ${state}`, user: facts.person.userPrincipalName }
  note(exchange.request, conversation.request, undefined, content)
  if (state === 'accepted') return advance(services, exchange, conversation)
  throw await termsRefused(services, exchange, { conversation, facts, step }, 'they were declined')
}
