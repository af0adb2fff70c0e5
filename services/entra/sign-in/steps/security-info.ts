import type { FastifyReply } from 'fastify'
import type { RegisteredMethod } from '../../mfa/methods.ts'
import { allSetBody, type ListedMethod, securityInfoBody } from '../../pages/security-info-page.ts'
import { signInPaths } from '../../urls.ts'
import type { Conversation } from '../conversation.ts'
import { note } from '../journal.ts'
import { formTokens, sendConversationPage } from '../page-parts.ts'
import type { Exchange, SignInServices } from '../services.ts'

interface Overview {
  readonly conversation: Conversation
  readonly error?: string | undefined
}

/** The list of what somebody has registered. */
export async function sendSecurityInfo(
  services: SignInServices,
  exchange: Exchange,
  { conversation, error }: Overview,
): Promise<FastifyReply> {
  const { objectId = '', userPrincipalName: user = '' } = conversation.progress.firstFactor ?? {}
  const methods = await services.mfa.methodsOf(objectId)
  note(exchange.request, conversation.request, undefined, { decision: 'securityInfoPage', user })
  return sendConversationPage(services.config, exchange, conversation, {
    pageId: 'SecurityInfo',
    title: 'Security info',
    heading: 'Security info',
    account: user,
    urlPost: signInPaths.securityInfo,
    body: securityInfoBody({ tokens: formTokens(conversation), methods: methods.map(listed), error }),
  })
}

const names: Readonly<Record<RegisteredMethod['type'], string>> = {
  push: 'Microsoft Authenticator',
  totp: 'Authenticator app',
  sms: 'Phone, text message',
  voice: 'Phone, call',
  fido2: 'Passkey',
  accessPass: 'Temporary Access Pass',
}

function listed({ id, type, display, isDefault }: RegisteredMethod): ListedMethod {
  const usual = type !== 'accessPass'
  return {
    id,
    name: names[type],
    detail: type === 'totp' || type === 'accessPass' ? '' : display,
    isDefault,
    canBeDefault: usual && type !== 'fido2',
    canBeRemoved: usual,
  }
}

/** The end of a visit to the security info page. */
export async function leaveSecurityInfo(
  services: SignInServices,
  exchange: Exchange,
  conversation: Conversation,
): Promise<FastifyReply> {
  const user = conversation.progress.firstFactor?.userPrincipalName ?? ''
  note(exchange.request, conversation.request, undefined, { decision: 'securityInfoLeft', user })
  await services.conversations.end(conversation)
  return sendConversationPage(services.config, exchange, conversation, {
    pageId: 'SecurityInfo',
    title: 'Security info',
    heading: "You're all set",
    account: user,
    urlPost: signInPaths.securityInfo,
    body: allSetBody(),
  })
}
