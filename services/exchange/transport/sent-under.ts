import type { Recipient } from '../mailbox/mailbox-store.ts'
import type { ReadEnvelope } from '../mailbox/read-mime.ts'
import { type PermissionParts, senderRight } from '../organization/permissions.ts'

/** Somebody names a recipient in From under whom they may not send; each protocol says it in its own words. */
export class SendAsDenied extends Error {
  override readonly name = 'SendAsDenied'
}

export interface SentUnder {
  /** Whom From names. */
  readonly from: Recipient
  /** Whom Sender names, besides: the one who sends on behalf of the other. */
  readonly sender?: Recipient
}

/**
 * Under whose name a message travels. From is the user's own unless it names another recipient of the organization
 * ("Use Exchange to manage permissions for recipients": Send As, Send on Behalf).
 * @throws SendAsDenied where the user has no such right.
 */
export async function sentUnder(
  parts: PermissionParts,
  user: Recipient,
  { addresses }: Pick<ReadEnvelope, 'addresses'>,
): Promise<SentUnder> {
  const address = addresses.from?.address.toLowerCase() ?? ''
  const named = address.includes('@') ? await parts.recipients.findRecipient('emailAddress', address) : undefined
  if (!named || named.objectGuid === user.objectGuid) return { from: user }
  const right = await senderRight(parts, user, address)
  if (right === 'sendAs') return { from: named }
  if (right === 'sendOnBehalf') return { from: named, sender: user }
  throw neitherRight(user, address)
}

/** Before anything is changed that people are then told of in the name of `owner`. @throws SendAsDenied */
export async function requireToSendAs(parts: PermissionParts, user: Recipient, owner: Recipient): Promise<void> {
  if (user.objectGuid === owner.objectGuid) return
  if ((await senderRight(parts, user, owner.emailAddress)) === 'none') throw neitherRight(user, owner.emailAddress)
}

function neitherRight({ userPrincipalName }: Recipient, address: string): SendAsDenied {
  return new SendAsDenied(`${userPrincipalName} has neither SendAs nor SendOnBehalf of ${address}`)
}
