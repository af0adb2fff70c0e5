import type { FastifyReply } from 'fastify'
import type { Html } from '#shared/html/html.ts'
import type { Decision } from '../../conditional-access/decision.ts'
import type { EntraConfig } from '../../config.ts'
import type { EntraError } from '../../errors.ts'
import type { RegisteredMethod } from '../../mfa/methods.ts'
import type { MfaResult } from '../../mfa/mfa-service.ts'
import {
  codeBody,
  methodPickerBody,
  methodTexts,
  passkeyBody,
  pushBody,
  type SecondFactorView,
} from '../../pages/second-factor-pages.ts'
import { onLoginHost, passkeyUrls, signInPaths } from '../../urls.ts'
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
  const content = contentOf(config, page)
  return sendConversationPage(config, exchange, conversation, {
    pageId: 'ConvergedTFA',
    title: 'Sign in to your account',
    heading: content.heading,
    account: firstFactor?.userPrincipalName,
    urlPost: signInPaths.processAuth,
    error: page.error,
    decision: page.decision,
    body: content.body,
    scripts: content.polls === true,
    config: {
      arrUserProofs: methods.map(proofOf),
      ...pollingOf(secondFactor?.authMethodId, secondFactor?.sessionId),
      fHideIHaveCodeButton: false,
      urlFidoLogin: passkeyUrls.get,
      fIsPasskeySupportEnabled: true,
    },
  })
}

/** What the page's script, and programs in its place, need to ask how a request stands. */
export function pollingOf(authMethodId: string | undefined, sessionId: string | undefined) {
  return {
    iMaxPollAttempts: maxPolls,
    iPollingInterval: pollingInterval,
    oPerAuthPollingInterval: { PhoneAppNotification: 1, PhoneAppOTP: 1, OneWaySMS: 1, TwoWayVoiceMobile: 1 },
    ...(sessionId !== undefined && { sSASSessionId: sessionId, sSASAuthMethodId: authMethodId }),
  }
}

function proofOf({ authMethodId, display, isDefault }: RegisteredMethod) {
  const phoneAppOtpTypes =
    authMethodId === 'PhoneAppOTP' ? ['MicrosoftAuthenticatorBasedTOTP', 'SoftwareTokenBasedTOTP'] : null
  return { authMethodId, data: authMethodId, display, isDefault, isLocationAware: false, phoneAppOtpTypes }
}

interface PageContent {
  readonly heading: string
  readonly body: Html
  /** The page asks by itself how the request stands. */
  readonly polls?: boolean
}

function contentOf(config: EntraConfig, page: SecondFactorPage): PageContent {
  const { conversation, methods } = page
  const { secondFactor } = conversation.progress
  const method = methods.find(({ authMethodId }) => authMethodId === secondFactor?.authMethodId)
  if (secondFactor?.choosing || !method) return pickerContent(page)
  const days = config.multifactor.rememberDeviceDays
  const view: SecondFactorView = {
    tokens: formTokens(conversation),
    username: conversation.progress.firstFactor?.userPrincipalName ?? '',
    authMethodId: method.authMethodId,
    display: method.display,
    otherMethods: methods.length > 1,
    rememberDays: days > 0 && conversation.request.userAction === undefined ? days : undefined,
    error: errorText(page, method),
    over: secondFactor?.over === true,
  }
  if (method.type === 'fido2') return passkeyContent(view)
  if (method.type === 'push' || method.type === 'voice') return phoneContent(page, view, method)
  return { heading: view.over ? 'Try again' : codeHeadings[method.type], body: codeBody(view) }
}

const codeHeadings = { totp: 'Enter code', sms: 'Enter code', accessPass: 'Enter Temporary Access Pass' } as const

function phoneContent(page: SecondFactorPage, view: SecondFactorView, { type }: RegisteredMethod): PageContent {
  const { entropy } = page.conversation.progress.secondFactor ?? {}
  const number = type === 'push' && entropy ? entropy : undefined
  return { heading: phoneHeading(page, view.over, type), body: pushBody({ ...view, number }), polls: !view.over }
}

function phoneHeading({ result }: SecondFactorPage, over: boolean, type: RegisteredMethod['type']): string {
  if (!over) return type === 'voice' ? 'Answer your phone' : 'Approve sign in request'
  return result === 'Denied' || result === 'FraudReported' ? 'Request denied' : "We didn't hear from you"
}

function passkeyContent(view: SecondFactorView): PageContent {
  const form = {
    tokens: view.tokens,
    action: passkeyUrls.get,
    postBackUrl: onLoginHost(signInPaths.login),
    flow: 'mfa',
    username: view.username,
    button: 'Use a passkey',
  } as const
  return { heading: 'Face, fingerprint, PIN or security key', body: passkeyBody(view, form) }
}

function pickerContent({ conversation, methods }: SecondFactorPage): PageContent {
  const choices = methods.map(({ authMethodId, display }) => ({
    authMethodId,
    text: methodTexts[authMethodId]?.(display) ?? authMethodId,
  }))
  return {
    heading: 'Verify your identity',
    body: methodPickerBody({ tokens: formTokens(conversation), methods: choices }),
  }
}

function errorText(page: SecondFactorPage, { type }: RegisteredMethod): string | undefined {
  const { result, pending, error, conversation } = page
  if (pending) return type === 'voice' ? pendingCall : pendingPush
  if (conversation.progress.secondFactor?.limited) return `${texts.TooManyAttempts} Wait a few minutes, then try again.`
  if (!error) return undefined
  if (type === 'fido2') return `We couldn't verify you or the key you used. (${error.code})`
  return `${texts[result ?? 'NoSuchSession'] ?? error.message} (${error.code})`
}

const pendingPush = 'The request is not approved yet. Approve it in the app, then try again.'
const pendingCall = 'The call is not answered yet. Answer it and press the # key, then try again.'

const texts: Partial<Record<MfaResult, string>> = {
  Denied: 'The request was denied on your phone.',
  FraudReported: 'The request was reported as a fraud on your phone.',
  TimedOut: "We sent a request to your phone, but didn't hear from you.",
  WrongCode: "You didn't enter the expected verification code. Please try again.",
  CodeAlreadyUsed: 'This code was used already. Wait for the next one, then try again.',
  TooManyAttempts: 'That was one attempt too many.',
  NoSuchSession: 'This request is over.',
}
