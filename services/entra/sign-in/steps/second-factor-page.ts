import type { FastifyReply } from 'fastify'
import type { Decision } from '../../conditional-access/decision.ts'
import type { EntraConfig } from '../../config.ts'
import type { EntraError } from '../../errors.ts'
import type { RegisteredMethod } from '../../mfa/methods.ts'
import type { MfaResult } from '../../mfa/mfa-service.ts'
import { codeBody, methodPickerBody, methodTexts, pushBody } from '../../pages/second-factor-pages.ts'
import { signInPaths } from '../../urls.ts'
import type { Conversation } from '../conversation.ts'
import { formTokens, sendConversationPage } from '../page-parts.ts'
import type { Exchange } from '../services.ts'

export interface SecondFactorPage {
  readonly conversation: Conversation
  readonly methods: readonly RegisteredMethod[]
  readonly decision: Decision | undefined
  readonly error?: EntraError
  readonly result?: MfaResult
  readonly pending?: boolean
}

/** Real milliseconds between two questions of the page's script. */
const pollingInterval = 1000
const maxPolls = 120

export function sendSecondFactor(config: EntraConfig, exchange: Exchange, page: SecondFactorPage): FastifyReply {
  const { conversation, methods } = page
  const { secondFactor, firstFactor } = conversation.progress
  const content = contentOf(page)
  return sendConversationPage(config, exchange, conversation, {
    pageId: 'ConvergedTFA',
    title: 'Sign in to your account',
    heading: content.heading,
    account: firstFactor?.userPrincipalName,
    urlPost: signInPaths.processAuth,
    error: page.error,
    decision: page.decision,
    body: content.body,
    scripts: content.scripts,
    config: {
      arrUserProofs: methods.map(proofOf),
      iMaxPollAttempts: maxPolls,
      iPollingInterval: pollingInterval,
      oPerAuthPollingInterval: { PhoneAppNotification: 1, PhoneAppOTP: 1, OneWaySMS: 1 },
      fHideIHaveCodeButton: false,
      ...(secondFactor?.sessionId !== undefined && { sSASSessionId: secondFactor.sessionId }),
    },
  })
}

function proofOf({ authMethodId, display, isDefault }: RegisteredMethod) {
  const phoneAppOtpTypes =
    authMethodId === 'PhoneAppOTP' ? ['MicrosoftAuthenticatorBasedTOTP', 'SoftwareTokenBasedTOTP'] : null
  return { authMethodId, data: authMethodId, display, isDefault, isLocationAware: false, phoneAppOtpTypes }
}

function contentOf(page: SecondFactorPage) {
  const { conversation, methods } = page
  const { secondFactor } = conversation.progress
  const method = methods.find(({ authMethodId }) => authMethodId === secondFactor?.authMethodId)
  if (secondFactor?.choosing || !method) return pickerContent(page)
  const shared = {
    tokens: formTokens(conversation),
    username: conversation.progress.firstFactor?.userPrincipalName ?? '',
    authMethodId: method.authMethodId,
    display: method.display,
    otherMethods: methods.length > 1,
    error: errorText(page),
    over: secondFactor?.over === true,
  }
  if (method.type !== 'push')
    return { heading: shared.over ? 'Try again' : 'Enter code', body: codeBody(shared), scripts: false }
  const { entropy } = secondFactor ?? {}
  const number = entropy ? entropy : undefined
  return {
    heading: pushHeading(page, shared.over),
    body: pushBody({ ...shared, number }),
    scripts: !shared.over,
  }
}

function pushHeading({ result }: SecondFactorPage, over: boolean): string {
  if (!over) return 'Approve sign in request'
  return result === 'Denied' ? 'Request denied' : "We didn't hear from you"
}

function pickerContent({ conversation, methods }: SecondFactorPage) {
  const choices = methods.map(({ authMethodId, display }) => ({
    authMethodId,
    text: methodTexts[authMethodId]?.(display) ?? authMethodId,
  }))
  return {
    heading: 'Verify your identity',
    body: methodPickerBody({ tokens: formTokens(conversation), methods: choices }),
    scripts: false,
  }
}

function errorText({ result, pending, error }: SecondFactorPage): string | undefined {
  if (pending) return 'The request is not approved yet. Approve it in the app, then try again.'
  if (!error) return undefined
  return `${texts[result ?? 'NoSuchSession'] ?? error.message} (${error.code})`
}

const texts: Partial<Record<MfaResult, string>> = {
  Denied: 'The request was denied on your phone.',
  TimedOut: "We sent a request to your phone, but didn't hear from you.",
  WrongCode: "You didn't enter the expected verification code. Please try again.",
  CodeAlreadyUsed: 'This code was used already. Wait for the next one, then try again.',
  TooManyAttempts: 'That was one attempt too many.',
  NoSuchSession: 'This request is over.',
}
