import type { FastifyReply } from 'fastify'
import { EntraError } from '../../errors.ts'
import { changePasswordBody } from '../../pages/change-password-page.ts'
import type { PasswordRefusal } from '../../people/password-policy.ts'
import { signInPaths } from '../../urls.ts'
import type { Conversation } from '../conversation.ts'
import { note } from '../journal.ts'
import type { NextStep, SignInFacts } from '../next-step.ts'
import { formTokens, sendConversationPage } from '../page-parts.ts'
import type { Exchange, SignInServices } from '../services.ts'
import { signInRecord } from '../sign-in-record.ts'

type ChangeStep = Extract<NextStep, { step: 'changePassword' }>

export interface ChangePassword {
  readonly conversation: Conversation
  readonly facts: SignInFacts
  readonly step: ChangeStep
}

/** The interrupt 50055, or 50135 where a policy asks: the sign-in goes on once the password is another one. */
export async function showChangePassword(
  services: SignInServices,
  exchange: Exchange,
  turn: ChangePassword,
): Promise<FastifyReply> {
  const { conversation, facts, step } = turn
  const { reason, because } = step
  const error = new EntraError(because === 'expired' ? 'passwordExpired' : 'passwordChangeRequired', { reason })
  const user = conversation.progress.firstFactor?.userPrincipalName ?? ''
  note(exchange.request, conversation.request, undefined, { decision: error.code, reason, user })
  const end = {
    conversation,
    decision: facts.decision,
    person: facts.person,
    errorCode: error.facts.aadsts,
    failureReason: error.message,
    additionalDetails: reason,
  }
  await services.signIns.add(signInRecord(services.config, exchange.request, end))
  return sendChangePassword(services, exchange, turn)
}

export function sendChangePassword(
  { config }: Pick<SignInServices, 'config'>,
  exchange: Exchange,
  { conversation, facts, step }: ChangePassword,
  refusal?: PasswordRefusal,
): FastifyReply {
  const username = conversation.progress.firstFactor?.userPrincipalName ?? ''
  const { because } = step
  const error = refusal && `${refusalTexts[refusal]} (${refusalCodes[refusal]})`
  return sendConversationPage(config, exchange, conversation, {
    pageId: 'ConvergedChangePassword',
    title: 'Update your password',
    heading: 'Update your password',
    account: username,
    urlPost: signInPaths.changePassword,
    decision: facts.decision,
    body: changePasswordBody({ tokens: formTokens(conversation), username, because, error }),
    config: {
      ...(refusal && { sErrorCode: String(refusalCodes[refusal]), iErrorCode: refusalCodes[refusal], sErrTxt: error }),
    },
  })
}

/** "Microsoft Entra authentication and authorization error codes", PasswordChange…; shared codes have one text each. */
export const refusalCodes: Readonly<Record<PasswordRefusal, number>> = {
  wrongCurrentPassword: 120_000,
  tooShort: 120_002,
  tooLong: 120_002,
  tooSimple: 120_002,
  unchanged: 120_002,
  forbiddenCharacter: 120_002,
  notConfirmed: 120_002,
  containsName: 120_003,
  noPassword: 120_020,
  locked: 120_014,
}

const refusalTexts: Readonly<Record<PasswordRefusal, string>> = {
  wrongCurrentPassword: 'Your current password is incorrect.',
  notConfirmed: "The passwords you entered don't match.",
  unchanged: "Your new password can't be the same as your current one.",
  tooShort: 'Your password must have at least 8 characters.',
  tooLong: 'Your password must have at most 256 characters.',
  tooSimple: 'Your password must have three of: lower-case letters, upper-case letters, numbers, symbols.',
  containsName: "Your password can't contain your user name.",
  forbiddenCharacter: 'Your password has a character that is not allowed.',
  noPassword: 'Your account has no password here that could be changed.',
  locked: 'Your account is temporarily locked. Try again later.',
}

/** The first factor is proved anew by it, so that the session that follows is a new one. */
export function withNewPassword(conversation: Conversation, at: number): Conversation {
  const { passwordExpired: _, firstFactor: before, ...progress } = conversation.progress
  if (!before) return conversation
  const { sid: _ended, ...firstFactor } = before
  const { mfaAt } = before.authentication
  const authentication = {
    ...before.authentication,
    authenticatedAt: at,
    passwordChangedAt: at,
    ...(mfaAt !== undefined && { mfaAt }),
  }
  const details = [...before.details, passwordChangedDetail(at)]
  return { ...conversation, progress: { ...progress, firstFactor: { ...firstFactor, authentication, details } } }
}

function passwordChangedDetail(at: number) {
  return {
    authenticationStepDateTime: new Date(at).toISOString(),
    authenticationMethod: 'Password',
    authenticationMethodDetail: 'Password in the cloud',
    succeeded: true,
    authenticationStepResultDetail: 'Password changed',
    authenticationStepRequirement: 'Primary authentication',
  }
}
