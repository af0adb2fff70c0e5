import type { FastifyReply } from 'fastify'
import { EntraError } from '../../errors.ts'
import type { AccessPassOutcome } from '../../mfa/temporary-access-pass.ts'
import { accessPassBody } from '../../pages/access-pass-page.ts'
import type { Person } from '../../people/people.ts'
import { signInPaths } from '../../urls.ts'
import type { Conversation, FirstFactor } from '../conversation.ts'
import { note } from '../journal.ts'
import { formTokens, sendConversationPage } from '../page-parts.ts'
import type { Exchange, SignInServices } from '../services.ts'
import { signInRecord } from '../sign-in-record.ts'

export function showAccessPass(
  services: SignInServices,
  exchange: Exchange,
  { conversation, reason }: { readonly conversation: Conversation; readonly reason: string },
): FastifyReply {
  const user = conversation.progress.username ?? ''
  note(exchange.request, conversation.request, 'asked', {
    decision: 'accessPassPage',
    user,
    detail: { because: reason },
  })
  return sendAccessPass(services, exchange, conversation)
}

function sendAccessPass(
  { config }: SignInServices,
  exchange: Exchange,
  conversation: Conversation,
  error?: EntraError,
): FastifyReply {
  const username = conversation.progress.username ?? ''
  return sendConversationPage(config, exchange, conversation, {
    pageId: 'ConvergedSignIn',
    title: 'Sign in to your account',
    heading: 'Enter Temporary Access Pass',
    account: username,
    urlPost: signInPaths.login,
    error,
    body: accessPassBody({
      tokens: formTokens(conversation),
      username,
      error: error && `${error.message} (${error.code})`,
    }),
    config: { arrSessions: [] },
  })
}

export type AccessPassResult =
  | { readonly outcome: 'signedIn'; readonly conversation: Conversation }
  | { readonly outcome: 'shown'; readonly reply: FastifyReply }

/** Password and second factor at once; the pass says for how long and how often. */
export async function tryAccessPass(
  services: SignInServices,
  exchange: Exchange,
  conversation: Conversation,
  pass: string,
): Promise<AccessPassResult> {
  const username = conversation.progress.username ?? ''
  const person = await services.people.byUserPrincipalName(username)
  const tried: AccessPassOutcome = person
    ? await services.securityInfo.accessPasses.redeem(person.objectId, pass.trim())
    : { outcome: 'none' }
  if (person && tried.outcome === 'accepted') {
    const decision = 'accessPassAccepted'
    note(exchange.request, conversation.request, 'asked', { decision, user: person.userPrincipalName })
    const firstFactor = passFactor(person, services.clock.now().getTime(), tried.isUsableOnce)
    const progress = { ...conversation.progress, firstFactor }
    return { outcome: 'signedIn', conversation: { ...conversation, progress } }
  }
  const error = new EntraError('accessPassWrong', { reason: `Temporary Access Pass: ${tried.outcome}` })
  note(exchange.request, conversation.request, 'asked', { decision: error.code, reason: error.reason, user: username })
  await logRefusal(services, exchange, { conversation, person, error })
  await services.conversations.save(conversation)
  return { outcome: 'shown', reply: sendAccessPass(services, exchange, conversation, error) }
}

function passFactor({ objectId, userPrincipalName }: Person, at: number, isUsableOnce: boolean): FirstFactor {
  return {
    objectId,
    userPrincipalName,
    authentication: {
      amr: ['otp', 'mfa'],
      authenticatedAt: at,
      mfaAt: at,
      federated: false,
      keepSignedIn: false,
      combinations: [isUsableOnce ? 'temporaryAccessPassOneTime' : 'temporaryAccessPassMultiUse'],
    },
    details: [passDetail(at, true)],
  }
}

function passDetail(at: number, succeeded: boolean) {
  return {
    authenticationStepDateTime: new Date(at).toISOString(),
    authenticationMethod: 'Temporary Access Pass',
    authenticationMethodDetail: '',
    succeeded,
    authenticationStepResultDetail: succeeded ? 'MFA requirement satisfied by strong authentication' : 'Incorrect pass',
    authenticationStepRequirement: 'Primary authentication',
  }
}

async function logRefusal(
  services: SignInServices,
  { request }: Exchange,
  refused: { readonly conversation: Conversation; readonly person: Person | undefined; readonly error: EntraError },
): Promise<void> {
  const { error } = refused
  const end = {
    ...refused,
    details: [passDetail(services.clock.now().getTime(), false)],
    errorCode: error.facts.aadsts,
    failureReason: error.message,
    additionalDetails: error.reason,
  }
  await services.signIns.add(signInRecord(services.config, request, end))
}
