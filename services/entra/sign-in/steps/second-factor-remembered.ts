import { satisfiesMultifactor } from '../../conditional-access/authentication-strengths.ts'
import type { Conversation } from '../conversation.ts'
import type { Exchange, SignInServices } from '../services.ts'

/** A browser that was told not to ask again brings the second factor of then along. */
export async function withRememberedDevice(
  { rememberedDevices }: Pick<SignInServices, 'rememberedDevices'>,
  { request }: Pick<Exchange, 'request'>,
  conversation: Conversation,
): Promise<Conversation> {
  const { firstFactor, multifactor, deviceForgotten } = conversation.progress
  if (!firstFactor || multifactor || deviceForgotten || firstFactor.authentication.mfaAt !== undefined)
    return conversation
  // The security info page is not opened by a cookie.
  if (conversation.request.userAction !== undefined) return conversation
  const memory = await rememberedDevices.recall(request, firstFactor.objectId)
  if (!memory) return conversation
  const detail = {
    authenticationStepDateTime: new Date(memory.at).toISOString(),
    authenticationMethod: 'Previously satisfied',
    authenticationMethodDetail: '',
    succeeded: true,
    authenticationStepResultDetail: 'MFA requirement skipped due to remembered device',
    authenticationStepRequirement: 'Multifactor authentication',
  }
  const recalled = { ...memory, remembered: true, details: [detail] }
  return { ...conversation, progress: { ...conversation.progress, multifactor: recalled } }
}

/** The session's second factor is too old for a policy: whatever demands one demands it of the person again. */
export function withoutSecondFactor(conversation: Conversation): Conversation {
  const { firstFactor } = conversation.progress
  if (!firstFactor) return conversation
  const { mfaAt: _, ...once } = firstFactor.authentication
  const authentication = {
    ...once,
    amr: once.amr.filter((method) => method !== 'mfa'),
    combinations: once.combinations.filter((combination) => !satisfiesMultifactor([combination])),
  }
  return { ...conversation, progress: { ...conversation.progress, firstFactor: { ...firstFactor, authentication } } }
}

/** What the browser remembers is too old for a policy. */
export function withoutRememberedDevice(conversation: Conversation): Conversation {
  const { multifactor: _, ...progress } = conversation.progress
  return { ...conversation, progress: { ...progress, deviceForgotten: true } }
}
