import { SamlRefusal } from '#shared/saml/saml-refusal.ts'
import { AdfsError } from '../errors.ts'
import { selfUrl } from '../sign-in/self-url.ts'
import type { SignInRequest } from '../sign-in/sign-in-request.ts'
import type { Visit } from '../sign-in/visit.ts'
import type { AdfsUrls } from '../urls.ts'
import { decodeMessage, inflateMessage, readAuthnRequest } from './authn-request.ts'
import type { PendingMessage, PendingMessages } from './pending-messages.ts'
import { type SamlParts, samlSignIn } from './sign-in.ts'

export type SamlBinding = 'redirect' | 'post' | 'pending'

export interface SamlReceiver extends SamlParts {
  readonly pending: PendingMessages
  readonly urls: AdfsUrls
}

/** Reads an AuthnRequest by its binding; a posted one is kept, since the form that comes back cannot carry it. */
export async function receiveSaml(
  visit: Visit,
  binding: SamlBinding,
  waiting: PendingMessage | undefined,
  parts: SamlReceiver,
): Promise<{ readonly visit: Visit; readonly signIn: SignInRequest }> {
  return asAdfsErrors(async () => {
    const message = binding === 'pending' && waiting ? waiting : await newMessage(visit, binding, parts.pending)
    const { request, self } = visit
    const own = selfUrl(request.url, request.correlationId, parts.urls, message.id)
    const authnRequest = readAuthnRequest(message.xml)
    await parts.requests.admit(authnRequest)
    const { relayState } = message
    const signIn = samlSignIn(authnRequest, { relayState, key: own.key, pending: message.id !== '' }, parts)
    return { visit: { ...visit, self: { ...self, key: own.key } }, signIn }
  })
}

async function newMessage(
  { query, form, reply }: Visit,
  binding: SamlBinding,
  pending: PendingMessages,
): Promise<PendingMessage> {
  if (binding === 'redirect') {
    return { id: '', xml: inflateMessage(query.get('SAMLRequest') ?? ''), relayState: query.get('RelayState') }
  }
  const xml = decodeMessage(form.get('SAMLRequest') ?? '')
  return pending.keep({ xml, relayState: form.get('RelayState') }, reply)
}

async function asAdfsErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SamlRefusal)) throw error
    throw new AdfsError('invalidSamlMessage', { reason: error.reason, cause: error })
  }
}
