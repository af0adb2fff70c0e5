import type { FastifyReply, FastifyRequest } from 'fastify'
import { ExchangeError } from '../errors.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import { shutDoor } from '../organization/client-access.ts'
import { mayOpenMailbox } from '../organization/permissions.ts'
import type { ExchangeParts } from '../parts.ts'
import { openedHomeUrl } from '../urls.ts'
import type { WebSession } from './session.ts'

/*
 * Explicit logon: `/owa/bob@contoso.com/…` shows the mailbox of that address to whoever has Full Access to it. All
 * requests of the own mailbox are there below the address too; who is signed in stays who they are.
 */

/** A segment of a path that is an address; no name of a page or a handler has an `@`. */
export const mailboxSegment = ':mailbox(^[^@/]+@[^@/]+$)'

/**
 * The session of the mailbox that the path names: the visitor's, and a canary of one mailbox is none of another.
 * Undefined where the path names none, or the person's own.
 * @throws ExchangeError without Full Access, alike whether or not there is such a mailbox.
 */
export async function openedMailbox(
  request: FastifyRequest,
  parts: ExchangeParts,
  person: WebSession,
): Promise<WebSession | undefined> {
  const address = mailboxInPath(request)
  if (address === undefined) return undefined
  const owner = await mailboxOpenTo(parts, person, address)
  if (owner.mailboxId === person.mailboxId) return undefined
  const { objectGuid, userPrincipalName, displayName, mailboxId } = owner
  const session = { ...person, id: `${person.id} ${mailboxId}`, mailboxId, objectGuid, userPrincipalName, displayName }
  const shut = await shutDoor(parts.organization, 'OWAEnabled', session)
  if (shut !== undefined) throw new ExchangeError('outlookWebDisabled', shut)
  request.recording.note({ decision: 'mailboxOpened', reason: `FullAccess to ${owner.emailAddress}` })
  return session
}

async function mailboxOpenTo(
  parts: ExchangeParts,
  { userPrincipalName, objectGuid }: WebSession,
  address: string,
): Promise<Recipient & { readonly mailboxId: string }> {
  const owner = await parts.recipients.findRecipient('emailAddress', address)
  const mailboxId = owner?.mailboxId
  const isOpen = mailboxId !== undefined && (await mayOpenMailbox(parts, objectGuid, owner?.objectGuid ?? ''))
  if (owner && isOpen) return { ...owner, mailboxId }
  const why = mailboxId === undefined ? 'nobody has one here under this address' : 'FullAccess is missing'
  throw new ExchangeError('mailboxNotOpened', `${userPrincipalName} asked for the mailbox of ${address}: ${why}`)
}

function mailboxInPath({ params }: FastifyRequest): string | undefined {
  return (params as Record<string, string> | undefined)?.mailbox
}

/** What paths of the mailbox begin with that the request's path names; of the own one, without. */
export function mailboxBase(request: FastifyRequest): string | undefined {
  const address = mailboxInPath(request)
  return address === undefined ? undefined : openedHomeUrl(address)
}

/** Redirects and pages of handlers, which know of one mailbox only, lead further into the one that the path names. */
export async function stayInMailbox(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  const base = mailboxBase(request)
  if (base === undefined) return payload
  const { location, 'content-type': type } = reply.getHeaders()
  if (typeof location === 'string') reply.header('location', linksInto(base, `="${location}`).slice(2))
  return typeof payload === 'string' && /html|json/.test(String(type)) ? linksInto(base, payload) : payload
}

/** Attributes of pages and members of JSON; text has no bare quotation marks. */
const link = /([=:]")\/owa\/(?=["?]|(?!logoff)[a-z-]+\.owa|ev\.owa2|service\.svc\/)/g

function linksInto(base: string, text: string): string {
  return text.replace(link, (_all, begin: string) => `${begin}${base}`)
}
