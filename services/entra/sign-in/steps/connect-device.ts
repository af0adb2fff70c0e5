import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AuthorizeRequest } from '../../authorize/authorize-request.ts'
import { EntraError } from '../../errors.ts'
import { confirmApplicationBody, deviceOutcomeBody } from '../../pages/device-code-pages.ts'
import { sendSignInPage } from '../../pages/frame.ts'
import { signInPaths } from '../../urls.ts'
import type { SessionAccount } from '../browser-session.ts'
import type { Conversation } from '../conversation.ts'
import { clientOf } from '../facts.ts'
import { note } from '../journal.ts'
import type { SignInFacts } from '../next-step.ts'
import { formTokens, sendConversationPage } from '../page-parts.ts'
import type { Exchange, SignInServices } from '../services.ts'

/** "Are you trying to sign in to …?": the last chance of somebody who was sent another person's code. */
export function showConfirmation(
  { config }: SignInServices,
  exchange: Exchange,
  { conversation, facts }: { readonly conversation: Conversation; readonly facts: SignInFacts },
): FastifyReply {
  const application = clientOf(config, conversation.request).displayName
  const user = conversation.progress.firstFactor?.userPrincipalName ?? ''
  note(exchange.request, conversation.request, undefined, { decision: 'confirmApplicationPage', user })
  return sendConversationPage(config, exchange, conversation, {
    pageId: 'CmsiInterrupt',
    title: 'Sign in to your account',
    heading: `Are you trying to sign in to ${application}?`,
    account: user,
    urlPost: signInPaths.confirmApplication,
    decision: facts.decision,
    body: confirmApplicationBody({ tokens: formTokens(conversation), application }),
  })
}

interface Connection {
  readonly conversation: Conversation
  readonly account: SessionAccount
}

/** The device's next poll gets tokens. */
export async function connectDevice(
  { deviceCodes }: SignInServices,
  request: FastifyRequest,
  { conversation: { request: authorize }, account }: Connection,
): Promise<Readonly<Record<string, never>>> {
  const { clientId, redirectKind, deviceCode = '' } = authorize
  const { objectId, sid, authentication } = account
  const address = request.caller.address
  const grant = { objectId, clientId, redirectKind, sid, authentication, address, flow: 'deviceCodeFlow' } as const
  if (!(await deviceCodes.approve(deviceCode, grant))) {
    throw new EntraError('deviceCodeExpired', { reason: 'the code ran out, or was answered, during the sign-in' })
  }
  return {}
}

export function sendDeviceConnected(
  { config }: SignInServices,
  { reply }: Exchange,
  authorize: AuthorizeRequest,
): FastifyReply {
  const { displayName } = clientOf(config, authorize)
  const text = `You have signed in to the ${displayName} application on your device. You may now close this window.`
  return sendOutcome(config, reply, displayName, text)
}

/** Somebody chose Cancel: the device's next poll hears of it. */
export async function declineDevice(
  { deviceCodes, conversations, config }: SignInServices,
  { request, reply }: Exchange,
  conversation: Conversation,
): Promise<FastifyReply> {
  const { request: authorize } = conversation
  await deviceCodes.decline(authorize.deviceCode ?? '')
  await conversations.end(conversation)
  const user = conversation.progress.firstFactor?.userPrincipalName ?? ''
  note(request, authorize, undefined, { decision: 'deviceDeclined', user, reason: 'Cancel was chosen' })
  const { displayName } = clientOf(config, authorize)
  return sendOutcome(config, reply, displayName, 'You cancelled the sign-in. You may now close this window.')
}

function sendOutcome(
  config: SignInServices['config'],
  reply: FastifyReply,
  heading: string,
  text: string,
): FastifyReply {
  return sendSignInPage(reply, {
    pageId: 'ConvergedRemoteConnectResult',
    title: 'Sign in to your account',
    heading,
    organization: config.tenant.displayName,
    body: deviceOutcomeBody(text),
    config: {},
  })
}
