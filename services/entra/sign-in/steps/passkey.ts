import type { FastifyReply } from 'fastify'
import { EntraError } from '../../errors.ts'
import { passkeyFailedBody } from '../../pages/passkey-pages.ts'
import { readAssertion } from '../../passkeys/ceremony.ts'
import type { AssertionOutcome, Passkey } from '../../passkeys/passkeys.ts'
import type { Person } from '../../people/people.ts'
import { onLoginHost, passkeyUrls, signInPaths } from '../../urls.ts'
import type { Conversation, FirstFactor } from '../conversation.ts'
import { gatherFacts } from '../facts.ts'
import { note } from '../journal.ts'
import { nextStep } from '../next-step.ts'
import { formTokens, sendConversationPage } from '../page-parts.ts'
import type { Exchange, SignInServices } from '../services.ts'
import { signInRecord } from '../sign-in-record.ts'
import { secondFactorPassed, showUnfinished } from './second-factor-answer.ts'

export type PasskeyResult =
  | { readonly outcome: 'goOn'; readonly conversation: Conversation }
  | { readonly outcome: 'shown'; readonly reply: FastifyReply }

/** The form of the passkey's host came back: it is the first factor, or the second after another first. */
export function passkeyAnswered(
  services: SignInServices,
  exchange: Exchange,
  conversation: Conversation,
  assertion: string,
): Promise<PasskeyResult> {
  const asSecond = conversation.progress.firstFactor !== undefined
  return (asSecond ? secondFactor : firstFactor)(services, exchange, conversation, assertion)
}

async function firstFactor(
  services: SignInServices,
  exchange: Exchange,
  conversation: Conversation,
  assertion: string,
): Promise<PasskeyResult> {
  const { people, clock } = services
  const { username } = conversation.progress
  const named = username === undefined ? undefined : await people.byUserPrincipalName(username)
  const verdict = await verify(services, conversation, assertion, named?.objectId)
  const person = verdict.outcome === 'verified' ? await people.byObjectId(verdict.passkey.objectId) : named
  if (verdict.outcome === 'verified' && person) {
    const user = person.userPrincipalName
    note(exchange.request, conversation.request, 'asked', { decision: 'passkeyAccepted', user })
    const factor = passkeyFactor(person, verdict.passkey, clock.now().getTime())
    const progress = { ...conversation.progress, username: user, firstFactor: factor }
    return { outcome: 'goOn', conversation: { ...conversation, progress } }
  }
  const reason = 'reason' in verdict ? verdict.reason : 'the account of this passkey is gone from the directory'
  const key = verdict.outcome === 'unknownKey' ? 'passkeyUnknown' : 'passkeyInvalid'
  return {
    outcome: 'shown',
    reply: await refuse(services, exchange, conversation, person, new EntraError(key, { reason })),
  }
}

async function secondFactor(
  services: SignInServices,
  exchange: Exchange,
  conversation: Conversation,
  assertion: string,
): Promise<PasskeyResult> {
  const facts = await gatherFacts(services, exchange, conversation)
  // A form of an earlier page is answered with the page of now.
  if (nextStep(facts).step !== 'secondFactor') return { outcome: 'goOn', conversation }
  const { objectId = '' } = conversation.progress.firstFactor ?? {}
  const verdict = await verify(services, conversation, assertion, objectId)
  const keys = (await services.mfa.methodsOf(objectId)).filter(({ type }) => type === 'fido2')
  const method = verdict.outcome === 'verified' ? keys.find(({ id }) => id === verdict.passkey.id) : keys[0]
  if (verdict.outcome === 'verified' && method) {
    return { outcome: 'goOn', conversation: await secondFactorPassed(services, exchange, conversation, method) }
  }
  const because = `passkey: ${'reason' in verdict ? verdict.reason : 'it is registered no more'}`
  const { decision } = facts
  const reply = await showUnfinished(services, exchange, {
    conversation,
    decision,
    result: 'WrongCode',
    method,
    because,
  })
  return { outcome: 'shown', reply }
}

async function verify(
  { securityInfo }: SignInServices,
  conversation: Conversation,
  text: string,
  expected: string | undefined,
): Promise<AssertionOutcome> {
  const assertion = readAssertion(text)
  if (!assertion) return { outcome: 'refused', reason: 'the field assertion is no answer of an authenticator' }
  return securityInfo.passkeys.verify(assertion, { kind: 'get', conversationId: conversation.id }, expected)
}

function passkeyFactor({ objectId, userPrincipalName }: Person, { displayName }: Passkey, at: number): FirstFactor {
  return {
    objectId,
    userPrincipalName,
    authentication: {
      amr: ['fido', 'mfa'],
      authenticatedAt: at,
      mfaAt: at,
      federated: false,
      keepSignedIn: false,
      combinations: ['fido2'],
    },
    details: [
      {
        authenticationStepDateTime: new Date(at).toISOString(),
        authenticationMethod: 'FIDO2',
        authenticationMethodDetail: displayName,
        succeeded: true,
        authenticationStepResultDetail: 'MFA requirement satisfied by strong authentication',
        authenticationStepRequirement: 'Primary authentication',
      },
    ],
  }
}

async function refuse(
  services: SignInServices,
  exchange: Exchange,
  conversation: Conversation,
  person: Person | undefined,
  error: EntraError,
): Promise<FastifyReply> {
  const user = person?.userPrincipalName
  note(exchange.request, conversation.request, 'asked', {
    decision: error.code,
    reason: error.reason,
    ...(user && { user }),
  })
  const end = {
    conversation,
    person,
    errorCode: error.facts.aadsts,
    failureReason: error.message,
    additionalDetails: error.reason,
  }
  await services.signIns.add(signInRecord(services.config, exchange.request, end))
  const tokens = formTokens(conversation)
  const again = {
    tokens,
    action: passkeyUrls.get,
    postBackUrl: onLoginHost(signInPaths.login),
    flow: 'signin',
    username: conversation.progress.username ?? '',
    button: 'Try again',
  } as const
  return sendConversationPage(services.config, exchange, conversation, {
    pageId: 'ConvergedSignIn',
    title: 'Sign in to your account',
    heading: "We couldn't sign you in",
    account: conversation.progress.username,
    urlPost: signInPaths.login,
    error,
    body: passkeyFailedBody({
      tokens,
      again,
      error: `We couldn't verify you or the key you used. (${error.code})`,
    }),
    config: { arrSessions: [] },
  })
}
