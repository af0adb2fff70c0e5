import type { Recipient } from '../mailbox/mailbox-store.ts'
import { isGroup } from './expand-groups.ts'

export type Route =
  | { readonly kind: 'mailbox'; readonly mailboxId: string; readonly objectGuid: string }
  /** The organization's other place has the mailbox. */
  | { readonly kind: 'otherPlace'; readonly objectGuid: string }
  /** Its members are the recipients. */
  | { readonly kind: 'group'; readonly objectGuid: string }
  /** `address`: where somebody's mail really goes, whose mailbox is not the organization's. */
  | { readonly kind: 'outside'; readonly address: string }
  | { readonly kind: 'unknown' }

export interface OwnDomains {
  readonly acceptedDomains: readonly string[]
  /** By which the places of a hybrid organization reach each other. */
  readonly routingDomain: string
}

/** Where mail for an address goes: accepted domains have known recipients only, all others are the internet's. */
export function routeRecipient(address: string, recipient: Recipient | undefined, domains: OwnDomains): Route {
  if (recipient && isGroup(recipient)) return { kind: 'group', objectGuid: recipient.objectGuid }
  if (recipient?.mailboxId !== undefined)
    return { kind: 'mailbox', mailboxId: recipient.mailboxId, objectGuid: recipient.objectGuid }
  const { externalAddress } = recipient ?? {}
  if (recipient && (externalAddress === undefined || isOwn(externalAddress, domains)))
    return { kind: 'otherPlace', objectGuid: recipient.objectGuid }
  if (externalAddress !== undefined) return { kind: 'outside', address: externalAddress }
  return isOwn(address, domains) ? { kind: 'unknown' } : { kind: 'outside', address }
}

function isOwn(address: string, { acceptedDomains, routingDomain }: OwnDomains): boolean {
  const domain = address.split('@').at(-1)?.toLowerCase() ?? ''
  return domain === routingDomain || acceptedDomains.includes(domain)
}
