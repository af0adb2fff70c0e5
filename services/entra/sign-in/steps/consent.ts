import type { FastifyReply } from 'fastify'
import type { RequiredRole } from '../../applications/application.ts'
import { mayConsentForEverybody } from '../../applications/consenting-administrators.ts'
import { type Permission, requestedPermissions } from '../../applications/permissions.ts'
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
  const { adminConsent } = conversation.request
  const permissions = permissionsOf(config, conversation)
  const forEverybody = adminConsent !== undefined
  note(exchange.request, conversation.request, undefined, {
    decision: forEverybody ? 'adminConsentPage' : 'consentPage',
    user,
    detail: { permissions },
  })
  return sendConversationPage(config, exchange, conversation, {
    pageId: 'ConvergedConsent',
    title: 'Permissions requested',
    heading: forEverybody ? 'Permissions requested for your organization' : 'Permissions requested',
    account: user,
    urlPost: signInPaths.consent,
    decision: facts.decision,
    body: consentBody({
      tokens: formTokens(conversation),
      application: client.displayName,
      permissions: [
        ...permissions.map((permission) => permissionText(config, permission)),
        ...(adminConsent?.roles.map((role) => roleText(config, role)) ?? []),
      ],
      mayConsentForEverybody: !forEverybody && facts.person !== undefined && mayConsentForEverybody(facts.person),
    }),
  })
}

function permissionsOf(config: EntraConfig, { request }: Conversation): readonly Permission[] {
  return (
    request.adminConsent?.permissions ??
    requestedPermissions(config.applications, clientOf(config, request), request.access)
  )
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

function roleText({ applications }: EntraConfig, { resourceAppId, roleId }: RequiredRole): string {
  const resource = applications.byId(resourceAppId)
  const role = resource?.appRoles.find(({ id }) => id === roleId)
  return `${role?.value ?? roleId}, without a signed-in person (${resource?.displayName ?? resourceAppId})`
}

/** Keeps what was accepted, for this and later sign-ins; an administrator may accept for everybody. */
export async function consentAccepted(
  services: SignInServices,
  conversation: Conversation,
  forEverybody: boolean,
): Promise<Conversation> {
  const { firstFactor } = conversation.progress
  if (!firstFactor) return conversation
  const { clientId, adminConsent } = conversation.request
  const { consents, people, config } = services
  const person = await people.byObjectId(firstFactor.objectId)
  const isForEverybody = (forEverybody || adminConsent) && person !== undefined && mayConsentForEverybody(person)
  await consents.add(isForEverybody ? null : firstFactor.objectId, clientId, permissionsOf(config, conversation))
  if (adminConsent) await consents.assignRoles(clientId, adminConsent.roles)
  return { ...conversation, progress: { ...conversation.progress, consentGiven: true } }
}
