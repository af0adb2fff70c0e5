import { ExchangeError } from '../../errors.ts'
import type { Recipient } from '../../mailbox/mailbox-store.ts'
import { sendableRecipients, senderRight } from '../../organization/permissions.ts'
import type { SentUnder } from '../../transport/sent-under.ts'
import type { WebSession } from '../../web-session/session.ts'
import type { Visit, WebParts } from '../../web-session/visit.ts'
import { ownerOf } from '../preferences.ts'

/** Who can stand in From: whose mailbox is shown, the person, and all under whom they may send. Aliases cannot. */
export async function senderChoices(parts: WebParts, { session, person }: Visit): Promise<readonly Recipient[]> {
  const [owner, user] = [await ownerOf(parts, session), await ownerOf(parts, person)]
  const others = await sendableRecipients(parts, person.objectGuid)
  const all = new Map([owner, user, ...others].map((each) => [each.objectGuid, each]))
  return [...all.values()]
}

/** Whom From names, when it is anybody here; the owner of the mailbox when it names nobody. */
export async function writtenSender(
  parts: WebParts,
  session: WebSession,
  address: string,
): Promise<Recipient | undefined> {
  return address === '' ? ownerOf(parts, session) : parts.recipients.findRecipient('emailAddress', address)
}

/** Under whose name the person's message travels; undefined where they may not send as that. */
export async function underWhom(parts: WebParts, person: WebSession, from: Recipient): Promise<SentUnder | undefined> {
  const user = await ownerOf(parts, person)
  const right = await senderRight(parts, user, from.emailAddress)
  if (right === 'none') return undefined
  return right === 'sendOnBehalf' ? { from, sender: user } : { from }
}

/**
 * For mail about meetings, which goes out under the name of the mailbox's owner.
 * @throws ExchangeError when the person may open the mailbox, and not send as its owner.
 */
export async function sendingAsOwner(
  parts: WebParts,
  { session, person }: Visit,
): Promise<WebParts & { readonly submittedBy?: Recipient }> {
  if (session === person) return parts
  const [owner, submittedBy] = [await ownerOf(parts, session), await ownerOf(parts, person)]
  if ((await senderRight(parts, submittedBy, owner.emailAddress)) !== 'none') return { ...parts, submittedBy }
  const why = `${person.userPrincipalName} has neither SendAs nor SendOnBehalf of ${owner.emailAddress}`
  throw new ExchangeError('sendAsDenied', why)
}
