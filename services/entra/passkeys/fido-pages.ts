import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { EntraError } from '../errors.ts'
import { sendSignInPage } from '../pages/frame.ts'
import { ceremonyBody } from '../pages/passkey-pages.ts'
import { type Conversation, contextOf } from '../sign-in/conversation.ts'
import { formTokens } from '../sign-in/page-parts.ts'
import type { SignInServices } from '../sign-in/services.ts'
import { assetPaths, onLoginHost, passkeyHost, signInPaths } from '../urls.ts'
import { relyingParty, userHandleOf } from './ceremony.ts'
import type { Passkey } from './passkeys.ts'

const formSchema = z.object({
  ctx: z.string(),
  /** The flow token, under the names that the product's page gives it. */
  canary: z.string().optional(),
  serverChallenge: z.string().optional(),
  username: z.string().optional(),
})

/** `POST https://login.microsoft.com/common/fido/get`: shows the page that asks the authenticator to sign. */
export function fidoGet(services: SignInServices) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (request.hostname !== passkeyHost) return toPasskeyHost(request, reply)
    const conversation = await conversationOf(services, request)
    const allowed = await allowedKeys(services, conversation)
    const challenge = await services.securityInfo.passkeys.challenge({ kind: 'get', conversationId: conversation.id })
    request.recording.note({ decision: 'passkeyPage', detail: { allowed: allowed.length } })
    return sendCeremony(services, { request, reply }, conversation, {
      kind: 'get',
      postBackUrl: onLoginHost(signInPaths.login),
      cancelUrl: onLoginHost(signInPaths.reprocess),
      cancel: conversation.progress.firstFactor ? ['authMethodId', 'choose'] : ['account', 'other'],
      fields: { type: '23', ps: '23', lmcCanary: conversation.canary, login: conversation.progress.username ?? '' },
      config: { sFidoChallenge: challenge, arrFidoAllowList: allowed.map(descriptor) },
    })
  }
}

/** `POST https://login.microsoft.com/common/fido/create`: the page that has a passkey made, from the security info. */
export function fidoCreate(services: SignInServices) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (request.hostname !== passkeyHost) return toPasskeyHost(request, reply)
    const conversation = await conversationOf(services, request)
    const { firstFactor, registration } = conversation.progress
    if (!firstFactor || registration?.stage !== 'passkey')
      throw new EntraError('flowTokenExpired', { reason: 'nobody is about to register a passkey in this conversation' })
    const { objectId, userPrincipalName } = firstFactor
    const challenge = await services.securityInfo.passkeys.challenge({
      kind: 'create',
      conversationId: conversation.id,
    })
    const existing = await services.securityInfo.passkeys.of(objectId)
    request.recording.note({ decision: 'passkeyCreationPage', user: userPrincipalName })
    return sendCeremony(services, { request, reply }, conversation, {
      kind: 'create',
      postBackUrl: onLoginHost(signInPaths.securityInfo),
      cancelUrl: onLoginHost(signInPaths.securityInfo),
      cancel: ['action', 'back'],
      fields: { action: 'passkey', name: newName(request.body) },
      config: {
        sFidoChallenge: challenge,
        arrFidoExcludeList: existing.map(descriptor),
        oFidoUser: { id: userHandleOf(objectId), name: userPrincipalName, displayName: userPrincipalName },
      },
    })
  }
}

function newName(body: unknown): string {
  const form = z.object({ displayName: z.string().trim().min(1).max(30) }).safeParse(body)
  return form.data?.displayName ?? 'My passkey'
}

function toPasskeyHost(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.redirect(`https://${passkeyHost}${request.url}`, 307)
}

/** The cookie of the conversation is another host's: its flow token opens this page, and only the way back needs all. */
function conversationOf({ conversations }: SignInServices, request: FastifyRequest): Promise<Conversation> {
  const form = formSchema.safeParse(request.body)
  if (!form.success)
    throw new EntraError('flowTokenExpired', { reason: 'the form has no ctx: it is not of our sign-in page' })
  const { ctx, canary, serverChallenge } = form.data
  return conversations.resume(request, { context: ctx, flowToken: serverChallenge ?? canary, needs: 'flowTokenOnly' })
}

/** Whoever is named must use her own; else the authenticator offers what it has for this host. */
async function allowedKeys(services: SignInServices, { progress }: Conversation): Promise<readonly Passkey[]> {
  const { securityInfo, people } = services
  if (progress.firstFactor) return securityInfo.passkeys.of(progress.firstFactor.objectId)
  const person = progress.username === undefined ? undefined : await people.byUserPrincipalName(progress.username)
  return person ? securityInfo.passkeys.of(person.objectId) : []
}

function descriptor({ credentialId, transports }: Passkey) {
  return { id: credentialId, ...(transports.length > 0 && { transports }) }
}

interface CeremonyPage {
  readonly kind: 'get' | 'create'
  readonly postBackUrl: string
  readonly cancelUrl: string
  readonly cancel: readonly [name: string, value: string]
  readonly fields: Readonly<Record<string, string>>
  readonly config: Readonly<Record<string, unknown>>
}

function sendCeremony(
  { config }: SignInServices,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  conversation: Conversation,
  page: CeremonyPage,
): FastifyReply {
  const { progress, flowToken, canary, correlationId } = conversation
  const context = contextOf(conversation)
  request.recording.postsTo(page.postBackUrl, { ctx: context })
  return sendSignInPage(reply, {
    pageId: 'ConvergedFido',
    title: 'Sign in to your account',
    heading: page.kind === 'create' ? 'Create a passkey' : 'Face, fingerprint, PIN or security key',
    account: progress.firstFactor?.userPrincipalName ?? progress.username,
    organization: config.tenant.displayName,
    body: ceremonyBody({ ...page, tokens: formTokens(conversation) }),
    scripts: [assetPaths.passkeyScript],
    config: {
      sFT: flowToken,
      sFTName: 'flowToken',
      sCtx: context,
      canary,
      apiCanary: canary,
      sCrossDomainCanary: canary,
      urlPost: page.postBackUrl,
      urlCancel: page.cancelUrl,
      sFidoRpId: relyingParty.id,
      sCompanyDisplayName: config.tenant.displayName,
      correlationId,
      sessionId: request.id,
      ...page.config,
    },
  })
}
