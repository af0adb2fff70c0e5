import type { FastifyReply } from 'fastify'
import { requestedPermissions } from '../../applications/permissions.ts'
import type { EntraConfig } from '../../config.ts'
import { consentBody } from '../../pages/consent-page.ts'
import { signInPaths } from '../../urls.ts'
import type { Conversation } from '../conversation.ts'
import { clientOf } from '../facts.ts'
import { note } from '../journal.ts'
import type { SignInFacts } from '../next-step.ts'
import { formTokens, sendConversationPage } from '../page-parts.ts'
import type { Exchange, SignInServices } from '../services.ts'

export function showConsent(
  { config }: SignInServices,
  exchange: Exchange,
  { conversation, facts }: { readonly conversation: Conversation; readonly facts: SignInFacts },
): FastifyReply {
  const user = conversation.progress.firstFactor?.userPrincipalName ?? ''
  const client = clientOf(config, conversation.request)
  const permissions = requestedPermissions(config.applications, client, conversation.request.access)
  note(exchange.request, conversation.request, undefined, { decision: 'consentPage', user, detail: { permissions } })
  return sendConversationPage(config, exchange, conversation, {
    pageId: 'ConvergedConsent',
    title: 'Permissions requested',
    heading: 'Permissions requested',
    account: user,
    urlPost: signInPaths.consent,
    decision: facts.decision,
    body: consentBody({
      tokens: formTokens(conversation),
      application: client.displayName,
      permissions: permissions.map((permission) => permissionText(config, permission)),
    }),
  })
}

const openidTexts: Readonly<Record<string, string>> = {
  openid: 'Sign you in',
  profile: 'View your basic profile',
  email: 'View your email address',
  offline_access: 'Maintain access to data you have given it access to',
}

function permissionText({ applications }: EntraConfig, permission: string): string {
  const [resourceId = '', name = ''] = permission.split('/')
  return openidTexts[name] ?? `${name} (${applications.byId(resourceId)?.displayName ?? resourceId})`
}

/** Keeps what was accepted, for this and later sign-ins. */
export async function consentAccepted(services: SignInServices, conversation: Conversation): Promise<Conversation> {
  const { firstFactor } = conversation.progress
  if (!firstFactor) return conversation
  const client = clientOf(services.config, conversation.request)
  const permissions = requestedPermissions(services.config.applications, client, conversation.request.access)
  await services.consents.add(firstFactor.objectId, client.appId, permissions)
  return { ...conversation, progress: { ...conversation.progress, consentGiven: true } }
}
