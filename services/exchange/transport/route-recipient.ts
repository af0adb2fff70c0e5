import type { Recipient } from '../mailbox/mailbox-store.ts'

export type Route =
  | { readonly kind: 'mailbox'; readonly mailboxId: string }
  /** The organization's other place has the mailbox. */
  | { readonly kind: 'otherPlace' }
  | { readonly kind: 'outside' }
  | { readonly kind: 'unknown' }

/** Where mail for an address goes: accepted domains have known recipients only, all others are the internet's. */
export function routeRecipient(
  address: string,
  recipient: Recipient | undefined,
  acceptedDomains: readonly string[],
): Route {
  if (recipient?.mailboxId !== undefined) return { kind: 'mailbox', mailboxId: recipient.mailboxId }
  if (recipient) return { kind: 'otherPlace' }
  const domain = address.split('@').at(-1)?.toLowerCase() ?? ''
  return { kind: acceptedDomains.includes(domain) ? 'unknown' : 'outside' }
}
