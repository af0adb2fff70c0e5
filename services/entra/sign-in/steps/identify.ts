import type { FastifyReply } from 'fastify'
import { EntraError } from '../../errors.ts'
import { accountPickerBody } from '../../pages/account-picker-page.ts'
import { userNameBody } from '../../pages/user-name-page.ts'
import { signInPaths } from '../../urls.ts'
import type { BrowserSession } from '../browser-session.ts'
import type { Conversation } from '../conversation.ts'
import { clientOf } from '../facts.ts'
import { note } from '../journal.ts'
import type { NextStep } from '../next-step.ts'
import { formTokens, sendConversationPage } from '../page-parts.ts'
import type { Exchange, SignInServices } from '../services.ts'
import { signInRecord } from '../sign-in-record.ts'

interface Identify {
  readonly conversation: Conversation
  readonly step: Extract<NextStep, { step: 'identify' }>
}

/** Asks who is there; a name of no domain of the tenant comes back with the error beside the field. */
export async function showUserName(
  services: SignInServices,
  exchange: Exchange,
  { conversation, step }: Identify,
): Promise<FastifyReply> {
  const { config, signIns } = services
  const { username } = conversation.progress
  const error =
    step.refusal &&
    new EntraError(step.refusal, {
      values: { user: username ?? '', tenant: config.tenant.displayName },
      reason: step.reason,
    })
  note(exchange.request, conversation.request, 'asked', {
    decision: error?.code ?? 'userNamePage',
    ...(error && { reason: error.reason }),
    ...(username !== undefined && { user: username }),
  })
  if (error) {
    const end = {
      conversation,
      errorCode: error.facts.aadsts,
      failureReason: error.message,
      additionalDetails: error.reason,
    }
    await signIns.add(signInRecord(config, exchange.request, end))
  }
  return sendUserName(services, exchange, conversation, error)
}

function sendUserName(
  { config }: SignInServices,
  exchange: Exchange,
  conversation: Conversation,
  error: EntraError | undefined,
): FastifyReply {
  const text =
    error &&
    'This username may be incorrect. Make sure you typed it correctly. Otherwise, contact your admin. (AADSTS50034)'
  return sendConversationPage(config, exchange, conversation, {
    pageId: 'ConvergedSignIn',
    title: 'Sign in to your account',
    heading: 'Sign in',
    urlPost: signInPaths.login,
    error,
    body: userNameBody({
      tokens: formTokens(conversation),
      username: conversation.progress.username ?? conversation.request.loginHint ?? '',
      hint: config.branding.usernameHintText ?? 'someone@example.com',
      application: clientOf(config, conversation.request).displayName,
      onDevice: conversation.request.deviceCode !== undefined,
      error: text,
    }),
    config: { arrSessions: [] },
  })
}

interface Picker {
  readonly conversation: Conversation
  readonly session: BrowserSession | undefined
  readonly reason: string
}

export function showAccountPicker(
  { config }: SignInServices,
  exchange: Exchange,
  { conversation, session, reason }: Picker,
): FastifyReply {
  const accounts = session?.accounts ?? []
  note(exchange.request, conversation.request, 'asked', { decision: 'accountPicker', detail: { because: reason } })
  return sendConversationPage(config, exchange, conversation, {
    pageId: 'ConvergedSignIn',
    title: 'Sign in to your account',
    heading: 'Pick an account',
    urlPost: signInPaths.reprocess,
    body: accountPickerBody({
      tokens: formTokens(conversation),
      application: clientOf(config, conversation.request).displayName,
      onDevice: conversation.request.deviceCode !== undefined,
      accounts,
    }),
    config: { arrSessions: accounts.map(({ userPrincipalName }) => ({ name: userPrincipalName, isSignedIn: true })) },
  })
}

/** The person named an account: what an earlier name had led to is over. */
export function named(conversation: Conversation, username: string): Conversation {
  return {
    ...conversation,
    progress: { username: username.trim(), ignoreSessions: conversation.progress.ignoreSessions },
  }
}

/** A tile of the picker. */
export function accountChosen(conversation: Conversation, choice: string): Conversation {
  if (choice === 'other')
    return { ...conversation, request: withoutHints(conversation), progress: { ignoreSessions: true } }
  return { ...conversation, progress: { username: choice, accountChosen: true } }
}

function withoutHints({ request }: Conversation): Conversation['request'] {
  return { ...request, loginHint: undefined, domainHint: undefined }
}
