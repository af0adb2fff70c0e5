import type { FastifyReply } from 'fastify'
import { readAuthnRequest } from '#shared/saml/authn-request.ts'
import type { DecryptionKey } from '#shared/saml/decrypt-element.ts'
import { saml20, saml20Protocol } from '#shared/saml/names.ts'
import {
  type MessageField,
  type ReceivedMessage,
  receivePost,
  receiveRedirect,
  receiveXml,
} from '#shared/saml/protocol-message.ts'
import { SamlRefusal } from '#shared/saml/saml-refusal.ts'
import { descendantsNamed, isNamed } from '#shared/xml/elements.ts'
import { AdfsError } from '../errors.ts'
import { selfUrl } from '../sign-in/self-url.ts'
import type { SignInRequest } from '../sign-in/sign-in-request.ts'
import type { Visit } from '../sign-in/visit.ts'
import type { AdfsUrls } from '../urls.ts'
import { consumerFor } from './assertion-consumer.ts'
import { forgetPending, type PendingMessage, type PendingMessages } from './pending-messages.ts'
import { issuerOf, serviceProvider } from './service-provider.ts'
import { type SamlParts, samlSignIn } from './sign-in.ts'
import { verifyMessage } from './verify-request.ts'

export interface SamlReceiver extends SamlParts {
  readonly pending: PendingMessages
  readonly urls: AdfsUrls
  /** Of the token-decrypting certificates, for names that a service provider has encrypted. */
  readonly decryptionKeys: () => readonly DecryptionKey[]
  /** SignedSamlRequestsRequired of the farm. */
  readonly signedSamlRequestsRequired: boolean
}

/** A message by its binding, as it came: the signature of a redirect covers the very query. */
export function receiveMessage({ request, query, form }: Visit, field: MessageField): ReceivedMessage {
  if (query.get(field) === undefined) return receivePost(form.get(field) ?? '', form.get('RelayState'), field)
  return receiveRedirect(request.url.slice(request.url.indexOf('?') + 1), field)
}

/** What the SAML library calls a refusal is the product's MSIS0018. */
export async function asAdfsErrors<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SamlRefusal)) throw error
    throw new AdfsError('invalidSamlMessage', { reason: error.reason, cause: error })
  }
}

export interface ReceivedSignIn {
  readonly visit: Visit
  readonly signIn: SignInRequest
}

/** Reads an AuthnRequest; a posted one is kept, since the form that comes back cannot carry it. */
export async function receiveAuthnRequest(
  visit: Visit,
  message: ReceivedMessage,
  waiting: PendingMessage | undefined,
  parts: SamlReceiver,
): Promise<ReceivedSignIn> {
  return asAdfsErrors(async () => {
    const { trust, request } = authnRequestOf(message, parts)
    await parts.requests.admit(request)
    // Before anything is answered: whoever has the page may come back at once, to another server of the farm.
    await parts.requests.keep(request)
    const kept = waiting ?? (await keptWhenPosted(visit, message, parts.pending))
    const own = selfUrl(visit.request.url, visit.request.correlationId, parts.urls, { pendingMessage: kept?.id })
    const { relayState } = message
    const destination = {
      trust,
      request,
      relayState,
      audience: request.issuer,
      consumer: consumerFor(request, trust),
    }
    const completed = (reply: FastifyReply) => {
      if (kept) forgetPending(reply)
    }
    const signIn = { ...samlSignIn(destination, own.key, parts), completed }
    return { visit: { ...visit, self: { ...visit.self, key: own.key } }, signIn }
  })
}

/** A message that was posted before and waited for the user to sign in. */
export function receivePending({ xml, relayState }: PendingMessage): ReceivedMessage {
  return receiveXml(xml, relayState)
}

function authnRequestOf(message: ReceivedMessage, parts: SamlReceiver) {
  const { root } = message
  if (!isNamed(root, saml20Protocol, 'AuthnRequest')) {
    throw new SamlRefusal('malformed', `${root.nodeName} is no AuthnRequest`)
  }
  const trust = serviceProvider(issuerOf(root), parts.trusts)
  const required = parts.signedSamlRequestsRequired || trust.settings.signedSamlRequestsRequired
  const verified = verifyMessage(message, trust, { required, urls: parts.urls })
  if (descendantsNamed(verified, saml20, 'SubjectConfirmation').length > 0) {
    const reason = 'the request has a SubjectConfirmation'
    throw new AdfsError('subjectConfirmation', { reason, relyingParty: trust.settings.name })
  }
  return { trust, request: readAuthnRequest(verified) }
}

async function keptWhenPosted(
  { query, reply }: Visit,
  { xml, relayState }: ReceivedMessage,
  pending: PendingMessages,
): Promise<PendingMessage | undefined> {
  return query.get('SAMLRequest') === undefined ? pending.keep({ xml, relayState }, reply) : undefined
}
