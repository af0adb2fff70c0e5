import type { Element } from '@xmldom/xmldom'
import type { FastifyRequest } from 'fastify'
import { acceptToken, authenticateUser } from '../authentication/authenticate-user.ts'
import type { Recipient, RecipientKey } from '../mailbox/mailbox-store.ts'
import type { ExchangeParts } from '../parts.ts'
import { impersonated } from './envelope.ts'
import { WebServicesError } from './web-services-error.ts'

/** "Authenticate an EWS application by using OAuth". */
export const demand = {
  protocol: 'WebServices',
  scopes: ['EWS.AccessAsUser.All', 'full_access_as_user'],
  roles: ['full_access_as_app'],
} as const

/** Somebody with a mailbox of their own, or an application that has to name one; `appId` is what the token says. */
export type Caller = { readonly appId: string | undefined } & (
  | { readonly kind: 'person'; readonly recipient: Recipient }
  | { readonly kind: 'application' }
)

export async function whoCalls(parts: ExchangeParts, request: FastifyRequest): Promise<Caller> {
  const claims = await acceptToken(parts, request, demand)
  if (claims && claims.scp === undefined) return { kind: 'application', appId: claims.appid }
  const accessTokens = { ...parts.accessTokens, accept: async () => claims }
  const { recipient } = await authenticateUser({ ...parts, accessTokens }, request, demand)
  return { kind: 'person', recipient, appId: claims?.appid }
}

/**
 * Whose mailbox the request is about.
 * @throws WebServicesError when an application names nobody, or a person somebody else.
 */
export async function mailboxOwner(
  parts: ExchangeParts,
  caller: Caller,
  header: Element | undefined,
): Promise<Recipient> {
  const named = impersonated(header)
  if (!named) {
    if (caller.kind === 'person') return caller.recipient
    throw new WebServicesError('ErrorImpersonationRequired', 'the token of an application comes without a user')
  }
  const recipient = await findNamed(parts, named)
  if (caller.kind === 'person' && recipient?.objectGuid !== caller.recipient.objectGuid)
    throw new WebServicesError('ErrorImpersonateUserDenied', `${named.value} is not who signed in`)
  if (!recipient) throw new WebServicesError('ErrorNonExistentMailbox', `nobody here is ${named.value}`)
  return recipient
}

const keys: Readonly<Record<string, RecipientKey>> = {
  PrimarySmtpAddress: 'emailAddress',
  SmtpAddress: 'emailAddress',
  PrincipalName: 'userPrincipalName',
  SID: 'sid',
}

async function findNamed(
  { recipients }: ExchangeParts,
  { by, value }: { readonly by: string; readonly value: string },
) {
  const key = keys[by]
  if (!key) throw new WebServicesError('ErrorSchemaValidation', `${by} is no way to name somebody`)
  return recipients.findRecipient(key, value)
}
