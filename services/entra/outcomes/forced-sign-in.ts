import { errorKeyOf } from '../errors.ts'
import type { Conversation } from '../sign-in/conversation.ts'
import type { NextStep, SignInFacts } from '../sign-in/next-step.ts'
import type { Exchange, SignInServices } from '../sign-in/services.ts'

const reason = 'forced by an outcome of the management port'

/** Once it is known who signs in: what is to happen to this sign-in. It is told in the journal. */
export async function withForcedOutcome(
  { outcomes }: Pick<SignInServices, 'outcomes'>,
  { request }: Exchange,
  conversation: Conversation,
): Promise<Conversation> {
  const { progress } = conversation
  if (!progress.firstFactor || progress.forced || outcomes.list().length === 0) return conversation
  const user = progress.firstFactor.userPrincipalName
  const effect = await outcomes.take({ where: 'signIn', user, appId: conversation.request.clientId })
  if (effect) request.recording.note({ decision: `forced: ${effect.effect}`, user, reason, detail: { forced: effect } })
  return { ...conversation, progress: { ...progress, forced: effect ?? { effect: 'none' } } }
}

/** A forced error or registration comes before Conditional Access is asked. */
export function forcedStep({ progress }: Pick<SignInFacts, 'progress'>): NextStep | undefined {
  const { forced } = progress
  if (forced?.effect === 'error') {
    const error = errorKeyOf(forced.aadsts)
    return error && { step: 'refuse', error, reason }
  }
  if (forced?.effect !== 'registration' || (progress.multifactor && !progress.multifactor.remembered)) return undefined
  const control = { control: 'mfa', aadsts: 50_079, policyId: 'forced', policyName: 'forced outcome' } as const
  return { step: 'registerSecondFactor', control, reason }
}

/** Consent that was given before does not count. */
export function consentIsForced({ forced, consentGiven }: SignInFacts['progress']): boolean {
  return forced?.effect === 'consent' && !consentGiven
}
